# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_etcd_global_optspecs
    string join \n h/help
end

function __fish_etcd_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_etcd_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_etcd_using_subcommand
    set -l cmd (__fish_etcd_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c etcd -n "__fish_etcd_needs_command" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_needs_command" -f -a "server" -d 'Starts a server, as without a command'
complete -c etcd -n "__fish_etcd_needs_command" -f -a "ctl" -d 'The command line client (etcdctl)'
complete -c etcd -n "__fish_etcd_needs_command" -f -a "util" -d 'Tools for files (etcdutl)'
complete -c etcd -n "__fish_etcd_needs_command" -f -a "gateway" -d 'A TCP gateway in front of a cluster'
complete -c etcd -n "__fish_etcd_needs_command" -f -a "grpc-proxy" -d 'A gRPC proxy in front of a cluster'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l name -d 'Name of this member, for people.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l data-dir -d 'Directory of the data.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l wal-dir -d 'Directory of the write-ahead log, when it is not to be inside the data directory.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l snapshot-count -d 'Entries between two snapshot records.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l heartbeat-interval -d 'Milliseconds between two heartbeats.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l election-timeout -d 'Milliseconds without a heartbeat before an election.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l listen-peer-urls -d 'Where to listen for other members.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l listen-client-urls -d 'Where to listen for clients: gRPC, and HTTP unless --listen-client-http-urls is given.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l listen-client-http-urls -d 'Where to listen for HTTP clients, and for them alone.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l max-snapshots -d 'Snapshot files to keep (0 is all). There are none, so it has no effect.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l max-wals -d 'Files of the write-ahead log to keep (0 is all).' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l quota-backend-bytes -d 'Size of the backend, in bytes, that raises an alarm and ends writing (0 is 2 GiB, below 0 is none).' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l backend-bbolt-freelist-type -d 'Kind of bbolt\'s free list. The backend is not bbolt: no effect.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l backend-batch-interval -d 'Longest time between two flushes of the backend (0 is 100ms).' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l backend-batch-limit -d 'Changes that set off a flush of the backend (0 is 10000).' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l max-txn-ops -d 'Operations allowed in a transaction.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l max-request-bytes -d 'Largest request that is accepted, in bytes.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l max-concurrent-streams -d 'Streams that a client may have open at a time.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l grpc-keepalive-min-time -d 'A client that pings more often than this is sent away.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l grpc-keepalive-interval -d 'Time between two pings to a silent client (0 is never).' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l grpc-keepalive-timeout -d 'Time to answer a ping before the connection is closed.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l raft-read-timeout -d 'Read timeout of connections between members.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l raft-write-timeout -d 'Write timeout of connections between members.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l feature-gates -d 'Feature gates, as A=true,B=false. There are:' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l initial-advertise-peer-urls -d 'This member\'s peer URLs, for the others.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l initial-cluster -d 'Members that the cluster starts with, as name=url,name=url.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l initial-cluster-state -d '\'new\' to start a cluster, \'existing\' to join one.' -r -f -a "new\t''
existing\t''"
complete -c etcd -n "__fish_etcd_using_subcommand server" -l initial-cluster-token -d 'Keeps clusters apart that have the same URLs.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l advertise-client-urls -d 'This member\'s client URLs, for everybody.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l discovery-token -d 'Discovery: token of the cluster to be.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l discovery-endpoints -d 'Discovery: endpoints of the cluster that serves it.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l discovery-dial-timeout -d 'Discovery: time to connect.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l discovery-request-timeout -d 'Discovery: time for a request.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l discovery-keepalive-time -d 'Discovery: time between two pings.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l discovery-keepalive-timeout -d 'Discovery: time to answer a ping.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l discovery-cert -d 'Discovery: certificate that tells who the client is.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l discovery-key -d 'Discovery: key of that certificate.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l discovery-cacert -d 'Discovery: authorities that the server\'s certificate must come from.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l discovery-user -d 'Discovery: user, as name[:password].' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l discovery-password -d 'Discovery: password of the user.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l discovery-fallback -d 'What to do when discovery fails; only \'exit\' is left.' -r -f -a "exit\t''
proxy\t''"
complete -c etcd -n "__fish_etcd_using_subcommand server" -l discovery-srv -d 'DNS domain whose SRV records name the members.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l discovery-srv-name -d 'Suffix of the name that is asked for there.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l auto-compaction-retention -d 'History to keep (0 is all).' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l auto-compaction-mode -d 'What the retention counts: \'periodic\' is time, in hours without a unit; \'revision\' is revisions.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l v2-deprecation -d 'Stage of the end of the v2 store. It has no effect.' -r -f -a "write-only\t''
write-only-skip-check\t''
write-only-drop-data\t''
gone\t''"
complete -c etcd -n "__fish_etcd_using_subcommand server" -l cert-file -d 'Certificate that clients are shown.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l key-file -d 'Key of that certificate.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l client-cert-file -d 'Certificate to present to servers, when it is not that of --cert-file.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l client-key-file -d 'Key of that certificate.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l client-crl-file -d 'List of revoked certificates of clients.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l client-cert-allowed-hostname -d 'Host names that a client\'s certificate may carry.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l trusted-ca-file -d 'Authorities that clients\' certificates must come from.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l peer-cert-file -d 'Certificate that members are shown.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l peer-key-file -d 'Key of that certificate.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l peer-client-cert-file -d 'Certificate to present to members, when it is not that of --peer-cert-file.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l peer-client-key-file -d 'Key of that certificate.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l peer-trusted-ca-file -d 'Authorities that members\' certificates must come from.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l peer-cert-allowed-cn -d 'Common names that a member\'s certificate may carry.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l peer-cert-allowed-hostname -d 'Host names that a member\'s certificate may carry.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l self-signed-cert-validity -d 'Years for which a certificate that is made here is valid.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l peer-crl-file -d 'List of revoked certificates of members.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l cipher-suites -d 'TLS cipher suites that may be used (empty is a good choice).' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l cors -d 'Origins from which web pages may ask (empty or * is all).' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l host-whitelist -d 'Host names that HTTP requests without TLS may name (empty or * is all).' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l tls-min-version -d 'Lowest version of TLS: TLS1.2 or TLS1.3.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l tls-max-version -d 'Highest version of TLS: TLS1.2 or TLS1.3 (empty is the highest there is).' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l auth-token -d 'Kind of the tokens that users get, and its options: \'simple\' or \'jwt,...\'.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l bcrypt-cost -d 'Cost of hashing a password, from 4 to 31.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l auth-token-ttl -d 'Seconds for which a simple token lives.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l metrics -d 'Detail of metrics: \'basic\', or \'extensive\' with histograms of gRPC.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l listen-metrics-urls -d 'Where to listen for metrics and health alone.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l logger -d 'Kind of the logger: only \'zap\', lines of JSON or text.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l log-outputs -d 'Where log lines go: \'default\' (which is \'stderr\'), \'stdout\', \'systemd/journal\', or files.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l log-level -d 'Lowest level that is logged: debug, info, warn, error, panic or fatal.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l log-format -d 'Form of a log line: \'json\' or \'console\'.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l log-rotation-config-json -d 'How a log file is rotated: largest size in MB, oldest age in days, files to keep, local time in names, gzip.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l warning-unary-request-duration -d 'A request that takes longer than this is logged.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l distributed-tracing-address -d 'Address of the collector.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l distributed-tracing-service-name -d 'Name of the service in traces, equal for all members.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l distributed-tracing-instance-id -d 'Name of this member in traces.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l distributed-tracing-sampling-rate -d 'Traces to keep out of a million.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l corrupt-check-time -d 'Time between two comparisons with the other members (0 is never).' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l compact-hash-check-time -d 'Time between two comparisons of the hashes of compactions.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l compaction-batch-limit -d 'Revisions deleted in one step of a compaction (0 is 1000).' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l watch-progress-notify-interval -d 'Time between two progress notifications of a watch (0 is 10m).' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l warning-apply-duration -d 'A request whose applying takes longer than this is logged.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l bootstrap-defrag-threshold-megabytes -d 'Free space, in MB, that sets off a defragmentation at the start (0 is never).' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l max-learners -d 'Learners that the cluster may have.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l compaction-sleep-interval -d 'Pause between two steps of a compaction (0 is 10ms).' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l downgrade-check-time -d 'Time between two looks at a downgrade.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l snapshot-catchup-entries -d 'Entries kept behind a snapshot record for slow members.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l config-file -d 'Read all settings from this file and none from flags or the environment.' -r -F
complete -c etcd -n "__fish_etcd_using_subcommand server" -l local-cluster -d 'Run so many members on this machine, with their data below --data-dir, and stop them together.' -r
complete -c etcd -n "__fish_etcd_using_subcommand server" -l initial-election-tick-advance -d 'Shorten the first election timeout after a start.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l memory-mlock -d 'Keep the pages of the process in memory.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l socket-reuse-port -d 'Set SO_REUSEPORT on listeners: several processes share a port.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l socket-reuse-address -d 'Set SO_REUSEADDR on listeners (it is always set).'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l enable-grpc-gateway -d 'Serve the JSON gateway.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l discovery-insecure-transport -d 'Discovery: connect without TLS.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l discovery-insecure-skip-tls-verify -d 'Discovery: do not check the server\'s certificate (for tests).'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l strict-reconfig-check -d 'Refuse changes of membership that would lose the quorum.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l pre-vote -d 'Ask whether an election could be won before holding it.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l client-cert-auth -d 'Ask clients for a certificate.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l auto-tls -d 'Make a certificate and show it to clients.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l peer-client-cert-auth -d 'Ask members for a certificate.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l peer-auto-tls -d 'Make a certificate and show it to members.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l enable-pprof -d 'Serve profiles below /debug/pprof/. There are none yet: not found.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l enable-log-rotation -d 'Rotate the one file that --log-outputs names.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l enable-distributed-tracing -d 'Send traces to a collector of OpenTelemetry.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l peer-skip-client-san-verification -d 'Do not compare a member\'s address with its certificate.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l force-new-cluster -d 'Make a cluster of this member alone out of its data.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l unsafe-no-fsync -d 'Do not wait for the disk. A crash of the machine loses data.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -l version -d 'Show the version.'
complete -c etcd -n "__fish_etcd_using_subcommand server" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l insecure-transport -d 'connect without TLS' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l key -d 'key file of that certificate' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l password -d 'password of the user' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l debug -d 'show the settings in use on standard error'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "get" -d 'Reads a key or a range of keys'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "put" -d 'Writes a key'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "del" -d 'Deletes a key or a range of keys [key, range_end)'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "txn" -d 'Runs requests from standard input as one transaction'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "compaction" -d 'Drops the history below a revision'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "alarm" -d 'Alarms. See "etcdctl alarm --help"'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "defrag" -d 'Defragments the storage of the etcd members with given endpoints'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "endpoint" -d 'Endpoints. See "etcdctl endpoint --help"'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "move-leader" -d 'Makes another member the leader'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "watch" -d 'Shows the changes of a key or a range of keys'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "version" -d 'Shows the version of etcdctl'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "lease" -d 'Leases. See "etcdctl lease --help"'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "member" -d 'Members of the cluster. See "etcdctl member --help"'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "snapshot" -d 'Saves a snapshot of a member (not available in this version yet)'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "make-mirror" -d 'Copies a cluster to another one (not available in this version yet)'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "lock" -d 'Holds a named lock (not available in this version yet)'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "elect" -d 'Takes part in an election (not available in this version yet)'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "auth" -d 'Whether users and roles are in force. See "etcdctl auth --help"'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "user" -d 'Users, their passwords and their roles. See "etcdctl user --help"'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "role" -d 'Roles, and what they permit. See "etcdctl role --help"'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "check" -d 'Checks of a server\'s fitness. See "etcdctl check --help"'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "completion" -d 'Writes a completion script for a shell'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "downgrade" -d 'Downgrades of the cluster. See "etcdctl downgrade --help"'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "bench" -d 'Puts load on a server and measures it. See "etcdctl bench --help"'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "options" -d 'Shows the flags that every command takes'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and not __fish_seen_subcommand_from get put del txn compaction alarm defrag endpoint move-leader watch version lease member snapshot make-mirror lock elect auth user role check completion downgrade bench options help" -f -a "help" -d 'Shows help about a command'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from get" -l consistency -d 'linearizable (l): as a quorum knows it; serializable (s): as the member asked does' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from get" -l order -d 'order of the results: ASCEND or DESCEND' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from get" -l sort-by -d 'what to order by: CREATE, KEY, MODIFY, VALUE or VERSION' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from get" -l limit -d 'at most so many results' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from get" -l rev -d 'as they were at this revision' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from get" -l min-create-rev -d 'created at this revision or later' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from get" -l max-create-rev -d 'created at this revision or earlier' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from get" -l min-mod-rev -d 'last changed at this revision or later' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from get" -l max-mod-rev -d 'last changed at this revision or earlier' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from get" -l prefix -d 'all keys that begin with the key'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from get" -l from-key -d 'all keys from the key on, in byte order'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from get" -l keys-only -d 'leave the values out'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from get" -l count-only -d 'only how many there are (with --write-out=fields)'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from get" -l print-value-only -d 'only the values (with --write-out=simple)'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from get" -l stream -d 'fetch the results in pieces (RangeStream)'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from get" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from put" -l lease -d 'lease (in hexadecimal) that the key shall hang on' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from put" -l prev-kv -d 'show the key as it was before'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from put" -l ignore-value -d 'keep the value that the key has'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from put" -l ignore-lease -d 'keep the lease that the key has'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from put" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from del" -l prefix -d 'all keys that begin with the key'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from del" -l prev-kv -d 'show the deleted keys as they were'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from del" -l from-key -d 'all keys from the key on, in byte order'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from del" -l range -d 'the second word is meant as the end of a range: do not wait'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from del" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from txn" -s i -l interactive -d 'say which list comes next'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from txn" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from compaction" -l physical -d 'wait until the old revisions are gone from the disk'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from compaction" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from alarm" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from alarm" -f -a "list" -d 'Lists all alarms'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from alarm" -f -a "disarm" -d 'Disarms all alarms'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from defrag" -l cluster -d 'use all endpoints from the cluster member list'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from defrag" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from endpoint" -l cluster -d 'ask all endpoints that the cluster\'s members announce'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from endpoint" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from endpoint" -f -a "health" -d 'Tells whether the endpoints can commit a proposal'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from endpoint" -f -a "status" -d 'Shows version, sizes, leader and raft position of the endpoints'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from endpoint" -f -a "hashkv" -d 'Shows the hash of the endpoints\' key history'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from move-leader" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from watch" -l rev -d 'first revision to show' -r
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from watch" -s i -l interactive -d 'read what to watch from standard input'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from watch" -l prefix -d 'all keys that begin with the key'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from watch" -l prev-kv -d 'show each key as it was before, too'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from watch" -l progress-notify -d 'show now and then how far the watch is'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from watch" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from version" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from lease" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from lease" -f -a "grant" -d 'Creates a lease'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from lease" -f -a "revoke" -d 'Revokes a lease and deletes its keys'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from lease" -f -a "timetolive" -d 'Shows how long a lease has left'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from lease" -f -a "list" -d 'Lists all leases'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from lease" -f -a "keep-alive" -d 'Keeps a lease alive'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from member" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from member" -f -a "list" -d 'Lists all members'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from member" -f -a "add" -d 'Adds a member'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from member" -f -a "remove" -d 'Removes a member for good'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from member" -f -a "update" -d 'Changes where a member is reached by the others'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from member" -f -a "promote" -d 'Gives a learner a vote'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from snapshot" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from make-mirror" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from lock" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from elect" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from auth" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from auth" -f -a "enable" -d 'Puts users and roles in force'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from auth" -f -a "disable" -d 'Lets everybody in again'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from auth" -f -a "status" -d 'Shows whether users and roles are in force'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from user" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from user" -f -a "add" -d 'Adds a user'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from user" -f -a "delete" -d 'Removes a user'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from user" -f -a "get" -d 'Shows the roles of a user'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from user" -f -a "list" -d 'Lists all users'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from user" -f -a "passwd" -d 'Gives a user another password'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from user" -f -a "grant-role" -d 'Gives a user a role'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from user" -f -a "revoke-role" -d 'Takes a role from a user'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from role" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from role" -f -a "add" -d 'Adds a role'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from role" -f -a "delete" -d 'Removes a role'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from role" -f -a "get" -d 'Shows what a role permits'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from role" -f -a "list" -d 'Lists all roles'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from role" -f -a "grant-permission" -d 'Lets a role read or write keys'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from role" -f -a "revoke-permission" -d 'Takes a permission from a role'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from check" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from check" -f -a "perf" -d 'Checks how a server bears writes at a given rate'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from check" -f -a "datascale" -d 'Checks how much memory a server takes for many keys'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from completion" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from downgrade" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from downgrade" -f -a "validate" -d 'Tells whether the cluster could be downgraded to a version'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from downgrade" -f -a "enable" -d 'Begins a downgrade of the cluster'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from downgrade" -f -a "cancel" -d 'Gives up the downgrade that is under way'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from bench" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from bench" -f -a "put" -d 'Writes keys'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from bench" -f -a "range" -d 'Reads keys'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from bench" -f -a "txn-put" -d 'Writes keys in transactions'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from bench" -f -a "txn-mixed" -d 'Reads and writes in transactions'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from bench" -f -a "watch" -d 'Creates many watchers, and writes what they watch'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from bench" -f -a "watch-latency" -d 'Measures how long events take from the put to the watcher'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from bench" -f -a "lease-grant" -d 'Grants leases'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from bench" -f -a "lease-keepalive" -d 'Keeps leases alive'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from bench" -f -a "login" -d 'Logs in'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from bench" -f -a "stm" -d 'Runs software transactions'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from options" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand ctl; and __fish_seen_subcommand_from help" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand util" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand gateway" -s h -l help -d 'Shows help'
complete -c etcd -n "__fish_etcd_using_subcommand grpc-proxy" -s h -l help -d 'Shows help'

# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_etcdctl_global_optspecs
    string join \n endpoints= debug w/write-out= hex dial-timeout= command-timeout= keepalive-time= keepalive-timeout= max-request-bytes= max-recv-bytes= insecure-transport= insecure-discovery= insecure-skip-tls-verify cert= key= cacert= auth-jwt-token= user= password= d/discovery-srv= discovery-srv-name= h/help
end

function __fish_etcdctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_etcdctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_etcdctl_using_subcommand
    set -l cmd (__fish_etcdctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c etcdctl -n "__fish_etcdctl_needs_command" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "get" -d 'Reads a key or a range of keys'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "put" -d 'Writes a key'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "del" -d 'Deletes a key or a range of keys [key, range_end)'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "txn" -d 'Runs requests from standard input as one transaction'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "compaction" -d 'Drops the history below a revision'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "alarm" -d 'Alarms. See "etcdctl alarm --help"'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "defrag" -d 'Defragments the storage of the etcd members with given endpoints'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "endpoint" -d 'Endpoints. See "etcdctl endpoint --help"'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "move-leader" -d 'Makes another member the leader'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "watch" -d 'Shows the changes of a key or a range of keys'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "version" -d 'Shows the version of etcdctl'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "lease" -d 'Leases. See "etcdctl lease --help"'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "member" -d 'Members of the cluster. See "etcdctl member --help"'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "snapshot" -d 'Saves a snapshot of a member (not available in this version yet)'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "make-mirror" -d 'Copies a cluster to another one (not available in this version yet)'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "lock" -d 'Holds a named lock (not available in this version yet)'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "elect" -d 'Takes part in an election (not available in this version yet)'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "auth" -d 'Whether users and roles are in force. See "etcdctl auth --help"'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "user" -d 'Users, their passwords and their roles. See "etcdctl user --help"'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "role" -d 'Roles, and what they permit. See "etcdctl role --help"'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "check" -d 'Checks of a server\'s fitness. See "etcdctl check --help"'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "completion" -d 'Writes a completion script for a shell'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "downgrade" -d 'Downgrades of the cluster. See "etcdctl downgrade --help"'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "bench" -d 'Puts load on a server and measures it. See "etcdctl bench --help"'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "options" -d 'Shows the flags that every command takes'
complete -c etcdctl -n "__fish_etcdctl_needs_command" -f -a "help" -d 'Shows help about a command'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l consistency -d 'linearizable (l): as a quorum knows it; serializable (s): as the member asked does' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l order -d 'order of the results: ASCEND or DESCEND' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l sort-by -d 'what to order by: CREATE, KEY, MODIFY, VALUE or VERSION' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l limit -d 'at most so many results' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l rev -d 'as they were at this revision' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l min-create-rev -d 'created at this revision or later' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l max-create-rev -d 'created at this revision or earlier' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l min-mod-rev -d 'last changed at this revision or later' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l max-mod-rev -d 'last changed at this revision or earlier' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l prefix -d 'all keys that begin with the key'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l from-key -d 'all keys from the key on, in byte order'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l keys-only -d 'leave the values out'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l count-only -d 'only how many there are (with --write-out=fields)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l print-value-only -d 'only the values (with --write-out=simple)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l stream -d 'fetch the results in pieces (RangeStream)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand get" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l lease -d 'lease (in hexadecimal) that the key shall hang on' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l prev-kv -d 'show the key as it was before'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l ignore-value -d 'keep the value that the key has'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l ignore-lease -d 'keep the lease that the key has'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand put" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l prefix -d 'all keys that begin with the key'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l prev-kv -d 'show the deleted keys as they were'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l from-key -d 'all keys from the key on, in byte order'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l range -d 'the second word is meant as the end of a range: do not wait'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand del" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -s i -l interactive -d 'say which list comes next'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand txn" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l physical -d 'wait until the old revisions are gone from the disk'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand compaction" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -f -a "list" -d 'Lists all alarms'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and not __fish_seen_subcommand_from list disarm" -f -a "disarm" -d 'Disarms all alarms'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from list" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand alarm; and __fish_seen_subcommand_from disarm" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l cluster -d 'use all endpoints from the cluster member list'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand defrag" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l cluster -d 'ask all endpoints that the cluster\'s members announce'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -f -a "health" -d 'Tells whether the endpoints can commit a proposal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -f -a "status" -d 'Shows version, sizes, leader and raft position of the endpoints'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and not __fish_seen_subcommand_from health status hashkv" -f -a "hashkv" -d 'Shows the hash of the endpoints\' key history'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from health" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from status" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l rev -d 'last revision to hash (0 for the latest)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand endpoint; and __fish_seen_subcommand_from hashkv" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand move-leader" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l rev -d 'first revision to show' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -s i -l interactive -d 'read what to watch from standard input'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l prefix -d 'all keys that begin with the key'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l prev-kv -d 'show each key as it was before, too'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l progress-notify -d 'show now and then how far the watch is'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand watch" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand version" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -f -a "grant" -d 'Creates a lease'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -f -a "revoke" -d 'Revokes a lease and deletes its keys'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -f -a "timetolive" -d 'Shows how long a lease has left'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -f -a "list" -d 'Lists all leases'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and not __fish_seen_subcommand_from grant revoke timetolive list keep-alive" -f -a "keep-alive" -d 'Keeps a lease alive'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from grant" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l keys -d 'show the keys that hang on it too'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from timetolive" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from list" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l once -d 'renew it once and be done'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lease; and __fish_seen_subcommand_from keep-alive" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -f -a "list" -d 'Lists all members'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -f -a "add" -d 'Adds a member'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -f -a "remove" -d 'Removes a member for good'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -f -a "update" -d 'Changes where a member is reached by the others'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and not __fish_seen_subcommand_from list add remove update promote" -f -a "promote" -d 'Gives a learner a vote'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l consistency -d 'linearizable (l): as a quorum knows them; serializable (s): as the member asked does' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from list" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l peer-urls -d 'where the new member is to be reached by the others, separated by commas' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l learner -d 'it has no vote at first'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from add" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from remove" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l peer-urls -d 'where it is to be reached from now on, separated by commas' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from update" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand member; and __fish_seen_subcommand_from promote" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand snapshot" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand make-mirror" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand lock" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand elect" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -f -a "enable" -d 'Puts users and roles in force'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -f -a "disable" -d 'Lets everybody in again'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and not __fish_seen_subcommand_from enable disable status" -f -a "status" -d 'Shows whether users and roles are in force'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from enable" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from disable" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand auth; and __fish_seen_subcommand_from status" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -f -a "add" -d 'Adds a user'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -f -a "delete" -d 'Removes a user'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -f -a "get" -d 'Shows the roles of a user'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -f -a "list" -d 'Lists all users'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -f -a "passwd" -d 'Gives a user another password'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -f -a "grant-role" -d 'Gives a user a role'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and not __fish_seen_subcommand_from add delete get list passwd grant-role revoke-role" -f -a "revoke-role" -d 'Takes a role from a user'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l interactive -d 'ask for the password, twice; without, it is the first word on standard input' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l new-user-password -d 'password of the new user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l no-password -d 'no password: the user comes with a certificate (its common name)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from add" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from delete" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l detail -d 'show what the roles permit too'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from get" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from list" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l interactive -d 'ask for the password, twice; without, it is the first word on standard input' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from passwd" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from grant-role" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand user; and __fish_seen_subcommand_from revoke-role" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -f -a "add" -d 'Adds a role'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -f -a "delete" -d 'Removes a role'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -f -a "get" -d 'Shows what a role permits'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -f -a "list" -d 'Lists all roles'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -f -a "grant-permission" -d 'Lets a role read or write keys'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and not __fish_seen_subcommand_from add delete get list grant-permission revoke-permission" -f -a "revoke-permission" -d 'Takes a permission from a role'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from add" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from delete" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from get" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from list" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l prefix -d 'all keys that begin with the key'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l from-key -d 'all keys from the key on, in byte order'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from grant-permission" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l prefix -d 'all keys that begin with the key'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l from-key -d 'all keys from the key on, in byte order'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand role; and __fish_seen_subcommand_from revoke-permission" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -f -a "perf" -d 'Checks how a server bears writes at a given rate'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and not __fish_seen_subcommand_from perf datascale" -f -a "datascale" -d 'Checks how much memory a server takes for many keys'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l load -d 'how heavy: s(small), m(medium), l(large) or xl(xLarge), which differ in clients and in writes a second' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l prefix -d 'what the keys that it writes begin with' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l auto-compact -d 'compact the history when all is done'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l auto-defrag -d 'defragment the endpoints when all is done'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from perf" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l load -d 'how many keys: s(small), m(medium), l(large) or xl(xLarge)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l prefix -d 'what the keys that it writes begin with' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l auto-compact -d 'compact the history when all is done'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l auto-defrag -d 'defragment the endpoints when all is done'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand check; and __fish_seen_subcommand_from datascale" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand completion" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -f -a "validate" -d 'Tells whether the cluster could be downgraded to a version'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -f -a "enable" -d 'Begins a downgrade of the cluster'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and not __fish_seen_subcommand_from validate enable cancel" -f -a "cancel" -d 'Gives up the downgrade that is under way'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from validate" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from enable" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand downgrade; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -f -a "put" -d 'Writes keys'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -f -a "range" -d 'Reads keys'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -f -a "txn-put" -d 'Writes keys in transactions'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -f -a "txn-mixed" -d 'Reads and writes in transactions'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -f -a "watch" -d 'Creates many watchers, and writes what they watch'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -f -a "watch-latency" -d 'Measures how long events take from the put to the watcher'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -f -a "lease-grant" -d 'Grants leases'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -f -a "lease-keepalive" -d 'Keeps leases alive'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -f -a "login" -d 'Logs in'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and not __fish_seen_subcommand_from put range txn-put txn-mixed watch watch-latency lease-grant lease-keepalive login stm" -f -a "stm" -d 'Runs software transactions'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l clients -d 'clients that ask at the same time' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l conns -d 'connections that the clients share' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l threads -d 'threads of the load tool (0 for half the processors)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l pid -d 'process id of the server, to tell its processor time and memory' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l seed -d 'what random choices are drawn from (0 for a new one each time)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l total -d 'operations in all (default 10000, or no limit with --duration)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l duration -d 'how long to go on' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l rate -d 'operations per second (0 for as fast as it goes)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l key-size -d 'bytes of a key' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l key-space-size -d 'how many different keys there are' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l val-size -d 'bytes of a value' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l sequential-keys -d 'use the keys one after another rather than at random'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from put" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l clients -d 'clients that ask at the same time' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l conns -d 'connections that the clients share' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l threads -d 'threads of the load tool (0 for half the processors)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l pid -d 'process id of the server, to tell its processor time and memory' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l seed -d 'what random choices are drawn from (0 for a new one each time)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l total -d 'operations in all (default 10000, or no limit with --duration)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l duration -d 'how long to go on' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l rate -d 'operations per second (0 for as fast as it goes)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l key-size -d 'bytes of a key' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l key-space-size -d 'how many different keys there are' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l consistency -d 'linearizable (l): as a quorum knows it; serializable (s): as the member asked does' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l limit -d 'at most so many results (0 for all)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l page-size -d 'results in a page' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l sequential-keys -d 'use the keys one after another rather than at random'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l prefix -d 'all keys that begin with the key'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l from-key -d 'all keys from the key on, in byte order'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l keys-only -d 'leave the values out'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l count-only -d 'only how many there are'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l stream -d 'let the server send the result in pieces (RangeStream); an operation is the whole of it'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l paginate -d 'fetch the result page by page, at the revision of the first; an operation is the whole of it'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from range" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l clients -d 'clients that ask at the same time' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l conns -d 'connections that the clients share' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l threads -d 'threads of the load tool (0 for half the processors)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l pid -d 'process id of the server, to tell its processor time and memory' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l seed -d 'what random choices are drawn from (0 for a new one each time)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l total -d 'operations in all (default 10000, or no limit with --duration)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l duration -d 'how long to go on' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l rate -d 'operations per second (0 for as fast as it goes)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l key-size -d 'bytes of a key' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l key-space-size -d 'how many different keys there are' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l val-size -d 'bytes of a value' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l txn-ops -d 'keys written by one transaction, one after another' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l sequential-keys -d 'use the keys one after another rather than at random'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-put" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l clients -d 'clients that ask at the same time' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l conns -d 'connections that the clients share' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l threads -d 'threads of the load tool (0 for half the processors)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l pid -d 'process id of the server, to tell its processor time and memory' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l seed -d 'what random choices are drawn from (0 for a new one each time)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l total -d 'operations in all (default 10000, or no limit with --duration)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l duration -d 'how long to go on' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l rate -d 'operations per second (0 for as fast as it goes)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l key-size -d 'bytes of a key' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l key-space-size -d 'how many different keys there are' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l val-size -d 'bytes of a value' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l consistency -d 'linearizable (l) or serializable (s) reads' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l limit -d 'at most so many results of a read (0 for all)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l end-key -d 'the key before which reads end (all keys without)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l rw-ratio -d 'reads for each write' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l sequential-keys -d 'use the keys one after another rather than at random'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from txn-mixed" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l clients -d 'clients that ask at the same time' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l conns -d 'connections that the clients share' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l threads -d 'threads of the load tool (0 for half the processors)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l pid -d 'process id of the server, to tell its processor time and memory' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l seed -d 'what random choices are drawn from (0 for a new one each time)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l streams -d 'watch streams' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l watch-per-stream -d 'watchers on each stream' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l watched-key-total -d 'how many keys are watched' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l put-total -d 'puts in all' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l put-rate -d 'puts per second (0 for as fast as it goes)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l key-size -d 'bytes of a key' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l val-size -d 'bytes of a value, 8 at least: they number the put' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l key-space-size -d 'how many keys are written' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l prefix -d 'every watcher watches all keys'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l sequential-keys -d 'use the keys one after another rather than at random'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l clients -d 'clients that ask at the same time' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l conns -d 'connections that the clients share' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l threads -d 'threads of the load tool (0 for half the processors)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l pid -d 'process id of the server, to tell its processor time and memory' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l seed -d 'what random choices are drawn from (0 for a new one each time)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l streams -d 'watch streams' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l watchers-per-stream -d 'watchers on each stream' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l put-total -d 'puts in all' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l put-rate -d 'puts per second (0 for as fast as it goes)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l key-size -d 'bytes of a key' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l val-size -d 'bytes of a value, 8 at least: they number the put' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l prevkv -d 'ask for the pair as it was before'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from watch-latency" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l clients -d 'clients that ask at the same time' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l conns -d 'connections that the clients share' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l threads -d 'threads of the load tool (0 for half the processors)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l pid -d 'process id of the server, to tell its processor time and memory' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l seed -d 'what random choices are drawn from (0 for a new one each time)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l total -d 'operations in all (default 10000, or no limit with --duration)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l duration -d 'how long to go on' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l rate -d 'operations per second (0 for as fast as it goes)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l ttl -d 'seconds that a lease lives' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-grant" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l clients -d 'clients that ask at the same time' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l conns -d 'connections that the clients share' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l threads -d 'threads of the load tool (0 for half the processors)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l pid -d 'process id of the server, to tell its processor time and memory' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l seed -d 'what random choices are drawn from (0 for a new one each time)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l total -d 'operations in all (default 10000, or no limit with --duration)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l duration -d 'how long to go on' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l rate -d 'operations per second (0 for as fast as it goes)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l leases -d 'how many leases there are' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l ttl -d 'seconds that a lease lives' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from lease-keepalive" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l clients -d 'clients that ask at the same time' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l conns -d 'connections that the clients share' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l threads -d 'threads of the load tool (0 for half the processors)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l pid -d 'process id of the server, to tell its processor time and memory' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l seed -d 'what random choices are drawn from (0 for a new one each time)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l total -d 'operations in all (default 10000, or no limit with --duration)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l duration -d 'how long to go on' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l rate -d 'operations per second (0 for as fast as it goes)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from login" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l clients -d 'clients that ask at the same time' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l conns -d 'connections that the clients share' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l threads -d 'threads of the load tool (0 for half the processors)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l pid -d 'process id of the server, to tell its processor time and memory' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l seed -d 'what random choices are drawn from (0 for a new one each time)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l total -d 'operations in all (default 10000, or no limit with --duration)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l duration -d 'how long to go on' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l rate -d 'operations per second (0 for as fast as it goes)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l val-size -d 'bytes of a value' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l isolation -d 'committed reads (c), repeatable reads (r), serializable (s), or that with a snapshot (ss)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l keys -d 'how many keys there are' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l keys-per-txn -d 'keys that a transaction reads' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l txn-wr-percent -d 'share of these that it writes' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l stm-locker -d 'what keeps transactions apart: stm' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand bench; and __fish_seen_subcommand_from stm" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand options" -s h -l help -d 'Shows help'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l endpoints -d 'servers to talk to, all of one cluster' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -s w -l write-out -d 'form of the output: fields, json, protobuf, simple or table' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l dial-timeout -d 'how long to wait for a connection' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l command-timeout -d 'how long a command may take that is meant to be short' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l keepalive-time -d 'silence after which a connection is probed' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l keepalive-timeout -d 'how long a probe may stay unanswered' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l max-request-bytes -d 'largest request in bytes (0 for 2 MiB)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l max-recv-bytes -d 'largest response in bytes (0 for no limit)' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l insecure-transport -d 'connect without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l insecure-discovery -d 'accept SRV records of endpoints without TLS' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l cert -d 'certificate file that tells who the client is' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l key -d 'key file of that certificate' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l cacert -d 'file of the authorities that servers\' certificates must come from' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l auth-jwt-token -d 'token to authenticate with, in place of a user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l user -d 'user to authenticate as, with or without :password' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l password -d 'password of the user' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -s d -l discovery-srv -d 'domain whose SRV records list the endpoints' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l discovery-srv-name -d 'name of the service in those records' -r
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l debug -d 'show the settings in use on standard error'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l hex -d 'write keys, values and ids in hexadecimal'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -l insecure-skip-tls-verify -d 'do not check the server\'s certificate (for tests)'
complete -c etcdctl -n "__fish_etcdctl_using_subcommand help" -s h -l help -d 'Shows help'

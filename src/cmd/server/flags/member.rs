//! The flags of a member by itself: names, places, limits, connections.

use super::{
    definition::{Flag, flag},
    kind::Kind::{Bool, Duration, Gates, Int, Int64, Text, Uint, Uint32, Uint64, Urls},
};

pub(super) const MEMBER: &[Flag] = &[
    flag("name", Text, "default", "Name of this member, for people."),
    flag("data-dir", Text, "", "Directory of the data.").shown("${name}.etcd"),
    flag("wal-dir", Text, "", "Directory of the write-ahead log, when it is not to be inside the data directory."),
    flag("snapshot-count", Uint64, "10000", "Entries between two snapshot records."),
    flag("heartbeat-interval", Uint, "100", "Milliseconds between two heartbeats."),
    flag("election-timeout", Uint, "1000", "Milliseconds without a heartbeat before an election."),
    flag("initial-election-tick-advance", Bool, "true", "Shorten the first election timeout after a start."),
    flag("listen-peer-urls", Urls, "http://localhost:2380", "Where to listen for other members."),
    flag(
        "listen-client-urls",
        Urls,
        "http://localhost:2379",
        "Where to listen for clients: gRPC, and HTTP unless --listen-client-http-urls is given.",
    ),
    flag("listen-client-http-urls", Urls, "", "Where to listen for HTTP clients, and for them alone."),
    flag("max-snapshots", Uint, "5", "Snapshot files to keep (0 is all). There are none, so it has no effect.")
        .deprecated("--max-snapshots is deprecated in 3.6 and will be decommissioned in 3.8."),
    flag("max-wals", Uint, "5", "Files of the write-ahead log to keep (0 is all)."),
    flag("memory-mlock", Bool, "false", "Keep the pages of the process in memory."),
    flag(
        "quota-backend-bytes",
        Int64,
        "0",
        "Size of the backend, in bytes, that raises an alarm and ends writing (0 is 2 GiB, below 0 is none).",
    ),
    flag("backend-bbolt-freelist-type", Text, "", "Kind of bbolt's free list. The backend is not bbolt: no effect.")
        .shown("map")
        .later(),
    flag("backend-batch-interval", Duration, "0s", "Longest time between two flushes of the backend (0 is 100ms).")
        .shown(""),
    flag("backend-batch-limit", Int, "0", "Changes that set off a flush of the backend (0 is 10000)."),
    flag("max-txn-ops", Uint, "128", "Operations allowed in a transaction."),
    flag("max-request-bytes", Uint, "1572864", "Largest request that is accepted, in bytes."),
    flag("max-concurrent-streams", Uint32, "4294967295", "Streams that a client may have open at a time."),
    flag("grpc-keepalive-min-time", Duration, "5s", "A client that pings more often than this is sent away."),
    flag("grpc-keepalive-interval", Duration, "2h", "Time between two pings to a silent client (0 is never)."),
    flag("grpc-keepalive-timeout", Duration, "20s", "Time to answer a ping before the connection is closed."),
    flag("socket-reuse-port", Bool, "false", "Set SO_REUSEPORT on listeners: several processes share a port.")
        .below(&["socket-options", "reuse-port"]),
    flag("socket-reuse-address", Bool, "false", "Set SO_REUSEADDR on listeners (it is always set).")
        .below(&["socket-options", "reuse-address"]),
    flag("enable-grpc-gateway", Bool, "true", "Serve the JSON gateway.").later(),
    flag("raft-read-timeout", Duration, "5s", "Read timeout of connections between members.").not_in_file(),
    flag("raft-write-timeout", Duration, "5s", "Write timeout of connections between members.").not_in_file(),
    flag("feature-gates", Gates, "", "Feature gates, as A=true,B=false. There are:"),
];

//! The flags about finding the other members, and about the history that is kept.

use super::{
    definition::{Flag, flag},
    kind::Kind::{Bool, Choice, Choices, Duration, Set, Text, Urls},
};

/// Values of `--v2-deprecation` that etcd still takes.
const V2_STAGES: &[&str] = &["write-only", "write-only-skip-check", "write-only-drop-data", "gone"];

pub(super) const CLUSTERING: &[Flag] = &[
    flag("initial-advertise-peer-urls", Urls, "http://localhost:2380", "This member's peer URLs, for the others."),
    flag("initial-cluster", Text, "", "Members that the cluster starts with, as name=url,name=url.")
        .shown("default=http://localhost:2380"),
    flag("initial-cluster-state", Choice(&["new", "existing"]), "new", "'new' to start a cluster, 'existing' to join one.\nIt counts at the first start only."),
    flag("initial-cluster-token", Text, "etcd-cluster", "Keeps clusters apart that have the same URLs."),
    flag("advertise-client-urls", Urls, "http://localhost:2379", "This member's client URLs, for everybody.\nClients must be able to reach them."),
    flag("discovery-token", Text, "", "Discovery: token of the cluster to be.").below(&["discovery-config", "token"]).refused(),
    flag("discovery-endpoints", Set, "", "Discovery: endpoints of the cluster that serves it.")
        .below(&["discovery-config", "client", "endpoints"])
        .refused(),
    flag("discovery-dial-timeout", Duration, "2s", "Discovery: time to connect.")
        .below(&["discovery-config", "client", "dial-timeout"])
        .later(),
    flag("discovery-request-timeout", Duration, "5s", "Discovery: time for a request.")
        .below(&["discovery-config", "client", "request-timeout"])
        .later(),
    flag("discovery-keepalive-time", Duration, "2s", "Discovery: time between two pings.")
        .below(&["discovery-config", "client", "keepalive-time"])
        .later(),
    flag("discovery-keepalive-timeout", Duration, "6s", "Discovery: time to answer a ping.")
        .below(&["discovery-config", "client", "keepalive-timeout"])
        .later(),
    flag("discovery-insecure-transport", Bool, "true", "Discovery: connect without TLS.")
        .below(&["discovery-config", "client", "secure", "insecure-transport"])
        .later(),
    flag("discovery-insecure-skip-tls-verify", Bool, "false", "Discovery: do not check the server's certificate (for tests).")
        .below(&["discovery-config", "client", "secure", "insecure-skip-tls-verify"])
        .later(),
    flag("discovery-cert", Text, "", "Discovery: certificate that tells who the client is.")
        .below(&["discovery-config", "client", "secure", "cert"])
        .later(),
    flag("discovery-key", Text, "", "Discovery: key of that certificate.")
        .below(&["discovery-config", "client", "secure", "key"])
        .later(),
    flag("discovery-cacert", Text, "", "Discovery: authorities that the server's certificate must come from.")
        .below(&["discovery-config", "client", "secure", "cacert"])
        .later(),
    flag("discovery-user", Text, "", "Discovery: user, as name[:password].")
        .below(&["discovery-config", "client", "auth", "username"])
        .later(),
    flag("discovery-password", Text, "", "Discovery: password of the user.")
        .below(&["discovery-config", "client", "auth", "password"])
        .later(),
    flag("discovery-fallback", Choice(&["exit", "proxy"]), "exit", "What to do when discovery fails; only 'exit' is left.").not_in_file(),
    flag("discovery-srv", Text, "", "DNS domain whose SRV records name the members.").refused(),
    flag("discovery-srv-name", Text, "", "Suffix of the name that is asked for there.").refused(),
    flag("strict-reconfig-check", Bool, "true", "Refuse changes of membership that would lose the quorum."),
    flag("pre-vote", Bool, "true", "Ask whether an election could be won before holding it."),
    flag("auto-compaction-retention", Text, "0", "History to keep (0 is all)."),
    flag("auto-compaction-mode", Text, "periodic", "What the retention counts: 'periodic' is time, in hours without a unit; 'revision' is revisions."),
    flag("v2-deprecation", Choices(V2_STAGES), "", "Stage of the end of the v2 store. It has no effect.")
        .shown("write-only")
        .deprecated("--v2-deprecation is deprecated and scheduled for removal in v3.8. The default value is enforced, ignoring user input."),
];

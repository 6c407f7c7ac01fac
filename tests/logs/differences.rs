//! In what our log of a start and a stop differs from etcd's, and why.

/// Lines of etcd that we do not have.
const THEIRS: &[(&str, &str)] = &[
    ("Running http and grpc server on single port", "etcd checks its settings twice and says it twice"),
    ("Opening db file", "the backend is not bbolt"),
    ("Opening bbolt db", "the backend is not bbolt"),
    ("bootstrapping ", "there are no such stages"),
    ("Bootstrapping WAL from snapshot", "there are no such stages"),
    ("bootstrap successfully", "there are no such stages"),
    ("constructed a snapshot from WAL record", "a snapshot is a record only"),
    ("Skipping snapshot backend", "a snapshot is a record only"),
    ("Constructed a new raft snapshot", "a snapshot is a record only"),
    ("started to purge file", "files are purged when a snapshot record is written"),
    ("cmux::serve", "one server answers all protocols"),
    ("ignore already added member", "what was applied is not applied again"),
    ("updated cluster version: cluster-id local-member-id from to", "what was applied is not applied again"),
    ("received MsgPreVoteResp from", "the raft crate does not tell of a member's own vote"),
    ("has received 1 Msg", "the raft crate does not tell of a member's own vote"),
    ("received MsgVoteResp from", "the raft crate does not tell of a member's own vote"),
    ("newRaft", "it holds what was restored"),
    ("became follower at term 0", "the founding entries are restored, not replayed"),
    ("switched to configuration voters=()", "the founding entries are restored, not replayed"),
    ("cluster version differs from storage version.", "a new backend has no version, and etcd takes it for one of 3.5"),
    ("updated storage version", "the storage follows in one step, and in etcd in one a version"),
    ("setting up serving from embedded etcd failed.", "a stop is no failure"),
    ("stopping insecure grpc server due to error", "a stop is no failure"),
    ("stopped insecure grpc server due to error", "a stop is no failure"),
    ("server has stopped; stopping", "there are no such tasks"),
    ("enabled capabilities for version", "of a member that returns: it is the version that was set"),
    ("grpc service status changed", "etcd stops before it comes, by chance"),
    ("failed to update cluster version", "etcd is asked to stop before it has, by chance"),
    ("starting an etcd server", "compared by field"),
    ("starting etcd server", "compared by field"),
];

/// Lines of ours that etcd does not have.
const OURS: &[(&str, &str)] = &[
    ("newRaft", "it holds what was restored"),
    ("starting an etcd server", "compared by field"),
    ("starting etcd server", "etcd leaves the cluster's id out at the first start"),
    ("enabled capabilities for version", "compared above"),
    ("grpc service status changed", "compared above"),
];

/// Fields of the line of settings that we do not have: of what is not there yet, or of Go.
const FIELDS: &[&str] =
    &["go-version", "max-snapshots", "local-address", "initial-cluster-state", "feature-gates", "v2-deprecation"];

/// Steps of slow requests that etcd tells of and we do not. Of a transaction without a range we tell none but those before
/// it is carried out: a single key does not take long, and a look at the clock has its price.
const STEPS: &[(&str, &str)] = &[
    ("'get authentication metadata'", "there are no users yet"),
    (
        "'range keys from in-memory index tree'",
        "the time is in 'range keys from bolt db': index and rows are read in turns",
    ),
    ("'get previous kv pair'", "a put is one step, 'store kv pair into bolt db'"),
    ("'get key's previous created_revision and leaseID'", "a put is one step"),
    ("'marshal mvccpb.KeyValue'", "a put is one step"),
    ("'attach lease to kv pair'", "a put is one step"),
    ("'schedule compaction'", "the work begins on its own when the entry is applied"),
];

/// Is it one of those?
pub fn is_step_of_theirs(step: &str) -> bool {
    STEPS.iter().any(|(name, _)| step.starts_with(name))
}

/// Both have the same lines but for those above.
#[track_caller]
pub fn check(ours: &[String], theirs: &[String]) {
    let listed = |line: &str, list: &[(&str, &str)]| list.iter().any(|(text, _)| line.contains(text));
    let only = |lines: &[String], others: &[String], list: &[(&str, &str)]| -> Vec<String> {
        lines.iter().filter(|line| !others.contains(line) && !listed(line, list)).cloned().collect()
    };
    let missing = only(theirs, ours, THEIRS);
    assert!(missing.is_empty(), "we do not say:\n{}", missing.join("\n"));
    let added = only(ours, theirs, OURS);
    assert!(added.is_empty(), "etcd does not say:\n{}", added.join("\n"));
    let settings = |lines: &[String]| -> Vec<String> {
        let line = lines.iter().find(|line| line.contains("starting an etcd server")).expect("the line of settings");
        let names = line.split(": ").nth(1).expect("fields").split(' ');
        let known = |name: &&str| !FIELDS.contains(name) && *name != "rust-version";
        names.filter(known).map(str::to_owned).collect()
    };
    assert_eq!(settings(ours), settings(theirs));
}

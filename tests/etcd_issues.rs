//! The correctness bugs that etcd had.

#[path = "etcd_issues/agreement.rs"]
mod agreement;
#[path = "etcd_issues/alone.rs"]
mod alone;
#[path = "etcd_issues/client.rs"]
mod client;
#[path = "etcd_issues/cluster.rs"]
mod cluster;
#[path = "sim/history.rs"]
#[allow(dead_code, reason = "shared with tests/sim.rs")]
mod history;
#[path = "sim/member.rs"]
#[allow(dead_code, reason = "as above")]
mod member;
#[path = "etcd_issues/moments.rs"]
mod moments;
#[path = "etcd_issues/requests.rs"]
mod requests;
#[path = "etcd_issues/snapshots.rs"]
mod snapshots;
#[path = "etcd_issues/watching.rs"]
mod watching;

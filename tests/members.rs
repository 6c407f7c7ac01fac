//! Clusters of real processes: the built binary, three times and more, over the network of this machine.
//!
//! With `ETCD_ORACLE=/path/to/etcd`, a real etcd of 3.7, there are mixed clusters as well.

#[path = "members/alone.rs"]
mod alone;
#[path = "members/corruption.rs"]
mod corruption;
#[path = "members/downgrade.rs"]
mod downgrade;
#[path = "members/mixed.rs"]
mod mixed;
#[path = "members/process.rs"]
mod process;
#[path = "members/snapshots.rs"]
mod snapshots;
#[path = "members/starts.rs"]
mod starts;
mod support;
#[path = "members/together.rs"]
mod together;
#[path = "members/users.rs"]
mod users;

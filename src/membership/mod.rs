//! Who belongs to the cluster: its members, those removed for good, and the version that all of them speak.
//!
//! ```text
//!   conf change entry --> Change::read --> Cluster::check --> raft --> Cluster::make
//!   requests of members about themselves (name, client URLs, version, downgrade) -------> Cluster
//!                                                                                           |
//!                                                            MembersView, for readers <-----+
//! ```
//!
//! What must hold:
//! - It changes only through committed entries, so that every member sees the same cluster at the same index.
//! - A removed id never comes back.
//! - A change that is not legal when its turn comes changes nothing, here or in raft; its entry is spent.
//!
//! It does not know how raft counts votes, and judges no proposal by who is reachable.

mod change;
mod cluster;
mod member;
mod old_store;
pub mod quorum;
mod version;

pub use change::{Change, ChangeRefusal, Malformed};
pub use cluster::{Cluster, Downgrade, MembersView, MembershipError};
pub use member::{Member, list_to_json};
pub use old_store::old_store;
pub use version::Version;

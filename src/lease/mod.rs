//! Leases: promises that keys go away unless somebody keeps asking for them to stay.
//!
//! ```text
//!   apply --grant, revoke, follow--> Leases   what was granted, which keys hang on it; the same on every member
//!     |                                |
//!     |  LeaseChange                   +--> LeaseView   for readers
//!     v
//!   Lessor   when each one ends; on the leader only, and never written down
//! ```
//!
//! What must hold:
//! - [`Leases`] changes only through committed entries and knows no time, so that every member has the same.
//! - [`Lessor`] ends nothing by itself. It says which leases are due; a revoke goes through the log like any write.
//! - A lease lives at least as long as was granted. It may live longer: after an election, or when many end at once.
//!
//! Which keys hang on a lease is not stored with the lease. It is in the keys, and is gathered again at start.

mod checkpoints;
mod leases;
mod lessor;
#[cfg(test)]
mod tests;

pub use checkpoints::Checkpoints;
pub use leases::{LeaseError, LeaseRefusal, LeaseView, Leases, Terms};
pub use lessor::{Lessor, Pace, Renew};

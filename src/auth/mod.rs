//! Users, roles and what they permit: who may read and write which keys.
//!
//! ```text
//!   apply --add, grant, revoke..--> AuthStore   users and roles; the same on every member
//!                                      |
//!                                      |  rights: all permissions of a user's roles, merged, held ready
//!                                      v
//!   Identity + Needs ------------> AuthView::authorise   yes, or an AuthRefusal
//! ```
//!
//! What must hold:
//! - What is not granted is denied. A user that is gone, a role that is gone, a kind of permission that is not known: no.
//! - [`AuthStore`] changes only through committed entries; a decision depends on nothing but it, so that every member
//!   decides the same. It hashes no password and checks none, makes no token and knows none.
//! - Without authentication a decision costs one atomic load.
//! - A hash of a password leaves this module by [`AuthView::password_of`] alone. It is in no log line and no `Debug` text.

mod identity;
mod judge;
mod needs;
mod refusal;
mod rights;
mod roles;
mod rows;
mod spans;
mod state;
mod store;
#[cfg(test)]
mod tests;
mod tree;
mod users;
mod view;

pub use identity::{Identity, Password};
pub use needs::{Access, Attached, KeyNeed, Needs};
pub use refusal::AuthRefusal;
pub use rows::AuthError;
pub use store::AuthStore;
pub use view::AuthView;

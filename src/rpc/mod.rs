//! x
pub mod check; pub mod overlap; pub mod method;

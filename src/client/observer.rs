//! Where a client's troubles can be heard of. The client itself prints nothing.

use super::error::ClientError;

/// One attempt at a unary call that failed.
#[derive(Clone, Debug)]
pub struct FailedAttempt<'a> {
    /// The gRPC path, such as `/etcdserverpb.KV/Range`.
    pub method: &'static str,
    /// The endpoint it went to, or the first one when none was ready.
    pub endpoint: &'a str,
    /// Counted from 0.
    pub attempt: u32,
    /// What went wrong.
    pub error: &'a ClientError,
}

/// Told of failed attempts. A seam: `ctl` logs them, tests count them.
pub trait Observer: Send + Sync {
    /// Called once for each, before it is decided whether to try again.
    fn attempt_failed(&self, attempt: &FailedAttempt<'_>);
}

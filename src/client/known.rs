//! The descriptions by which clients know etcd's errors.
//!
//! etcd's clients map a status by its description alone (reference 1.11, note c): one that stands here is shown bare, any
//! other with its code. Observed with etcdctl 3.7.1, which does not know every text that a 3.7.1 server may send.

/// What stands before each of them.
const PREFIX: &str = "etcdserver: ";

/// Without the prefix, sorted.
const DESCRIPTIONS: [&str; 57] = [
    "Peer URLs already exists",
    "authentication failed, invalid user ID or password",
    "authentication is not enabled",
    "bad leader transferee",
    "can only promote a learner member",
    "can only promote a learner member which is in sync with leader",
    "cluster ID mismatch",
    "cluster has a downgrade job in progress",
    "cluster version not found during downgrade",
    "corrupt cluster",
    "duplicate key given in txn request",
    "given member URLs are invalid",
    "invalid auth management",
    "invalid auth token",
    "invalid downgrade target version",
    "invalid sort option",
    "key is not provided",
    "key not found",
    "leader changed",
    "lease already exists",
    "lease is provided",
    "member ID already exist",
    "member not found",
    "mvcc: database space exceeded",
    "mvcc: required revision has been compacted",
    "mvcc: required revision is a future revision",
    "no inflight downgrade job",
    "no leader",
    "not capable",
    "not leader",
    "permission denied",
    "permission is not granted to the role",
    "re-configuration failed due to not enough started members",
    "request is too large",
    "request timed out",
    "request timed out, possibly due to connection lost",
    "request timed out, possibly due to previous leader failure",
    "requested lease not found",
    "revision of auth store is old",
    "role is not granted to the user",
    "role name already exists",
    "role name is empty",
    "role name not found",
    "root user does not exist",
    "root user does not have root role",
    "rpc not supported for learner",
    "server stopped",
    "too large lease TTL",
    "too many learner members in cluster",
    "too many operations in txn request",
    "too many requests",
    "unhealthy cluster",
    "user name already exists",
    "user name is empty",
    "user name not found",
    "value is provided",
    "wrong downgrade target version format",
];

/// Do etcd's clients know this description?
pub fn is_known(description: &str) -> bool {
    description.strip_prefix(PREFIX).is_some_and(|rest| DESCRIPTIONS.binary_search(&rest).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_searched() {
        assert!(DESCRIPTIONS.is_sorted());
        assert!(is_known("etcdserver: key not found") && is_known("etcdserver: Peer URLs already exists"));
        assert!(!is_known("key not found") && !is_known("etcdserver: watch canceled"));
    }
}

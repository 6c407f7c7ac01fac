//! TLS, as operators set it up: authorities, certificates and lists are made by openssl, members are processes of the built
//! binary.
//!
//! With `ETCD_ORACLE=/path/to/etcd` the same is asked of a real etcd 3.7, and the answers must be equal; with
//! `ETCDCTL_ORACLE=/path/to/etcdctl` its tool asks, too. Without openssl there is nothing to test with, and these tests pass.

#[path = "tls/alone.rs"]
mod alone;
#[path = "tls/authority.rs"]
mod authority;
#[path = "tls/mixed.rs"]
mod mixed;
#[path = "tls/place.rs"]
mod place;
#[path = "tls/rotation.rs"]
mod rotation;
#[path = "tls/starts.rs"]
mod starts;
mod support;
#[path = "tls/users.rs"]
mod users;
#[path = "tls/walk.rs"]
mod walk;

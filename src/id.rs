//! Identities: newtypes so that one kind cannot be passed for another, their text forms, and how they come about.

use sha1::{Digest, Sha1};
use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

/// Makes a newtype over `$inner` whose text is lower-case hex without padding, as etcd prints ids.
macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $inner:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:x}", self.0)
            }
        }
    };
}

hex_id!(
    /// One etcd process's identity in its cluster. Zero is no member.
    MemberId, u64
);
hex_id!(
    /// The cluster's identity, fixed by its first members.
    ClusterId, u64
);
hex_id!(
    /// A lease. Positive when the server chose it; zero is no lease.
    LeaseId, i64
);
hex_id!(
    /// Ties a proposal to whoever waits for its outcome (`InternalRaftRequest.header.ID`).
    RequestId, u64
);

/// A watch, unique within its stream only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WatchId(pub i64);

/// A client's stream of watches, unique within the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub u64);

impl MemberId {
    /// The id of a member that the cluster starts with: the head of SHA-1 over its sorted peer URLs and the
    /// cluster's token (reference 8.8).
    pub fn of_founder(peer_urls: &[String], token: &str) -> Self {
        let mut urls: Vec<&str> = peer_urls.iter().map(String::as_str).collect();
        urls.sort_unstable();
        Self(head_of_sha1(&[urls.concat().as_bytes(), token.as_bytes()]))
    }

    /// The id of a member that is added to a running cluster: as of a founder, with the time in place of the token.
    pub fn of_added(peer_urls: &[String], unix_s: u64) -> Self {
        Self::of_founder(peer_urls, &unix_s.to_string())
    }
}

impl ClusterId {
    /// The head of SHA-1 over the founders' ids in ascending order, each as eight big-endian bytes (reference 8.8).
    pub fn of_founders(members: &[MemberId]) -> Self {
        let mut ids: Vec<u64> = members.iter().map(|member| member.0).collect();
        ids.sort_unstable();
        let bytes: Vec<u8> = ids.iter().flat_map(|id| id.to_be_bytes()).collect();
        Self(head_of_sha1(&[&bytes]))
    }
}

fn head_of_sha1(parts: &[&[u8]]) -> u64 {
    let mut hasher = Sha1::new();
    parts.iter().for_each(|part| hasher.update(part));
    let digest = hasher.finalize();
    digest[..8].iter().fold(0, |head, byte| head << 8 | u64::from(*byte))
}

/// Hands out numbers that no other member, and no earlier run of this one, hands out: two bytes of the member,
/// five bytes of its start time in milliseconds, one byte to count; counting may run over into the time, since a
/// member does not hand out 256,000 a second for long (reference 8.8). Shared by all who ask, hence the atomic.
#[derive(Debug)]
pub struct IdGenerator {
    member: u64,
    count: AtomicU64,
}

impl IdGenerator {
    /// `unix_ms`: wall time at start.
    pub fn new(member: MemberId, unix_ms: u64) -> Self {
        let time = (unix_ms & 0xff_ffff_ffff) << 8;
        Self { member: (member.0 & 0xffff) << 48, count: AtomicU64::new(time) }
    }

    /// A number not handed out before; never zero.
    pub fn next(&self) -> u64 {
        loop {
            let count = self.count.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
            let id = self.member | (count & LOW_48);
            if id != 0 {
                return id;
            }
        }
    }
}

const LOW_48: u64 = (1 << 48) - 1;

#[cfg(test)]
mod tests {
    use super::*;

    /// What a real etcd 3.7.1 with default flags calls itself.
    #[test]
    fn founders_get_the_ids_that_etcd_gives_them() {
        let member = MemberId::of_founder(&["http://localhost:2380".into()], "etcd-cluster");
        assert_eq!(member.to_string(), "8e9e05c52164694d");
        assert_eq!(ClusterId::of_founders(&[member]).to_string(), "cdf818194e3a8c32");
    }

    #[test]
    fn numbers_count_up_below_the_member() {
        let ids = IdGenerator::new(MemberId(0xabcd_1234), 1);
        assert_eq!(ids.next(), 0x1234_0000_0000_0101);
        assert_eq!(ids.next(), 0x1234_0000_0000_0102);
        let last = IdGenerator { member: 0x1234 << 48, count: AtomicU64::new(LOW_48) };
        assert_eq!(last.next(), 0x1234_0000_0000_0000);
    }
}

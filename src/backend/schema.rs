//! What is in the database, on one page: every table, and every key that has a name of its own.
//!
//! ```text
//!   table            key                                   value
//!   key              revision, 17 bytes; tombstone 18      mvccpb.KeyValue (a tombstone: its key only)
//!   meta             see [`meta`]                          see [`meta`]
//!   lease            lease id, 8 bytes big-endian          leasepb.Lease
//!   alarm            etcdserverpb.AlarmMember, encoded     empty
//!   cluster          see [`cluster`]                       see [`cluster`]
//!   members          member id, lower-case hex text        the member as JSON
//!   members_removed  member id, lower-case hex text        the text `removed`
//!   auth             see [`auth`]                          see [`auth`]
//!   authUsers        user name                             authpb.User
//!   authRoles        role name                             authpb.Role
//! ```
//!
//! Names, keys and values are etcd's buckets byte for byte (reference 7.4), so that `Hash`, `HashKV` and a snapshot
//! in bbolt form come out as etcd's do. The module knows where things are, not what they mean: it encodes nothing.
//!
//! The file has one more table, [`USAGE_TABLE`], which is not etcd's and never leaves the file.

use redb::TableDefinition;

/// A table, named as etcd's bucket. In the order of the names, which is the order in which etcd's `Hash` visits them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// `alarm`: alarms that are raised.
    Alarm,
    /// `auth`: is auth on, and its revision.
    Auth,
    /// `authRoles`: roles and what they permit.
    AuthRoles,
    /// `authUsers`: users, their password hashes and roles.
    AuthUsers,
    /// `cluster`: the cluster's version and a downgrade under way.
    Cluster,
    /// `key`: every revision of every key that compaction has left.
    Key,
    /// `lease`: leases; which keys hang on them is read from the keys.
    Lease,
    /// `members`: the cluster's members.
    Members,
    /// `members_removed`: ids that may never come back.
    MembersRemoved,
    /// `meta`: how far the log is applied, and what was compacted.
    Meta,
}

impl Bucket {
    /// How many there are.
    pub const COUNT: usize = 10;

    /// All of them, in the order of their names.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Alarm,
        Self::Auth,
        Self::AuthRoles,
        Self::AuthUsers,
        Self::Cluster,
        Self::Key,
        Self::Lease,
        Self::Members,
        Self::MembersRemoved,
        Self::Meta,
    ];

    /// etcd's name of the bucket.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::Auth => "auth",
            Self::AuthRoles => "authRoles",
            Self::AuthUsers => "authUsers",
            Self::Cluster => "cluster",
            Self::Key => "key",
            Self::Lease => "lease",
            Self::Members => "members",
            Self::MembersRemoved => "members_removed",
            Self::Meta => "meta",
        }
    }

    /// Its place in [`Bucket::ALL`].
    pub(super) const fn index(self) -> usize {
        self as usize
    }

    /// The table in redb.
    pub(super) const fn table(self) -> Table {
        TableDefinition::new(self.name())
    }
}

/// Keys of the bucket `meta`.
pub mod meta {
    /// Index of the last applied entry: 8 bytes big-endian. Staged in one batch with the entry's effects, which is what
    /// makes applying happen once.
    pub const CONSISTENT_INDEX: &[u8] = b"consistent_index";
    /// Term of that entry: 8 bytes big-endian. Staged with it.
    pub const TERM: &[u8] = b"term";
    /// Who votes, as of the consistent index: `raftpb.ConfState` as JSON (`{"voters":[…]}`).
    pub const CONF_STATE: &[u8] = b"confState";
    /// Revision of the last compaction that was started: 17 bytes, sub 0.
    pub const SCHEDULED_COMPACT: &[u8] = b"scheduledCompactRev";
    /// Revision of the last compaction that was completed: 17 bytes, sub 0.
    pub const FINISHED_COMPACT: &[u8] = b"finishedCompactRev";
    /// Version of this page that the file follows, as text: `3.7.0`. Absent in files of etcd 3.5 and older.
    pub const STORAGE_VERSION: &[u8] = b"storageVersion";
}

/// Keys of the bucket `cluster`.
pub mod cluster {
    /// The version that all members speak, as text: `3.7.0`.
    pub const CLUSTER_VERSION: &[u8] = b"clusterVersion";
    /// A downgrade under way, as JSON: `{"target-version":"3.6.0","enabled":true}`.
    pub const DOWNGRADE: &[u8] = b"downgrade";
}

/// Keys of the bucket `auth`.
pub mod auth {
    /// Is auth on: one byte, 0 or 1.
    pub const ENABLED: &[u8] = b"authEnabled";
    /// Counts changes of users and roles: 8 bytes big-endian.
    pub const REVISION: &[u8] = b"authRevision";
}

/// The newest storage version, major and minor, that this program reads (reference 7.6). A newer one in
/// [`meta::STORAGE_VERSION`] is refused at open.
pub const SUPPORTED_STORAGE_VERSION: (u64, u64) = (3, 7);

/// How every table is declared to redb: raw bytes, ordered as bytes.
pub(super) type Table = TableDefinition<'static, &'static [u8], &'static [u8]>;

/// Our own table: under [`USAGE_KEY`] the number of live rows and the sum of their lengths, both 8 bytes big-endian,
/// over all buckets. Written in every commit, so that it always fits the rows beside it; see `usage.rs`.
pub(super) const USAGE_TABLE: Table = TableDefinition::new("_usage");
/// The only key of [`USAGE_TABLE`].
pub(super) const USAGE_KEY: &[u8] = b"live";

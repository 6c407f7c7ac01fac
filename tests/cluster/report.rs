//! What happened in a run, to show that something did.

use std::fmt;

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Numbers of one run or of many.
        #[derive(Clone, Copy, Debug, Default)]
        pub struct Counts { $($(#[$doc])* pub $name: u64,)* }

        impl Counts {
            pub fn add(&mut self, other: &Self) {
                $(self.$name += other.$name;)*
            }
        }

        impl fmt::Display for Counts {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let named = [$((self.$name, stringify!($name).replace('_', " "))),*];
                named.iter().try_for_each(|(count, name)| write!(f, "{count} {name}, "))
            }
        }
    };
}

counts! {
    acknowledged,
    reads,
    events_seen,
    leaders,
    transfers,
    crashes,
    /// Lives that a disk ended.
    disk_failures,
    pauses,
    /// Turns that waited for a slow disk.
    slow_syncs,
    messages_lost,
    messages_doubled,
    snapshots_installed,
    snapshots_refused,
    /// Lives that ended with something of a snapshot on the disk.
    installs_crashed,
    /// Lives that began with what such a one had come to.
    installs_ended,
    joined,
    /// Members that ended because they were removed.
    cast_out,
    changes_made,
    changes_refused,
    leases_renewed,
    leases_expired,
    /// Requests refused because of an alarm.
    starved,
    entries_compared,
    virtual_ms,
}

/// What a run leaves.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub counts: Counts,
    pub transcript: String,
    /// What clients asked for and were told, if it was recorded.
    pub calls: Vec<super::linear::Call>,
}

//! Durations by the kind of request. Which histogram a kind has is looked up once: a look-up by labels takes longer than all
//! else that counting costs a put.

use prometheus::Histogram;
use std::sync::OnceLock;

/// A kind of request, as the labels `op` and `type` name it. Those that come often have a place of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Range,
    Put,
    DeleteRange,
    Txn,
    ReadonlyTxn,
    LeaseGrant,
    LeaseRevoke,
    /// Any other, by its name.
    Rare(&'static str),
}

const OFTEN: usize = 7;

impl Kind {
    /// etcd's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Range => "Range",
            Self::Put => "Put",
            Self::DeleteRange => "DeleteRange",
            Self::Txn => "Txn",
            Self::ReadonlyTxn => "ReadonlyTxn",
            Self::LeaseGrant => "LeaseGrant",
            Self::LeaseRevoke => "LeaseRevoke",
            Self::Rare(name) => name,
        }
    }

    fn place(self) -> Option<usize> {
        match self {
            Self::Range => Some(0),
            Self::Put => Some(1),
            Self::DeleteRange => Some(2),
            Self::Txn => Some(3),
            Self::ReadonlyTxn => Some(4),
            Self::LeaseGrant => Some(5),
            Self::LeaseRevoke => Some(6),
            Self::Rare(_) => None,
        }
    }
}

/// Did it go well? The label `success`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Success {
    No,
    Yes,
}

impl Success {
    /// `Yes` for `Ok`.
    pub fn of<T, E>(result: &Result<T, E>) -> Self {
        if result.is_ok() { Self::Yes } else { Self::No }
    }

    fn name(self) -> &'static str {
        match self {
            Self::No => "false",
            Self::Yes => "true",
        }
    }
}

/// The histograms of one family by kind and success. Each shows up when it is first needed, as in etcd.
#[derive(Debug)]
pub struct Timers {
    find: fn(&'static str, &'static str) -> Histogram,
    often: [[OnceLock<Histogram>; 2]; OFTEN],
}

impl Timers {
    /// `find` is given the kind's name and `true` or `false`.
    pub(super) const fn new(find: fn(&'static str, &'static str) -> Histogram) -> Self {
        Self { find, often: [const { [const { OnceLock::new() }; 2] }; OFTEN] }
    }

    /// Notes how long a request took.
    pub fn observe(&self, kind: Kind, success: Success, seconds: f64) {
        match kind.place() {
            Some(place) => {
                self.often[place][success as usize].get_or_init(|| self.find(kind, success)).observe(seconds)
            }
            None => self.find(kind, success).observe(seconds),
        }
    }

    fn find(&self, kind: Kind, success: Success) -> Histogram {
        (self.find)(kind.name(), success.name())
    }
}

//! What durations are told apart by: the kind of request, and whether it went well.

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

/// How many kinds have a place of their own.
pub(super) const OFTEN: usize = 7;

impl Kind {
    /// Those that come often.
    pub(super) const OFTEN: [Self; OFTEN] =
        [Self::Range, Self::Put, Self::DeleteRange, Self::Txn, Self::ReadonlyTxn, Self::LeaseGrant, Self::LeaseRevoke];

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

    /// The place of one that comes often.
    pub(super) fn place(self) -> Option<usize> {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

    /// The label's value.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::No => "false",
            Self::Yes => "true",
        }
    }
}

//! When two answers count as equal where there are users.

use super::{
    ask::{Outcome, Told},
    requests::Asked,
    what::What,
};
use crate::differences::{self, Dialect, Verdict};

/// Compares two answers to one call; all before the `compacted` revision was gone when it was asked.
pub fn compare(dialect: Dialect, asked: &Asked, mine: &Outcome, theirs: &Outcome, compacted: i64) -> Verdict {
    if mine == theirs {
        return Verdict::Equal;
    }
    if let What::Plain(op) = &asked.what {
        let plain = |outcome: &Outcome| match outcome {
            Ok(Told::Plain(answer)) => Some(Ok(answer.clone())),
            Ok(_) => None,
            Err(refusal) => Some(Err(refusal.clone())),
        };
        if let (Some(mine), Some(theirs)) = (plain(mine), plain(theirs)) {
            return differences::compare(dialect, op, &mine, &theirs, compacted);
        }
    }
    Verdict::Different
}

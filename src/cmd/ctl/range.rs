//! The keys that a command names: by one word or two, and by flags.

use crate::{
    client::prefix_end,
    cmd::failure::{Failure, bad_arguments},
};
use bytes::Bytes;
use std::{ffi::OsString, os::unix::ffi::OsStringExt};

/// How `--prefix` and `--from-key` widen a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Widen {
    /// Not at all.
    No,
    /// To all keys that begin with it.
    Prefix,
    /// To all keys from it on.
    FromKey,
}

impl Widen {
    /// Joins what the two flags ask for; only one may be given.
    pub fn choose(prefix: Option<Self>, from_key: Option<Self>) -> Result<Self, Failure> {
        match (prefix, from_key) {
            (Some(_), Some(_)) => {
                Err(bad_arguments("`--prefix` and `--from-key` cannot be set at the same time, choose one"))
            }
            (one, other) => Ok(one.or(other).unwrap_or(Self::No)),
        }
    }
}

/// A word of the command line as a key or a value.
pub fn bytes(word: &OsString) -> Bytes {
    Bytes::from(word.clone().into_vec())
}

/// `(key, range_end)` of a request. With a flag, one word; without, a second one is the end of the range. The empty key
/// stands for the lowest one when it is widened.
pub fn key_range(words: &[OsString], widen: Widen) -> Result<(Bytes, Bytes), Failure> {
    let key = words.first().map(bytes).unwrap_or_default();
    let end = words.get(1).map(bytes);
    if end.is_some() && widen != Widen::No {
        return Err(bad_arguments(
            "too many arguments, only accept one argument when `--prefix` or `--from-key` is set",
        ));
    }
    let lowest = Bytes::from_static(b"\0");
    Ok(match widen {
        Widen::No => (key, end.unwrap_or_default()),
        _ if key.is_empty() => (lowest.clone(), lowest),
        Widen::Prefix => (key.clone(), prefix_end(&key)),
        Widen::FromKey => (key, lowest),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &[&str], widen: Widen, key: &str, end: &str) {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        assert_eq!(key_range(&words, widen).unwrap(), (Bytes::from(key.to_owned()), Bytes::from(end.to_owned())));
    }

    #[test]
    fn words_and_flags_make_a_range() {
        check(&["a"], Widen::No, "a", "");
        check(&["a", "c"], Widen::No, "a", "c");
        check(&["ab"], Widen::Prefix, "ab", "ac");
        check(&[""], Widen::Prefix, "\0", "\0");
        check(&["a"], Widen::FromKey, "a", "\0");
        check(&[""], Widen::FromKey, "\0", "\0");
        assert!(key_range(&["a".into(), "b".into()], Widen::Prefix).is_err());
        assert!(Widen::choose(Some(Widen::Prefix), Some(Widen::FromKey)).is_err());
    }
}

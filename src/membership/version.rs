//! Versions: ours, and how they are written.

use std::{fmt, str::FromStr};

/// A version of server, cluster or storage. Ordered as one expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second; members that are further apart than one do not mix.
    pub minor: u32,
    /// The third; 0 for clusters and storage.
    pub patch: u32,
}

impl Version {
    /// The etcd that we are compatible with.
    pub const SERVER: Self = Self { major: 3, minor: 7, patch: 1 };
    /// What our backend is written in.
    pub const STORAGE: Self = Self { major: 3, minor: 7, patch: 0 };
    /// The first whose backend says its version.
    pub const FIRST_STORED: Self = Self { major: 3, minor: 6, patch: 0 };
    /// What a cluster starts from while nothing is known of its members.
    pub const CLUSTER_MIN: Self = Self { major: 3, minor: 0, patch: 0 };

    /// Reads a version as etcd reads those of servers: three numbers with dots, and marks behind `-` and `+`, which do not
    /// count. None if it is none.
    pub fn of_server(text: &str) -> Option<Self> {
        let (text, build) = text.split_once('+').unwrap_or((text, ""));
        let (text, release) = text.split_once('-').unwrap_or((text, ""));
        let is_mark = |mark: &str| {
            let is_word =
                |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            mark.is_empty() || mark.split('.').all(is_word)
        };
        let number = |part: &str| {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            let number = part.parse::<i64>().ok().filter(|_| digits)?;
            // No etcd is that new.
            Some(u32::try_from(number).unwrap_or(u32::MAX))
        };
        let mut parts = text.splitn(3, '.').map(number);
        let (major, minor, patch) = (parts.next()??, parts.next()??, parts.next()??);
        (is_mark(build) && is_mark(release)).then_some(Self { major, minor, patch })
    }

    /// The one version that a cluster of this version may be taken down to; none from the first of a series.
    pub fn below(self) -> Option<Self> {
        Some(Self { major: self.major, minor: self.minor.checked_sub(1)?, patch: 0 })
    }

    /// Without the third number, as clusters and storage count.
    pub fn minor_only(self) -> Self {
        Self { patch: 0, ..self }
    }

    /// The first two numbers, as etcd logs a cluster's version.
    pub fn short(self) -> String {
        format!("{}.{}", self.major, self.minor)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl FromStr for Version {
    type Err = String;

    /// Three numbers with dots. etcd's clusters carry neither pre-release nor build marks.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a version");
        let number = |part: &str| match part.as_bytes() {
            [b'0'..=b'9', ..] => part.parse().map_err(|_| wrong()),
            _ => Err(wrong()),
        };
        let parts: Vec<&str> = text.split('.').collect();
        let [major, minor, patch] = parts[..] else { return Err(wrong()) };
        Ok(Self { major: number(major)?, minor: number(minor)?, patch: number(patch)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_servers() {
        let version = |major, minor, patch| Some(Version { major, minor, patch });
        for (text, expected) in [
            ("3.6.0", version(3, 6, 0)),
            ("03.06.1", version(3, 6, 1)),
            ("3.8.0-alpha.0", version(3, 8, 0)),
            ("3.8.0-rc.1+a-b.c", version(3, 8, 0)),
            ("3.8.0+build", version(3, 8, 0)),
            ("3.8.0-", version(3, 8, 0)),
            ("3.99999999999.0", version(3, u32::MAX, 0)),
            ("3.99999999999999999999.0", None),
            ("3.6", None),
            ("3.6.0.1", None),
            ("3.6.0-a_b", None),
            ("3.6.0-a..b", None),
            ("3.6.0+ü", None),
            ("v3.6.0", None),
            ("3..0", None),
            ("", None),
        ] {
            assert_eq!(Version::of_server(text), expected, "{text}");
        }
        assert_eq!(Version::SERVER.below(), version(3, 6, 0));
        assert_eq!(Version::CLUSTER_MIN.below(), None);
    }

    #[test]
    fn there_and_back() {
        assert_eq!("3.7.1".parse(), Ok(Version::SERVER));
        assert_eq!(Version::STORAGE.to_string(), "3.7.0");
        assert!("3.10.0".parse::<Version>().unwrap() > Version::SERVER);
        for wrong in ["", "3.7", "3.7.0.1", "3.7.x", "3.-7.0", "3.+7.0", "3.7.0-alpha", "3..0"] {
            assert!(wrong.parse::<Version>().is_err(), "{wrong}");
        }
    }
}

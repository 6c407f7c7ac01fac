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
    fn there_and_back() {
        assert_eq!("3.7.1".parse(), Ok(Version::SERVER));
        assert_eq!(Version::STORAGE.to_string(), "3.7.0");
        assert!("3.10.0".parse::<Version>().unwrap() > Version::SERVER);
        for wrong in ["", "3.7", "3.7.0.1", "3.7.x", "3.-7.0", "3.+7.0", "3.7.0-alpha", "3..0"] {
            assert!(wrong.parse::<Version>().is_err(), "{wrong}");
        }
    }
}

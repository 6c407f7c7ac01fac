//! The four sizes of load.

use crate::cmd::failure::{Failure, code};

/// How large a load is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    Small,
    Medium,
    Large,
    XLarge,
}

impl Load {
    /// Reads `--load`.
    pub fn parse(name: &str) -> Result<Self, Failure> {
        Ok(match name {
            "s" | "small" => Self::Small,
            "m" | "medium" => Self::Medium,
            "l" | "large" => Self::Large,
            "xl" | "xLarge" => Self::XLarge,
            _ => return Err(Failure::new(code::UNSUPPORTED, format!("unknown load option {name}"))),
        })
    }

    /// Clients, each with a connection of its own.
    pub fn clients(self) -> usize {
        match self {
            Self::Small => 50,
            Self::Medium => 200,
            Self::Large => 500,
            Self::XLarge => 1000,
        }
    }

    /// Writes a second that `check perf` asks for.
    pub fn rate(self) -> u32 {
        match self {
            Self::Small => 150,
            Self::Medium => 1000,
            Self::Large => 8000,
            Self::XLarge => 15000,
        }
    }

    /// Keys that `check datascale` writes.
    pub fn keys(self) -> u64 {
        match self {
            Self::Small => 10_000,
            Self::Medium => 100_000,
            Self::Large => 1_000_000,
            Self::XLarge => 3_000_000,
        }
    }
}

//! How large the backend may grow (`--quota-backend-bytes`, reference 8.4).
//!
//! It is measured against the size of one member's file, so what it decides differs from member to member. Whoever finds
//! it exceeded raises the alarm NOSPACE through the log, and the alarm is what all members go by from there on.

use crate::{limits, logging::humanize};

/// The greatest size, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    configured: i64,
}

impl Quota {
    /// As configured: 0 is the default of 2 GiB, below 0 is none.
    pub fn new(configured: i64) -> Self {
        Self { configured }
    }

    /// What was configured.
    pub fn configured(self) -> i64 {
        self.configured
    }

    /// The greatest size in bytes; none when there is no limit.
    pub fn limit(self) -> Option<u64> {
        match self.configured {
            0 => Some(limits::QUOTA_BYTES as u64),
            bytes => u64::try_from(bytes).ok(),
        }
    }

    /// May a request of this cost be carried out on a file of this size? One that costs nothing always may.
    pub fn fits(self, size: u64, cost: usize) -> bool {
        cost == 0 || self.limit().is_none_or(|limit| size.saturating_add(cost as u64) < limit)
    }

    /// Says in the log what applies.
    pub fn announce(self) {
        let name = "v3-applier";
        let bytes = self.configured;
        match self.limit() {
            None => tracing::info!("quota-name" = name, "quota-size-bytes" = bytes, "disabled backend quota"),
            Some(limit) if bytes == 0 => tracing::info!(
                "quota-name" = name,
                "quota-size-bytes" = limit,
                "quota-size" = humanize(limit),
                "enabled backend quota with default value"
            ),
            Some(limit) => {
                if bytes > limits::QUOTA_BYTES_RECOMMENDED {
                    tracing::warn!(
                        "quota-name" = name,
                        "quota-size-bytes" = bytes,
                        "quota-size" = humanize(limit),
                        "quota-maximum-size-bytes" = limits::QUOTA_BYTES_RECOMMENDED,
                        "quota-maximum-size" = humanize(limits::QUOTA_BYTES_RECOMMENDED as u64),
                        "quota exceeds the maximum value"
                    );
                }
                tracing::info!(
                    "quota-name" = name,
                    "quota-size-bytes" = bytes,
                    "quota-size" = humanize(limit),
                    "enabled backend quota"
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_the_default_and_below_is_none() {
        assert_eq!(Quota::new(0).limit(), Some(2 << 30));
        assert_eq!(Quota::new(-1).limit(), None);
        assert!(Quota::new(-1).fits(u64::MAX, usize::MAX));
    }

    #[test]
    fn the_limit_itself_is_too_much() {
        let quota = Quota::new(1000);
        assert!(quota.fits(700, 299) && !quota.fits(700, 300) && quota.fits(5000, 0));
    }
}

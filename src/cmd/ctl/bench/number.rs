//! Flags that count something.

use crate::cmd::failure::{Failure, bad_arguments};

/// A count that must be at least one.
pub fn positive(flag: &str, value: i64, max: u64) -> Result<u64, Failure> {
    match u64::try_from(value) {
        Ok(count) if count > 0 && count <= max => Ok(count),
        Ok(count) if count > max => Err(bad_arguments(format!("--{flag} is at most {max}, got {value}"))),
        _ => Err(bad_arguments(format!("expected positive --{flag}, got {value}"))),
    }
}

/// A count that may be zero.
pub fn natural(flag: &str, value: i64) -> Result<u64, Failure> {
    u64::try_from(value).map_err(|_| bad_arguments(format!("--{flag} cannot be negative, got {value}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        assert_eq!(positive("x", 3, 3).unwrap(), 3);
        assert_eq!(positive("x", 0, 3).unwrap_err().message(), "expected positive --x, got 0");
        assert_eq!(positive("x", 4, 3).unwrap_err().message(), "--x is at most 3, got 4");
        assert_eq!(natural("x", 0).unwrap(), 0);
        assert_eq!(natural("x", -1).unwrap_err().message(), "--x cannot be negative, got -1");
    }
}

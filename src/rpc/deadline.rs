//! `grpc-timeout`: how long a client waits for its call. What nobody waits for any more is not gone on with.
//!
//! A client ends its call by itself when its time is up; this is for those that have gone without a word, and for what
//! they would leave behind. As in etcd a call without any time left is refused before it is looked at.

use super::status;
use http::HeaderMap;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout_at};
use tonic::Status;

/// When the client stops waiting; never, if it did not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// The deadline that a request's headers set.
    ///
    /// # Errors
    /// The header is malformed, or there is no time left.
    pub fn of(headers: &HeaderMap) -> Result<Self, Status> {
        let Some(value) = headers.get("grpc-timeout") else { return Ok(Self(None)) };
        let timeout = decode(value.as_bytes()).map_err(|reason| status::malformed_timeout(&reason))?;
        if timeout.is_zero() {
            return Err(status::deadline_exceeded());
        }
        // One that is beyond all time is none.
        Ok(Self(Instant::now().checked_add(timeout)))
    }

    /// What comes of the call, unless its time is up before.
    pub async fn bound<T>(self, outcome: impl Future<Output = Result<T, Status>>) -> Result<T, Status> {
        match self.0 {
            Some(at) => timeout_at(at, outcome).await.unwrap_or_else(|_| Err(status::deadline_exceeded())),
            None => outcome.await,
        }
    }

    /// Resolves when the time is up.
    pub async fn passes(self) -> Status {
        match self.0 {
            Some(at) => sleep_until(at).await,
            None => std::future::pending().await,
        }
        status::deadline_exceeded()
    }
}

/// At most eight digits and a unit, as gRPC defines it. The reasons are Go's.
fn decode(value: &[u8]) -> Result<Duration, String> {
    let text = String::from_utf8_lossy(value);
    match value.len() {
        0 | 1 => return Err(format!("transport: timeout string is too short: {text:?}")),
        2..=9 => {}
        _ => return Err(format!("transport: timeout string is too long: {text:?}")),
    }
    let (digits, unit) = value.split_at(value.len() - 1);
    let nanoseconds: u64 = match unit {
        b"H" => 3_600_000_000_000,
        b"M" => 60_000_000_000,
        b"S" => 1_000_000_000,
        b"m" => 1_000_000,
        b"u" => 1_000,
        b"n" => 1,
        _ => return Err(format!("transport: timeout unit is not recognized: {text:?}")),
    };
    let number = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
    let number = number.and_then(|digits| digits.parse::<u64>().ok());
    let number = number
        .ok_or_else(|| format!("strconv.ParseUint: parsing {:?}: invalid syntax", String::from_utf8_lossy(digits)))?;
    Ok(Duration::from_nanos(number.saturating_mul(nanoseconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_read() {
        let read = |text: &str| decode(text.as_bytes());
        assert_eq!(read("1H"), Ok(Duration::from_secs(3600)));
        assert_eq!(read("2M"), Ok(Duration::from_secs(120)));
        assert_eq!(read("00000003S"), Ok(Duration::from_secs(3)));
        assert_eq!(read("4m"), Ok(Duration::from_millis(4)));
        assert_eq!((read("5u"), read("6n")), (Ok(Duration::from_micros(5)), Ok(Duration::from_nanos(6))));
        assert_eq!(read("99999999H"), Ok(Duration::from_nanos(u64::MAX)));
        for (text, reason) in [
            ("", "transport: timeout string is too short: \"\""),
            ("1", "transport: timeout string is too short: \"1\""),
            ("123456789S", "transport: timeout string is too long: \"123456789S\""),
            ("1x", "transport: timeout unit is not recognized: \"1x\""),
            ("+1S", "strconv.ParseUint: parsing \"+1\": invalid syntax"),
        ] {
            assert_eq!(read(text), Err(reason.into()), "{text}");
        }
    }
}

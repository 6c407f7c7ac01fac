//! Go's durations: `1h2m3.5s`, `1µs`.

use super::quote::quote;
use std::time::Duration;

/// Reads a duration. A negative one counts as zero: every use is a timeout or an interval. The error is Go's text.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    parse_signed_duration(text).map(|ns| Duration::from_nanos(ns.max(0).unsigned_abs()))
}

/// Reads a duration, in nanoseconds, which may be negative. The error is Go's text.
pub fn parse_signed_duration(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", quote(text.as_bytes()));
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let largest = i64::MAX as u128 + u128::from(negative);
    let mut total: u128 = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let unit_end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
            return Err(invalid());
        }
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {}", quote(text.as_bytes())));
        }
        let unit_ns = nanoseconds(unit).ok_or_else(|| {
            format!("time: unknown unit {} in duration {}", quote(unit.as_bytes()), quote(text.as_bytes()))
        })?;
        let part = part_ns(whole, fraction, unit_ns).ok_or_else(invalid)?;
        total = total.checked_add(part).filter(|total| *total <= largest).ok_or_else(invalid)?;
        rest = after;
    }
    let total = i128::try_from(total).map_err(|_| invalid())?;
    i64::try_from(if negative { -total } else { total }).map_err(|_| invalid())
}

fn nanoseconds(unit: &str) -> Option<u64> {
    Some(match unit {
        "ns" => 1,
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

/// `whole.fraction` of a unit, in nanoseconds; what is below one is dropped.
fn part_ns(whole: &str, fraction: &str, unit_ns: u64) -> Option<u128> {
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    // More digits than these lie below a nanosecond of every unit.
    let fraction = &fraction[..fraction.len().min(18)];
    let digits: u128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let below_one = digits * u128::from(unit_ns) / 10u128.pow(fraction.len() as u32);
    whole.checked_mul(u128::from(unit_ns))?.checked_add(below_one)
}

/// Nanoseconds, which may be negative, as Go prints a duration: `-1m0s`.
pub fn format_signed_duration(ns: i64) -> String {
    let sign = if ns < 0 { "-" } else { "" };
    format!("{sign}{}", format_duration(Duration::from_nanos(ns.unsigned_abs())))
}

/// The duration as Go prints it: `1m30s`, `1.5s`, `5.861715ms`, `0s`.
pub fn format_duration(duration: Duration) -> String {
    let ns = duration.as_nanos();
    match ns {
        0 => "0s".to_owned(),
        1..1_000 => format!("{ns}ns"),
        1_000..1_000_000 => format!("{}\u{b5}s", decimal(ns, 1_000)),
        1_000_000..1_000_000_000 => format!("{}ms", decimal(ns, 1_000_000)),
        _ => {
            let minutes = ns / 60_000_000_000;
            let seconds = decimal(ns % 60_000_000_000, 1_000_000_000);
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{seconds}s"),
                (0, minutes) => format!("{minutes}m{seconds}s"),
                (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

/// `value / unit` with as many decimals as it takes.
fn decimal(value: u128, unit: u128) -> String {
    let (whole, fraction) = (value / unit, value % unit);
    if fraction == 0 {
        return whole.to_string();
    }
    let width = unit.ilog10() as usize;
    let fraction = format!("{fraction:0width$}");
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_users_write() {
        for (text, ns) in [
            ("1s", 1_000_000_000u64),
            ("100ms", 100_000_000),
            ("1h0m0s", 3_600_000_000_000),
            ("1\u{b5}s", 1_000),
            ("1\u{3bc}s", 1_000),
            ("1.5s", 1_500_000_000),
            (".5m", 30_000_000_000),
            ("0", 0),
            ("-1s", 0),
            ("+2us", 2_000),
        ] {
            assert_eq!(parse_duration(text), Ok(Duration::from_nanos(ns)), "{text}");
        }
    }

    #[test]
    fn below_zero() {
        assert_eq!(parse_signed_duration("-1m"), Ok(-60_000_000_000));
        assert_eq!(format_signed_duration(-60_000_000_000), "-1m0s");
        assert_eq!(parse_signed_duration("-9223372036854775808ns"), Ok(i64::MIN));
        assert!(parse_signed_duration("9223372036854775808ns").is_err());
    }

    #[test]
    fn errors_are_gos() {
        assert_eq!(parse_duration("5").unwrap_err(), r#"time: missing unit in duration "5""#);
        assert_eq!(parse_duration("5x").unwrap_err(), r#"time: unknown unit "x" in duration "5x""#);
        assert_eq!(parse_duration("zz").unwrap_err(), r#"time: invalid duration "zz""#);
        assert!(parse_duration("").is_err() && parse_duration("-").is_err() && parse_duration(".s").is_err());
        assert!(parse_duration("1.2.3s").is_err() && parse_duration("9999999999h").is_err());
    }

    #[test]
    fn as_go_prints_them() {
        for (ns, text) in [
            (0, "0s"),
            (999, "999ns"),
            (1_500, "1.5\u{b5}s"),
            (5_861_715, "5.861715ms"),
            (300_000_000, "300ms"),
            (1_001_198_878, "1.001198878s"),
            (90_000_000_000, "1m30s"),
            (3_600_000_000_000, "1h0m0s"),
        ] {
            assert_eq!(format_duration(Duration::from_nanos(ns)), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(ns in 0..i64::MAX as u64) {
            let duration = Duration::from_nanos(ns);
            prop_assert_eq!(parse_duration(&format_duration(duration)), Ok(duration));
        }

        #[test]
        fn reading_never_panics(text: String) {
            let _ = parse_duration(&text);
        }
    }
}

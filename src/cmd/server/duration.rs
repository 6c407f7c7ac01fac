//! Go's notation for durations: `1h2m3.5s`, `100ms`, `1µs`, `0`.

use std::time::Duration;

/// Reads a duration that is not negative. Fractions below a nanosecond are dropped, as Go drops them.
pub fn parse(text: &str) -> Option<Duration> {
    let text = text.strip_prefix('+').unwrap_or(text);
    if text == "0" {
        return Some(Duration::ZERO);
    }
    if text.is_empty() {
        return None;
    }
    let mut rest = text;
    let mut nanoseconds: u128 = 0;
    while !rest.is_empty() {
        let digits_end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits_end);
        let unit_end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        nanoseconds = nanoseconds.checked_add(scale(number, unit_ns(unit)?)?)?;
        rest = tail;
    }
    (nanoseconds <= i64::MAX as u128).then(|| Duration::from_nanos(nanoseconds as u64))
}

fn unit_ns(unit: &str) -> Option<u128> {
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

/// `number` is digits with at most one point, and a digit somewhere.
fn scale(number: &str, unit: u128) -> Option<u128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') || fraction.len() > 18 {
        return None;
    }
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part: u128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    whole.checked_mul(unit)?.checked_add(part * unit / 10_u128.pow(fraction.len() as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_reads() {
        assert_eq!(parse("1h0m0.5s"), Some(Duration::from_millis(3_600_500)));
        assert_eq!(parse("1µs"), Some(Duration::from_micros(1)));
        assert_eq!(parse(".5s"), Some(Duration::from_millis(500)));
        assert_eq!(parse("0"), Some(Duration::ZERO));
        assert_eq!(parse("100ms"), Some(Duration::from_millis(100)));
    }

    #[test]
    fn refuses_what_go_refuses() {
        for text in ["", "5", "s", "1.2.3s", "1x", "-1s", ".s", "9999999999h", "1e3s"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}

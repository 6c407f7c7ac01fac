//! Go's `strconv.ParseInt` and `ParseBool`, errors included.

use super::quote::quote;

/// A signed 64-bit number. Base 0 takes Go's prefixes (`0x`, `0o`, `0b`, `0`) and underscores between digits; any other
/// base takes digits only. The error is Go's text.
pub fn parse_int(text: &str, base: u32) -> Result<i64, String> {
    let error = |what| format!("strconv.ParseInt: parsing {}: {what}", quote(text.as_bytes()));
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let magnitude = magnitude(digits, base).ok_or_else(|| error("invalid syntax"))?;
    let value = magnitude.and_then(|magnitude| match negative {
        true => 0i64.checked_sub_unsigned(magnitude),
        false => i64::try_from(magnitude).ok(),
    });
    value.ok_or_else(|| error("value out of range"))
}

/// An unsigned number of that many bits, without a sign. The error is Go's text.
pub fn parse_uint(text: &str, base: u32, bits: u32) -> Result<u64, String> {
    let error = |what| format!("strconv.ParseUint: parsing {}: {what}", quote(text.as_bytes()));
    let value = magnitude(text, base).ok_or_else(|| error("invalid syntax"))?;
    let fits = |value: &u64| bits >= 64 || value >> bits == 0;
    value.filter(fits).ok_or_else(|| error("value out of range"))
}

/// None: not a number. Some(None): too large.
fn magnitude(digits: &str, base: u32) -> Option<Option<u64>> {
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match base {
        0 => match lower.get(..2) {
            Some("0x") => (16, &lower[2..]),
            Some("0o") => (8, &lower[2..]),
            Some("0b") => (2, &lower[2..]),
            _ if lower.starts_with('0') && lower.len() > 1 => (8, &lower[1..]),
            _ => (10, lower.as_str()),
        },
        base => (base, lower.as_str()),
    };
    let digits = match (base, radix) {
        (0, 10) => without_underscores(digits)?,
        // One may stand between the prefix and the digits.
        (0, _) => without_underscores(digits.strip_prefix('_').unwrap_or(digits))?,
        _ => digits.to_owned(),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = Some(0u64);
    for c in digits.chars() {
        let digit = c.to_digit(radix)?;
        value = value.and_then(|v| v.checked_mul(u64::from(radix))).and_then(|v| v.checked_add(u64::from(digit)));
    }
    Some(value)
}

/// Underscores must stand between digits.
fn without_underscores(digits: &str) -> Option<String> {
    let misplaced = digits.starts_with('_') || digits.ends_with('_') || digits.contains("__");
    (!misplaced).then(|| digits.replace('_', ""))
}

/// Go's words for yes and no. The error is Go's text.
pub fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        _ => Err(format!("strconv.ParseBool: parsing {}: invalid syntax", quote(text.as_bytes()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_the_base_given() {
        assert_eq!(parse_int("-42", 10), Ok(-42));
        assert_eq!(parse_int("+7", 10), Ok(7));
        assert_eq!(parse_int("694d77aa9e38260f", 16), Ok(0x694d_77aa_9e38_260f));
        assert_eq!(parse_int("DEADbeef", 16), Ok(0xdead_beef));
        assert_eq!(parse_int("-9223372036854775808", 10), Ok(i64::MIN));
        assert_eq!(parse_int("x", 10).unwrap_err(), r#"strconv.ParseInt: parsing "x": invalid syntax"#);
        assert_eq!(parse_int("", 16).unwrap_err(), r#"strconv.ParseInt: parsing "": invalid syntax"#);
        assert!(parse_int("0x1", 16).is_err() && parse_int("1_0", 10).is_err() && parse_int("--1", 10).is_err());
        assert!(parse_int("9223372036854775808", 10).unwrap_err().ends_with("value out of range"));
        assert!(parse_int("99999999999999999999", 10).unwrap_err().ends_with("value out of range"));
        assert!(parse_int("é", 10).is_err() && parse_int("é", 0).is_err());
    }

    #[test]
    fn without_a_sign() {
        assert_eq!(parse_uint("0x10", 0, 64), Ok(16));
        assert_eq!(parse_uint("4294967295", 0, 32), Ok(u64::from(u32::MAX)));
        assert_eq!(
            parse_uint("4294967296", 0, 32).unwrap_err(),
            r#"strconv.ParseUint: parsing "4294967296": value out of range"#
        );
        assert_eq!(parse_uint("-1", 0, 64).unwrap_err(), r#"strconv.ParseUint: parsing "-1": invalid syntax"#);
        assert!(parse_uint("+1", 0, 64).is_err() && parse_uint("", 0, 64).is_err());
    }

    #[test]
    fn base_zero_takes_prefixes() {
        assert_eq!(parse_int("0x1F", 0), Ok(31));
        assert_eq!(parse_int("017", 0), Ok(15));
        assert_eq!(parse_int("0b11", 0), Ok(3));
        assert_eq!(parse_int("-0o17", 0), Ok(-15));
        assert_eq!((parse_int("1_000", 0), parse_int("0x_f", 0)), (Ok(1000), Ok(15)));
        assert_eq!(parse_int("0", 0), Ok(0));
        assert!(parse_int("08", 0).is_err() && parse_int("_1", 0).is_err() && parse_int("0x", 0).is_err());
    }

    #[test]
    fn yes_and_no() {
        assert_eq!((parse_bool("T"), parse_bool("0")), (Ok(true), Ok(false)));
        assert_eq!(parse_bool("maybe").unwrap_err(), r#"strconv.ParseBool: parsing "maybe": invalid syntax"#);
    }
}

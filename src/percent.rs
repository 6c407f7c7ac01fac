//! Escapes in URLs: `%41` stands for `A`.

/// The text with its escapes replaced by what they stand for.
///
/// # Errors
/// The first escape that stands for nothing, as it is written: three bytes, or what is left of them.
pub fn decode(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let (byte, behind) = match first {
            b'%' => escape(behind).ok_or_else(|| String::from_utf8_lossy(&rest[..rest.len().min(3)]).into_owned())?,
            byte => (*byte, behind),
        };
        bytes.push(byte);
        rest = behind;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The byte that two digits stand for, and what is behind them.
fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let [high, low, behind @ ..] = text else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    Some(((digit(high)? * 16 + digit(low)?) as u8, behind))
}

/// The text with everything escaped that a header cannot hold as it is, and the escape itself.
pub fn encode(text: &[u8]) -> String {
    let byte = |byte: &u8| match byte {
        b' '..=b'~' if *byte != b'%' => char::from(*byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.iter().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        assert_eq!(decode("/%68ealth+%2b").as_deref(), Ok("/health++"));
        assert_eq!(encode(b"a b\"%\n\xff"), "a b\"%25%0A%FF");
        assert_eq!(decode(&encode("é%41\0".as_bytes())).as_deref(), Ok("é%41\0"));
    }

    #[test]
    fn a_bad_escape_is_named() {
        for (text, escape) in [("%", "%"), ("b%4", "%4"), ("a%zz%", "%zz"), ("%+1a", "%+1"), ("%é1", "%é")] {
            assert_eq!(decode(text), Err(escape.to_owned()), "{text}");
        }
    }
}

//! Escapes in URLs.

/// The text with its escapes (`%41`) replaced by what they stand for; none when one of them stands for nothing.
pub fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        bytes.push(match first {
            b'%' => {
                let [high, low, behind @ ..] = rest else { return None };
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                rest = behind;
                (digit(high)? * 16 + digit(low)?) as u8
            }
            byte => *byte,
        });
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
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
        assert_eq!(decode("/%68ealth+%2b").as_deref(), Some("/health++"));
        for bad in ["%", "%4", "a%zz", "%é1"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
        assert_eq!(encode(b"a b\"%\n\xff"), "a b\"%25%0A%FF");
        assert_eq!(decode(&encode("é%41\0".as_bytes())).as_deref(), Some("é%41\0"));
    }
}

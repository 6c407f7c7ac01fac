//! The query of a URL, as Go reads it.

/// The pairs of a query, decoded. A pair that cannot be decoded is left out, and so is one with a semicolon, which Go
/// takes for an attempt at smuggling.
pub fn pairs(query: Option<&str>) -> Vec<(String, String)> {
    let parts = query.unwrap_or_default().split('&').filter(|part| !part.is_empty() && !part.contains(';'));
    parts
        .filter_map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Some((decode(name)?, decode(value)?))
        })
        .collect()
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let [high, low, behind @ ..] = rest else { return None };
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                bytes.push((digit(high)? * 16 + digit(low)?) as u8);
                rest = behind;
            }
            byte => bytes.push(*byte),
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_as_go_reads_them() {
        let read =
            |query| pairs(Some(query)).into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        assert_eq!(read("exclude=NOSPACE&exclude=CORRUPT"), ["exclude=NOSPACE", "exclude=CORRUPT"]);
        assert_eq!(read("verbose"), ["verbose="]);
        assert_eq!(read("&&a=b=c&d+e=%41%2b"), ["a=b=c", "d e=A+"]);
        assert_eq!(read("a=%4&b=%zz&c=d;e&f=%"), [""; 0]);
        assert_eq!(pairs(None), []);
    }
}

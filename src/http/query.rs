//! The query of a URL, as Go reads it.

use crate::percent::decode;

/// The pairs of a query, decoded. A pair that cannot be decoded is left out, and so is one with a semicolon, which Go
/// takes for an attempt at smuggling.
pub fn pairs(query: Option<&str>) -> Vec<(String, String)> {
    let parts = query.unwrap_or_default().split('&').filter(|part| !part.is_empty() && !part.contains(';'));
    parts
        .filter_map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Some((decode(&name.replace('+', " ")).ok()?, decode(&value.replace('+', " ")).ok()?))
        })
        .collect()
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

//! Splits a line of standard input into words, as the interactive commands do.

use crate::cmd::gotext::scan_quoted;

/// Words are `"..."` with Go's escapes, `'...'` as they stand, or runs of anything but white space that do not begin with a
/// quote. A quote that is not closed is skipped. None when a double-quoted word has a bad escape.
pub fn split(line: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut words = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.first() {
        rest = match first {
            b'"' => match closing_quote(rest) {
                Some(end) => {
                    words.push(scan_quoted(&rest[..=end])?.0);
                    &rest[end + 1..]
                }
                None => &rest[1..],
            },
            b'\'' => match rest[1..].iter().position(|byte| *byte == b'\'') {
                Some(length) => {
                    words.push(rest[1..=length].to_vec());
                    &rest[length + 2..]
                }
                None => &rest[1..],
            },
            byte if is_space(*byte) => &rest[1..],
            _ => {
                let end = rest.iter().position(|byte| is_space(*byte)).unwrap_or(rest.len());
                words.push(rest[..end].to_vec());
                &rest[end..]
            }
        };
    }
    Some(words)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

/// Where the string that begins the text ends.
fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut index = 1;
    while let Some(byte) = text.get(index) {
        match byte {
            b'"' => return Some(index),
            b'\\' if text.get(index + 1) == Some(&b'\n') => return None,
            b'\\' => index += 2,
            _ => index += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(line: &str, words: &[&str]) {
        let words: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
        assert_eq!(split(line.as_bytes()), Some(words));
    }

    #[test]
    fn three_kinds_of_words() {
        check(r#"put key1 "a \"b\" \x41" 'c "d"'"#, &["put", "key1", "a \"b\" A", "c \"d\""]);
        check("  get\ta  ", &["get", "a"]);
        check(r#"get "" ''"#, &["get", "", ""]);
        check(r#"a"b c"d e"#, &["a\"b", "c\"d", "e"]);
        check(r#"get "open end"#, &["get", "open", "end"]);
        check("it's fine", &["it's", "fine"]);
        check("--prefix=\"a b\"", &["--prefix=\"a", "b\""]);
        check("", &[]);
        assert_eq!(split(br#"get "\q""#), None);
    }

    proptest! {
        #[test]
        fn no_line_panics(line: Vec<u8>) {
            split(&line);
        }

        #[test]
        fn quoted_words_come_back(words: Vec<Vec<u8>>) {
            let line: Vec<String> = words.iter().map(|word| crate::cmd::gotext::quote(word)).collect();
            prop_assert_eq!(split(line.join(" ").as_bytes()), Some(words));
        }
    }
}

//! Go's quoted strings: `%q`, and reading one back.

/// The bytes as Go's `%q` shows a string: double quotes, escapes for what cannot be printed, `\xNN` for what is not UTF-8.
pub fn quote(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push('"');
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|c| push_char(&mut out, c));
        chunk.invalid().iter().for_each(|byte| out.push_str(&format!("\\x{byte:02x}")));
    }
    out.push('"');
    out
}

/// Go's `%q` of a list: `["a" "b"]`.
pub fn quote_list<B: AsRef<[u8]>>(items: impl IntoIterator<Item = B>) -> String {
    let quoted: Vec<String> = items.into_iter().map(|item| quote(item.as_ref())).collect();
    format!("[{}]", quoted.join(" "))
}

fn push_char(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\x07' => out.push_str("\\a"),
        '\x08' => out.push_str("\\b"),
        '\x0c' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\x0b' => out.push_str("\\v"),
        '\'' => out.push(c),
        c if is_printable(c) => out.push(c),
        c if c < ' ' || c == '\x7f' => out.push_str(&format!("\\x{:02x}", c as u32)),
        c if (c as u32) < 0x10000 => out.push_str(&format!("\\u{:04x}", c as u32)),
        c => out.push_str(&format!("\\U{:08x}", c as u32)),
    }
}

/// Letters, marks, numbers, punctuation, symbols and the ASCII space. Compared with Go 1.26 for every character there is:
/// the two agree but for those that Unicode took in after its version 15, which Go does not know yet.
fn is_printable(c: char) -> bool {
    // Rust keeps the table for its own debug form. There a combining mark is escaped only at the start of a string, so
    // something stands before it here.
    let text: String = ['a', c].iter().collect();
    !text.escape_debug().any(|shown| shown == '\\')
}

/// Reads one quoted string off the front, as Go's `Sscanf` does with `%q`: double quotes with escapes, or back quotes
/// without. Returns what it holds and what follows it; none when the text does not begin with a well-formed one.
pub fn scan_quoted(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    match text.split_first()? {
        (b'`', rest) => {
            let end = rest.iter().position(|byte| *byte == b'`')?;
            Some((rest[..end].iter().copied().filter(|byte| *byte != b'\r').collect(), &rest[end + 1..]))
        }
        (b'"', rest) => scan_escaped(rest),
        _ => None,
    }
}

fn scan_escaped(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut out = Vec::new();
    loop {
        let (byte, after) = rest.split_first()?;
        rest = after;
        match byte {
            b'"' => return Some((out, rest)),
            b'\n' => return None,
            b'\\' => rest = take_escape(rest, &mut out)?,
            byte => out.push(*byte),
        }
    }
}

/// Reads what follows a backslash.
fn take_escape<'a>(rest: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (kind, after) = rest.split_first()?;
    let simple = match kind {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' | b'"' => *kind,
        b'x' => {
            let (value, after) = digits(after, 2, 16)?;
            out.push(u8::try_from(value).ok()?);
            return Some(after);
        }
        b'0'..=b'7' => {
            let (value, after) = digits(rest, 3, 8)?;
            out.push(u8::try_from(value).ok()?);
            return Some(after);
        }
        b'u' | b'U' => {
            let (value, after) = digits(after, if *kind == b'u' { 4 } else { 8 }, 16)?;
            let c = char::from_u32(value)?;
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            return Some(after);
        }
        _ => return None,
    };
    out.push(simple);
    Some(after)
}

fn digits(text: &[u8], count: usize, radix: u32) -> Option<(u32, &[u8])> {
    let (head, rest) = text.split_at_checked(count)?;
    let mut value = 0u32;
    for byte in head {
        value = value.checked_mul(radix)?.checked_add(char::from(*byte).to_digit(radix)?)?;
    }
    Some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn as_go_shows_them() {
        assert_eq!(quote(b"a\"b\\c"), r#""a\"b\\c""#);
        assert_eq!(quote(b"\0\x07\n\t\x7f\xff"), r#""\x00\a\n\t\x7f\xff""#);
        assert_eq!(quote("é€\u{a0}\u{301}\u{feff}\u{1f600}".as_bytes()), "\"é€\\u00a0\u{301}\\ufeff\u{1f600}\"");
        assert_eq!(quote(b"'"), "\"'\"");
        assert_eq!(quote_list(["sh", "-c"]), r#"["sh" "-c"]"#);
        assert_eq!(quote_list(Vec::<&str>::new()), "[]");
    }

    #[track_caller]
    fn scans(text: &str, value: &[u8], rest: &str) {
        assert_eq!(scan_quoted(text.as_bytes()), Some((value.to_vec(), rest.as_bytes())));
    }

    #[test]
    fn every_escape_reads_back() {
        scans(r#""a\a\b\f\n\r\t\v\\\"b"x"#, b"a\x07\x08\x0c\n\r\t\x0b\\\"b", "x");
        scans(r#""\x41\101\u00e9\U0001f600\xff""#, b"AA\xc3\xa9\xf0\x9f\x98\x80\xff", "");
        scans("`raw\\n` rest", b"raw\\n", " rest");
    }

    #[test]
    fn malformed_strings_are_refused() {
        for text in
            ["", "a", "'a'", "\"a", "\"\\q\"", "\"\\'\"", "\"\\x4\"", "\"\\400\"", "\"\\ud800\"", "\"a\nb\"", "`a"]
        {
            assert_eq!(scan_quoted(text.as_bytes()), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_quoted_reads_back(bytes: Vec<u8>) {
            let quoted = quote(&bytes);
            prop_assert_eq!(scan_quoted(quoted.as_bytes()), Some((bytes, &b""[..])));
        }

        #[test]
        fn reading_never_panics(text: Vec<u8>) {
            scan_quoted(&text);
        }
    }
}

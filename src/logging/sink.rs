//! What a word in `--log-outputs` means: standard error, a path, or a URL of a file, as zap reads it.

use super::config::LoggingError;
use crate::percent;

/// Where lines can go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sink {
    Stderr,
    Stdout,
    Journal,
    File(String),
}

impl Sink {
    /// Reads a word. A file is not opened.
    pub(super) fn read(word: &str) -> Result<Self, LoggingError> {
        match word {
            "default" | "stderr" => return Ok(Self::Stderr),
            "stdout" => return Ok(Self::Stdout),
            "systemd/journal" => return Ok(Self::Journal),
            path if path.starts_with('/') => return Ok(Self::File(path.into())),
            _ => {}
        }
        let wrong = |reason: String| LoggingError::BadSink { word: word.into(), reason };
        let malformed = |reason: &str| wrong(format!("can't parse {word:?} as a URL: parse {word:?}: {reason}"));
        let (scheme, rest) = match split_scheme(word) {
            Scheme::Missing => return Err(malformed("missing protocol scheme")),
            Scheme::None if word.split('/').next().is_some_and(|first| first.contains(':')) => {
                return Err(malformed("first path segment in URL cannot contain colon"));
            }
            Scheme::None => ("file".into(), word),
            Scheme::Some(scheme, rest) => (scheme.to_ascii_lowercase(), rest),
        };
        if scheme != "file" {
            return Err(wrong(format!("no sink found for scheme {scheme:?}")));
        }
        let not_allowed = |what: &str| wrong(format!("{what} not allowed with file URLs: got {word}"));
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        if !fragment.is_empty() {
            return Err(not_allowed("fragments"));
        }
        if !query.is_empty() {
            return Err(not_allowed("query parameters"));
        }
        let path = match rest.strip_prefix("//") {
            Some(rest) => {
                let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                if !host.is_empty() && host != "localhost" {
                    return Err(wrong(format!("file URLs must leave host empty or use localhost: got {word}")));
                }
                path
            }
            None => rest,
        };
        let path = percent::decode(path).map_err(|escape| malformed(&format!("invalid URL escape {escape:?}")))?;
        Ok(match path.as_str() {
            "stdout" => Self::Stdout,
            "stderr" => Self::Stderr,
            _ => Self::File(path),
        })
    }
}

enum Scheme<'a> {
    None,
    /// There is a colon and nothing before it.
    Missing,
    Some(&'a str, &'a str),
}

fn split_scheme(word: &str) -> Scheme<'_> {
    match word.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.')) {
        Some(0) if word.starts_with(':') => Scheme::Missing,
        Some(at) if word[at..].starts_with(':') && word.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            Scheme::Some(&word[..at], &word[at + 1..])
        }
        _ => Scheme::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_zap_reads_them() {
        let file = |path: &str| Ok(Sink::File(path.to_owned()));
        let read = |word: &str| Sink::read(word).map_err(|error| error.to_string());
        assert_eq!(read("default"), Ok(Sink::Stderr));
        assert_eq!(read("systemd/journal"), Ok(Sink::Journal));
        assert_eq!(read("/a b%zz?c"), file("/a b%zz?c"));
        assert_eq!(read("a/b.log"), file("a/b.log"));
        assert_eq!(read("a%20b"), file("a b"));
        assert_eq!(read(""), file(""));
        assert_eq!(read("file:///tmp/x.log"), file("/tmp/x.log"));
        assert_eq!(read("FILE://localhost/x"), file("/x"));
    }

    /// The texts are those of etcd 3.7.1.
    #[test]
    fn what_is_no_file_is_refused() {
        let cases = [
            ("http://x/y", "no sink found for scheme \"http\""),
            ("a:b", "no sink found for scheme \"a\""),
            (":x", "can't parse \":x\" as a URL: parse \":x\": missing protocol scheme"),
            ("1:x", "can't parse \"1:x\" as a URL: parse \"1:x\": first path segment in URL cannot contain colon"),
            ("a b%zz", "can't parse \"a b%zz\" as a URL: parse \"a b%zz\": invalid URL escape \"%zz\""),
            ("file://host/x", "file URLs must leave host empty or use localhost: got file://host/x"),
            ("file:///tmp/x?a=b", "query parameters not allowed with file URLs: got file:///tmp/x?a=b"),
        ];
        for (word, reason) in cases {
            assert_eq!(Sink::read(word).unwrap_err().to_string(), format!("open sink {word:?}: {reason}"));
        }
    }
}

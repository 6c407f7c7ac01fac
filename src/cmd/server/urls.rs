//! URLs as Go's `net/url` takes them apart and etcd then checks them, texts included (reference 3.6).
//!
//! Only what a listener or a member can be reached by passes: `http`, `https`, `unix`, `unixs`, a host with a port, no
//! path. A list is sorted and holds each URL once.

use crate::cmd::gotext::quote;
use std::net::IpAddr;

/// A URL that cannot be used; the text is Go's or etcd's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UrlError(pub String);

/// A URL taken apart. Its text is scheme, `://` and what follows, the scheme in small letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    scheme: String,
    /// What stands between `//` and the path, without a user.
    host: String,
    rest: String,
}

impl Url {
    /// Reads a URL that etcd could listen at or advertise.
    pub fn read(text: &str) -> Result<Self, UrlError> {
        let url =
            Self::parse(text).map_err(|reason| UrlError(format!("parse {}: {reason}", quote(text.as_bytes()))))?;
        match url.scheme.as_str() {
            "http" | "https" if url.port().is_none() => {
                Err(UrlError(format!("URL address does not have the form \"host:port\": {text}")))
            }
            "http" | "https" if !url.path().is_empty() => Err(UrlError(format!("URL must not contain a path: {text}"))),
            "http" | "https" | "unix" | "unixs" => Ok(url),
            _ => Err(UrlError(format!("URL scheme must be http, https, unix, or unixs: {text}"))),
        }
    }

    /// As Go's `url.Parse`, as far as the above needs it. The error is Go's reason.
    fn parse(text: &str) -> Result<Self, String> {
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return Err("net/url: invalid control character in URL".into());
        }
        let (scheme, after) = split_scheme(text)?;
        let Some(authority) = after.strip_prefix("//").filter(|_| !scheme.is_empty()) else {
            let first_segment = after.split('/').next().unwrap_or_default();
            if scheme.is_empty() && first_segment.contains(':') {
                return Err("first path segment in URL cannot contain colon".into());
            }
            return Ok(Self { scheme, host: String::new(), rest: after.to_owned() });
        };
        let end = authority.find(['/', '?', '#']).unwrap_or(authority.len());
        let (authority, rest) = authority.split_at(end);
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        check_host(host)?;
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        check_escapes(path)?;
        Ok(Self { scheme, host: host.to_owned(), rest: rest.to_owned() })
    }

    fn path(&self) -> &str {
        self.rest.split(['?', '#']).next().unwrap_or_default()
    }

    fn port(&self) -> Option<&str> {
        let (host, port) = self.host.rsplit_once(':')?;
        let inside_brackets = port.contains(']');
        let bare_v6 = host.contains(':') && !host.ends_with(']');
        (!inside_brackets && !bare_v6).then_some(port)
    }

    /// The host without its port and without brackets.
    pub fn hostname(&self) -> &str {
        let host = self.port().map_or(self.host.as_str(), |port| &self.host[..self.host.len() - port.len() - 1]);
        host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The port as it stands there.
    pub fn port_text(&self) -> &str {
        self.port().unwrap_or_default()
    }

    fn is_socket(&self) -> bool {
        self.scheme.starts_with("unix")
    }
}

impl std::fmt::Display for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.host, self.rest)
    }
}

fn split_scheme(text: &str) -> Result<(String, &str), String> {
    match text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.')) {
        Some(0) if text.starts_with(':') => Err("missing protocol scheme".into()),
        Some(end) if text[end..].starts_with(':') && text.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            Ok((text[..end].to_ascii_lowercase(), &text[end + 1..]))
        }
        _ => Ok((String::new(), text)),
    }
}

fn check_host(host: &str) -> Result<(), String> {
    let port = match host.strip_prefix('[') {
        Some(inner) => match inner.rfind(']') {
            Some(end) => &inner[end + 1..],
            None => return Err("missing ']' in host".into()),
        },
        // Go wants a port behind the first of several colons.
        None => host.find(':').map_or("", |colon| &host[colon..]),
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    let is_port = port.is_empty() || (port.starts_with(':') && digits.bytes().all(|byte| byte.is_ascii_digit()));
    if let Some(bad) = host.chars().find(|c| matches!(c, ' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '}' | '|')) {
        return Err(format!("invalid character {} in host name", quote(bad.to_string().as_bytes())));
    }
    if !is_port {
        return Err(format!("invalid port {} after host", quote(port.as_bytes())));
    }
    Ok(())
}

fn check_escapes(path: &str) -> Result<(), String> {
    for (at, _) in path.match_indices('%') {
        let escape: String = path[at..].chars().take(3).collect();
        if escape.len() < 3 || !escape[1..].bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(format!("invalid URL escape {}", quote(escape.as_bytes())));
        }
    }
    Ok(())
}

/// Reads a list separated by commas: sorted, each URL once; white space around an item is fine.
pub fn read_list(text: &str) -> Result<Vec<String>, UrlError> {
    let mut urls =
        text.split(',').map(|url| Url::read(url.trim()).map(|url| url.to_string())).collect::<Result<Vec<_>, _>>()?;
    urls.sort();
    urls.dedup();
    Ok(urls)
}

/// One can listen at an IP address or at localhost, not at a name that somebody else resolves.
pub fn check_bindable(urls: &[String]) -> Result<(), UrlError> {
    for url in urls {
        let read = Url::read(url)?;
        let host = read.hostname();
        if !read.is_socket() && host != "localhost" && host.parse::<IpAddr>().is_err() {
            return Err(UrlError(format!("expected IP in URL for binding ({url})")));
        }
    }
    Ok(())
}

/// Others cannot reach a member at a URL without a host.
pub fn check_reachable(urls: &[String]) -> Result<(), UrlError> {
    for url in urls {
        let read = Url::read(url)?;
        if !read.is_socket() && read.hostname().is_empty() {
            return Err(UrlError(format!("unexpected empty host ({url})")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_hold_each_once() {
        let urls = read_list("http://[::1]:2 , HTTP://127.0.0.1:1,http://127.0.0.1:1").unwrap();
        assert_eq!(urls, ["http://127.0.0.1:1", "http://[::1]:2"]);
        assert_eq!(read_list("unix://localhost:20000,unix:///s").unwrap(), ["unix:///s", "unix://localhost:20000"]);
    }

    #[test]
    fn errors_are_gos_and_etcds() {
        for (text, error) in [
            ("foo", "URL scheme must be http, https, unix, or unixs: foo"),
            ("", "URL scheme must be http, https, unix, or unixs: "),
            ("ftp://a:1", "URL scheme must be http, https, unix, or unixs: ftp://a:1"),
            ("http://a", "URL address does not have the form \"host:port\": http://a"),
            ("http:127.0.0.1:1", "URL address does not have the form \"host:port\": http:127.0.0.1:1"),
            ("http://a:1/path", "URL must not contain a path: http://a:1/path"),
            ("http://a:x", r#"parse "http://a:x": invalid port ":x" after host"#),
            ("http://::1:2", r#"parse "http://::1:2": invalid port "::1:2" after host"#),
            ("127.0.0.1:1", r#"parse "127.0.0.1:1": first path segment in URL cannot contain colon"#),
            ("1http://a:1", r#"parse "1http://a:1": first path segment in URL cannot contain colon"#),
            ("http://a b:1", r#"parse "http://a b:1": invalid character " " in host name"#),
            ("http://[::1:2", r#"parse "http://[::1:2": missing ']' in host"#),
            ("http://a:1/%zz", r#"parse "http://a:1/%zz": invalid URL escape "%zz""#),
            ("://a", r#"parse "://a": missing protocol scheme"#),
        ] {
            assert_eq!(Url::read(text).unwrap_err().to_string(), error, "{text}");
        }
    }

    #[test]
    fn names_of_others_cannot_be_bound() {
        assert!(check_bindable(&["http://localhost:1".into(), "http://0.0.0.0:2".into(), "unix:///s".into()]).is_ok());
        for bad in ["http://foo:1", "http://:1"] {
            let error = check_bindable(&[bad.into()]).unwrap_err();
            assert_eq!(error.to_string(), format!("expected IP in URL for binding ({bad})"));
        }
        assert_eq!(check_reachable(&["http://:1".into()]).unwrap_err().0, "unexpected empty host (http://:1)");
    }
}

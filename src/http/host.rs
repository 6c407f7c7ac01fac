//! Which host a request is for, as Go's server finds it: the one in the target, or else the one `Host` header.

use http::{HeaderMap, Uri, Version, header::HOST};

/// Why a request names no host; the texts are Go's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// HTTP/1.1 demands one.
    #[error("400 Bad Request: missing required Host header")]
    Missing,
    /// It has bytes that no host has.
    #[error("400 Bad Request: malformed Host header")]
    Malformed,
    /// There is more than one.
    #[error("400 Bad Request")]
    Several,
}

/// The host of a request, with its port. Older versions than HTTP/1.1 may go without: then it is empty.
pub fn host<'a>(version: Version, uri: &'a Uri, headers: &'a HeaderMap) -> Result<&'a str, HostError> {
    let mut hosts = headers.get_all(HOST).iter();
    let (first, second) = (hosts.next(), hosts.next());
    if second.is_some() {
        return Err(HostError::Several);
    }
    if first.is_none() && version == Version::HTTP_11 {
        return Err(HostError::Missing);
    }
    let named = match first.map(|host| host.to_str()) {
        None => "",
        Some(Ok(host)) if host.bytes().all(is_of_host) => host,
        Some(_) => return Err(HostError::Malformed),
    };
    // Before an @ stands who asks, whatever it looks like.
    let target = uri.authority().map(|authority| authority.as_str());
    Ok(target.map_or(named, |target| target.rsplit_once('@').map_or(target, |(_, host)| host)))
}

fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!$%&'()*+,-.:;=[]_~".contains(&byte)
}

/// The host without its port. What cannot be taken apart is left whole.
pub fn hostname(host: &str) -> &str {
    split_port(host).unwrap_or(host)
}

/// Go's `net.SplitHostPort`.
fn split_port(host: &str) -> Option<&str> {
    let (name, port) = host.rsplit_once(':')?;
    let name = match name.strip_prefix('[') {
        Some(inside) => inside.strip_suffix(']')?,
        None if name.contains(':') => return None,
        None => name,
    };
    let is_plain = ![name, port].iter().any(|part| part.contains(['[', ']']));
    is_plain.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn headers(hosts: &[&'static str]) -> HeaderMap {
        hosts
            .iter()
            .map(|host| (HOST, HeaderValue::from_static(host)))
            .collect::<Vec<(HeaderName, _)>>()
            .into_iter()
            .collect()
    }

    /// As etcd 3.7.1 takes them.
    #[test]
    fn hosts_of_requests() {
        let found = |version, uri: &'static str, hosts: &[&'static str]| {
            host(version, &Uri::from_static(uri), &headers(hosts)).map(str::to_owned)
        };
        assert_eq!(found(Version::HTTP_11, "/", &["a:1"]), Ok("a:1".into()));
        assert_eq!(found(Version::HTTP_11, "http://b/", &["a"]), Ok("b".into()));
        assert_eq!(found(Version::HTTP_11, "http://a:80@b:1/", &["a"]), Ok("b:1".into()));
        assert_eq!(found(Version::HTTP_11, "/", &[]), Err(HostError::Missing));
        assert_eq!(found(Version::HTTP_10, "/", &[]), Ok(String::new()));
        assert_eq!(found(Version::HTTP_2, "http://b:2/", &[]), Ok("b:2".into()));
        assert_eq!(found(Version::HTTP_11, "/", &["a", "b"]), Err(HostError::Several));
        for bad in ["a\"", "a b", "a/b", "a?b"] {
            assert_eq!(found(Version::HTTP_11, "/", &[bad]), Err(HostError::Malformed), "{bad}");
        }
    }

    #[test]
    fn ports_are_split_off() {
        for (host, name) in [
            ("a", "a"),
            ("a:1", "a"),
            ("a:", "a"),
            (":1", ""),
            ("", ""),
            ("[::1]:2", "::1"),
            ("[127.0.0.1]:3", "127.0.0.1"),
            ("[::1]", "[::1]"),
            ("::1", "::1"),
            ("a:1:2", "a:1:2"),
            ("[a]b:1", "[a]b:1"),
            ("a]:1", "a]:1"),
            ("[[a]:1", "[[a]:1"),
            ("a:[1", "a:[1"),
        ] {
            assert_eq!(hostname(host), name, "{host}");
        }
    }
}

//! Lists of URLs as the flags give them, checked with etcd's texts (reference 3.6).

use std::net::IpAddr;

/// A list that cannot be used; the text is etcd's where etcd has one.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UrlError(String);

/// A URL taken apart: `scheme://address`, the address being `host:port` or a socket's path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// http, https, unix or unixs.
    pub scheme: String,
    /// What stands behind `://`.
    pub address: String,
}

impl Url {
    /// Takes one URL apart.
    pub fn read(text: &str) -> Result<Self, UrlError> {
        let (scheme, address) = text
            .split_once("://")
            .ok_or_else(|| UrlError(format!("URL scheme must be http, https, unix, or unixs: {text}")))?;
        let scheme = scheme.to_ascii_lowercase();
        let url = Self { scheme, address: address.to_string() };
        match url.scheme.as_str() {
            "http" | "https" => url.check_host_and_port(text)?,
            "unix" | "unixs" if url.address.is_empty() => {
                return Err(UrlError(format!("URL must name a socket: {text}")));
            }
            "unix" | "unixs" => {}
            _ => return Err(UrlError(format!("URL scheme must be http, https, unix, or unixs: {text}"))),
        }
        Ok(url)
    }

    fn check_host_and_port(&self, text: &str) -> Result<(), UrlError> {
        let bad = || UrlError(format!("URL address does not have the form \"host:port\": {text}"));
        if self.address.contains('/') {
            return Err(UrlError(format!("URL must not contain a path: {text}")));
        }
        let (host, port) = self.address.rsplit_once(':').ok_or_else(bad)?;
        let bracketed = host.starts_with('[') && host.ends_with(']');
        if port.parse::<u16>().is_err() || (host.contains(':') && !bracketed) {
            return Err(bad());
        }
        Ok(())
    }

    /// The host of an http URL, without brackets; empty for sockets.
    pub fn host(&self) -> &str {
        if self.scheme.starts_with("unix") {
            return "";
        }
        let host = self.address.rsplit_once(':').map_or("", |(host, _)| host);
        host.trim_start_matches('[').trim_end_matches(']')
    }
}

/// Reads a list separated by commas; white space around an item is fine, an empty list is not.
pub fn read_list(text: &str) -> Result<Vec<String>, UrlError> {
    let urls: Vec<String> = text.split(',').map(|url| url.trim().to_string()).collect();
    if urls.iter().all(String::is_empty) {
        return Err(UrlError("no valid URLs given".into()));
    }
    urls.iter().try_for_each(|url| Url::read(url).map(drop))?;
    Ok(urls)
}

/// One can listen at an IP address or at localhost, not at a name that somebody else resolves. No host at all is none of
/// these: all addresses are `0.0.0.0` or `[::]`.
pub fn check_bindable(urls: &[String]) -> Result<(), UrlError> {
    for text in urls {
        let url = Url::read(text)?;
        let host = url.host();
        let is_socket = url.scheme.starts_with("unix");
        let bindable = is_socket || host == "localhost" || host.parse::<IpAddr>().is_ok();
        if !bindable {
            return Err(UrlError(format!("expected IP in URL for binding ({text})")));
        }
    }
    Ok(())
}

/// TLS comes later: a URL that asks for it is refused rather than served in the clear.
pub fn check_plain(flag: &str, urls: &[String]) -> Result<(), UrlError> {
    let secure = urls.iter().find(|url| url.starts_with("https://") || url.starts_with("unixs://"));
    match secure {
        Some(url) => Err(UrlError(format!("--{flag}: TLS is not supported by this version yet ({url})"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_taken_apart() {
        assert_eq!(read_list("http://127.0.0.1:0, unix://localhost:20000").unwrap().len(), 2);
        assert_eq!(Url::read("http://[::1]:2379").unwrap().host(), "::1");
        for bad in
            ["", "127.0.0.1:1", "ftp://a:1", "http://a", "http://a:x", "http://::1:2", "http://a:1/path", "unix://"]
        {
            assert!(read_list(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn names_of_others_cannot_be_bound() {
        assert!(check_bindable(&["http://localhost:1".into(), "http://0.0.0.0:2".into(), "unix:///s".into()]).is_ok());
        assert!(check_bindable(&["http://:3".into()]).is_err());
        let error = check_bindable(&["http://foo:1".into()]).unwrap_err();
        assert_eq!(error.to_string(), "expected IP in URL for binding (http://foo:1)");
    }
}

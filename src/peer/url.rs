//! Where a peer listens, and which of its addresses is tried next.

use parking_lot::Mutex;
use std::{fmt, sync::Arc};

/// A URL of a peer: a scheme and `host:port`, or the path of a socket. Nothing behind it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PeerUrl {
    text: Arc<str>,
    target: Target,
    secure: Secure,
}

/// What is dialled.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// `host:port`.
    Tcp(Arc<str>),
    /// The path of a socket.
    Unix(Arc<str>),
}

/// Is TLS spoken?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Secure {
    No,
    Yes,
}

/// A text that is no URL of a peer. The texts are etcd's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeerUrlError {
    /// No URL at all.
    #[error("no valid URLs given")]
    None,
    /// Not `host:port`.
    #[error("URL address does not have the form \"host:port\": {0}")]
    Address(String),
    /// There is something behind the address.
    #[error("URL must not contain a path: {0}")]
    Path(String),
    /// Neither `http` nor a socket.
    #[error("URL scheme must be http, https, unix, or unixs: {0}")]
    Scheme(String),
}

impl PeerUrl {
    /// Reads one URL.
    ///
    /// # Errors
    /// In etcd's words.
    pub fn parse(text: &str) -> Result<Self, PeerUrlError> {
        let text = text.trim();
        let parts = text.split_once("://").map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest));
        let Some((scheme, rest)) = parts else { return Err(PeerUrlError::Scheme(text.into())) };
        let secure = if scheme.ends_with('s') { Secure::Yes } else { Secure::No };
        let target = match scheme.as_str() {
            "http" | "https" => {
                let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
                let (address, path) = rest.split_at(end);
                if !is_address(address) {
                    return Err(PeerUrlError::Address(text.into()));
                }
                if !path.is_empty() {
                    return Err(PeerUrlError::Path(text.into()));
                }
                Target::Tcp(address.into())
            }
            "unix" | "unixs" => Target::Unix(rest.into()),
            _ => return Err(PeerUrlError::Scheme(text.into())),
        };
        Ok(Self { text: format!("{scheme}://{rest}").into(), target, secure })
    }

    /// Reads the URLs of one peer, in order.
    ///
    /// # Errors
    /// The first that is none, or that there are none.
    pub fn parse_all<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Vec<Self>, PeerUrlError> {
        let mut urls = texts.into_iter().map(Self::parse).collect::<Result<Vec<_>, _>>()?;
        urls.sort_unstable();
        if urls.is_empty() { Err(PeerUrlError::None) } else { Ok(urls) }
    }

    /// What is dialled.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Is TLS spoken?
    pub fn secure(&self) -> Secure {
        self.secure
    }

    /// What the `Host` of a request says.
    pub fn host(&self) -> &str {
        match &self.target {
            Target::Tcp(address) => address,
            Target::Unix(_) => "localhost",
        }
    }
}

impl fmt::Display for PeerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// `host:port`, with brackets around a host that has colons. An empty host is this machine, as in Go.
fn is_address(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let is_bracketed = host.starts_with('[') && host.ends_with(']');
    let is_plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '@' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}');
    port.bytes().all(|byte| byte.is_ascii_digit())
        && host.chars().all(is_plain)
        && (is_bracketed || !host.contains([':', '[', ']']))
}

/// The URLs of one peer, one of which is in use. Whoever finds it of no use moves on to the next, for all.
#[derive(Debug)]
pub struct Picker(Mutex<Picked>);

#[derive(Debug)]
struct Picked {
    urls: Vec<PeerUrl>,
    at: usize,
}

impl Picker {
    /// Starts with the first; there is one at least.
    pub fn new(urls: Vec<PeerUrl>) -> Self {
        Self(Mutex::new(Picked { urls, at: 0 }))
    }

    /// The peer listens elsewhere now.
    pub fn update(&self, urls: Vec<PeerUrl>) {
        *self.0.lock() = Picked { urls, at: 0 };
    }

    /// The URL in use; none only if there are none.
    pub fn pick(&self) -> Option<PeerUrl> {
        let picked = self.0.lock();
        picked.urls.get(picked.at).cloned()
    }

    /// This one is of no use.
    pub fn unreachable(&self, url: &PeerUrl) {
        let mut picked = self.0.lock();
        if picked.urls.get(picked.at) == Some(url) {
            picked.at = (picked.at + 1) % picked.urls.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let url = PeerUrl::parse(" HTTP://10.0.0.1:2380").unwrap();
        assert_eq!(
            (url.to_string().as_str(), url.host(), url.secure()),
            ("http://10.0.0.1:2380", "10.0.0.1:2380", Secure::No)
        );
        assert_eq!(PeerUrl::parse("https://[::1]:2380").unwrap().secure(), Secure::Yes);
        let socket = PeerUrl::parse("unix:///run/peer:1").unwrap();
        assert_eq!((socket.target(), socket.host()), (&Target::Unix("/run/peer:1".into()), "localhost"));
        for (text, error) in [
            ("http://a", "URL address does not have the form \"host:port\": http://a"),
            ("http://::1:1", "URL address does not have the form \"host:port\": http://::1:1"),
            ("http://a:x", "URL address does not have the form \"host:port\": http://a:x"),
            ("http://a b:1", "URL address does not have the form \"host:port\": http://a b:1"),
            ("http://a:1/", "URL must not contain a path: http://a:1/"),
            ("ftp://a:1", "URL scheme must be http, https, unix, or unixs: ftp://a:1"),
            ("", "URL scheme must be http, https, unix, or unixs: "),
        ] {
            assert_eq!(PeerUrl::parse(text).unwrap_err().to_string(), error);
        }
        assert_eq!(PeerUrl::parse_all([]), Err(PeerUrlError::None));
        let all = PeerUrl::parse_all(["http://b:1", "http://a:1"]).unwrap();
        assert_eq!(all[0].to_string(), "http://a:1");
    }

    #[test]
    fn the_next_url_is_tried_once_for_all_who_failed() {
        let urls = PeerUrl::parse_all(["http://a:1", "http://b:1"]).unwrap();
        let picker = Picker::new(urls.clone());
        assert_eq!(picker.pick().as_ref(), Some(&urls[0]));
        picker.unreachable(&urls[0]);
        picker.unreachable(&urls[0]);
        assert_eq!(picker.pick().as_ref(), Some(&urls[1]));
        picker.unreachable(&urls[1]);
        assert_eq!(picker.pick().as_ref(), Some(&urls[0]));
        picker.update(vec![urls[1].clone()]);
        assert_eq!(picker.pick().as_ref(), Some(&urls[1]));
    }
}

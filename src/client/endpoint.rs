//! The address of a server as the user writes it.

use super::error::ClientError;

/// Where one server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    text: String,
    target: Target,
    secure: Secure,
}

/// Is TLS spoken? As in etcd's client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secure {
    /// Never: `http`.
    No,
    /// If the client was told of TLS: `unix`, no scheme.
    IfAsked,
    /// Always: `https`, `unixs`.
    Yes,
}

/// What is dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `host:port`, resolved at each attempt.
    Tcp(String),
    /// A socket file; relative to the working directory unless it begins with a slash.
    Unix(String),
}

impl Endpoint {
    /// Reads `host:port`, `http://host:port`, `https://host:port`, `unix:///path`, `unix://file` or `unix:file`; `unixs` is
    /// `unix` with TLS.
    ///
    /// Nothing is resolved, and a text that names no port is accepted: as in etcd's client, such an endpoint never becomes
    /// ready.
    ///
    /// # Errors
    /// None today: every text is an endpoint of some kind.
    pub fn parse(text: &str) -> Result<Self, ClientError> {
        let (target, secure) = match text.split_once(':') {
            Some((scheme @ ("unix" | "unixs"), rest)) => {
                (Target::Unix(rest.strip_prefix("//").unwrap_or(rest).to_owned()), Secure::of(scheme))
            }
            Some((scheme @ ("http" | "https"), rest)) => {
                let rest = rest.strip_prefix("//").unwrap_or(rest);
                (Target::Tcp(rest.split('/').next().unwrap_or(rest).to_owned()), Secure::of(scheme))
            }
            _ => (Target::Tcp(text.to_owned()), Secure::IfAsked),
        };
        Ok(Self { text: text.to_owned(), target, secure })
    }

    /// As the user wrote it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What to dial.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Is TLS spoken there?
    pub fn secure(&self) -> Secure {
        self.secure
    }

    /// The same endpoint, where TLS is spoken or not as this says.
    pub fn with_secure(self, secure: Secure) -> Self {
        Self { secure, ..self }
    }

    /// The name that the server's certificate must be for: the host, or the name of the socket file.
    pub fn host(&self) -> &str {
        match &self.target {
            Target::Tcp(address) => address.rsplit_once(':').map_or(address.as_str(), |(host, _)| host),
            Target::Unix(path) => {
                let name = path.rsplit('/').next().unwrap_or(path);
                name.split(':').next().unwrap_or(name)
            }
        }
    }

    /// The `:authority` of requests sent there: the address, or the name of the socket file when that can be one.
    pub fn authority(&self) -> http::uri::Authority {
        let name = match &self.target {
            Target::Tcp(address) => address.as_str(),
            Target::Unix(path) => path.rsplit('/').next().unwrap_or(path),
        };
        name.parse().unwrap_or_else(|_| http::uri::Authority::from_static("localhost"))
    }
}

impl Secure {
    fn of(scheme: &str) -> Self {
        match scheme {
            "https" | "unixs" => Self::Yes,
            "http" => Self::No,
            _ => Self::IfAsked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, target: Target, authority: &str) {
        let endpoint = Endpoint::parse(text).unwrap();
        assert_eq!((endpoint.target(), endpoint.authority().as_str()), (&target, authority));
        assert_eq!(endpoint.text(), text);
    }

    #[test]
    fn the_forms_of_an_endpoint() {
        let tcp = |text: &str| Target::Tcp(text.into());
        let unix = |text: &str| Target::Unix(text.into());
        check("127.0.0.1:2379", tcp("127.0.0.1:2379"), "127.0.0.1:2379");
        check("http://h:1/path", tcp("h:1"), "h:1");
        check("[::1]:2379", tcp("[::1]:2379"), "[::1]:2379");
        check("unix:///tmp/a.sock", unix("/tmp/a.sock"), "a.sock");
        check("unix://localhost:20000", unix("localhost:20000"), "localhost:20000");
        check("unix:file", unix("file"), "file");
        check("", tcp(""), "localhost");
        check("https://h:1/path", tcp("h:1"), "h:1");
        check("unixs:///tmp/b.sock", unix("/tmp/b.sock"), "b.sock");
    }

    #[test]
    fn what_is_spoken_and_whose_certificate_is_wanted() {
        for (text, secure, host) in [
            ("127.0.0.1:2379", Secure::IfAsked, "127.0.0.1"),
            ("http://h:1", Secure::No, "h"),
            ("https://h:1", Secure::Yes, "h"),
            ("https://[::1]:1", Secure::Yes, "[::1]"),
            ("unix:///a/b.sock", Secure::IfAsked, "b.sock"),
            ("unixs://localhost:20000", Secure::Yes, "localhost"),
        ] {
            let endpoint = Endpoint::parse(text).unwrap();
            assert_eq!((endpoint.secure(), endpoint.host()), (secure, host), "{text}");
        }
    }
}

//! The address of a server as the user writes it.

use super::error::{ClientError, Code};

/// Where one server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    text: String,
    target: Target,
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
    /// Reads `host:port`, `http://host:port`, `unix:///path`, `unix://file` or `unix:file`.
    ///
    /// Nothing is resolved, and a text that names no port is accepted: as in etcd's client, such an endpoint never becomes
    /// ready. `https` and `unixs` are refused until TLS is built in.
    pub fn parse(text: &str) -> Result<Self, ClientError> {
        let target = match text.split_once(':') {
            Some(("unix", rest)) => Target::Unix(rest.strip_prefix("//").unwrap_or(rest).to_owned()),
            Some(("https" | "unixs", _)) => {
                let description = format!("endpoint {text}: TLS is not available in this version yet");
                return Err(ClientError::local(Code::Unimplemented, description));
            }
            Some(("http", rest)) => {
                let rest = rest.strip_prefix("//").unwrap_or(rest);
                Target::Tcp(rest.split('/').next().unwrap_or(rest).to_owned())
            }
            _ => Target::Tcp(text.to_owned()),
        };
        Ok(Self { text: text.to_owned(), target })
    }

    /// As the user wrote it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What to dial.
    pub fn target(&self) -> &Target {
        &self.target
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
        assert!(Endpoint::parse("https://h:1").unwrap_err().to_string().contains("TLS is not available"));
        assert!(Endpoint::parse("unixs:///a").is_err());
    }
}

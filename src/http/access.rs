//! Who may ask over plain HTTP: which host names a request may be for, and which web sites may read the answers.
//!
//! A web page that has its own name point at this machine is allowed by its browser to ask here (CVE-2018-5702). Its requests
//! then are for that name, which is why operators can list the names that are right (`--host-whitelist`). gRPC is not asked:
//! no browser speaks it.

use super::page::{self, Page};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use std::collections::BTreeSet;

/// What browsers of other sites may do.
const METHODS: (HeaderName, HeaderValue) =
    (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST, GET, OPTIONS, PUT, DELETE"));
/// What they may send along.
const HEADERS: (HeaderName, HeaderValue) =
    (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("accept, content-type, authorization"));

/// Who may ask. By default everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    origins: Allowed,
    hosts: Allowed,
}

/// Some names, or all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Allowed {
    #[default]
    All,
    Some(BTreeSet<String>),
}

impl Allowed {
    /// No name, or `*` among others, is all.
    fn of(names: &[String]) -> Self {
        match names.is_empty() || names.iter().any(|name| name == "*") {
            true => Self::All,
            false => Self::Some(names.iter().cloned().collect()),
        }
    }
}

impl Access {
    /// From `--cors` and `--host-whitelist`.
    pub fn new(origins: &[String], hosts: &[String]) -> Self {
        Self { origins: Allowed::of(origins), hosts: Allowed::of(hosts) }
    }

    /// May a request be for this host name? It is compared as it is written, as etcd does.
    ///
    /// # Errors
    /// The page that says why not.
    pub(super) fn admit(&self, hostname: &str) -> Result<(), Box<Page>> {
        match &self.hosts {
            Allowed::Some(known) if !known.contains(hostname) => {
                tracing::warn!(host = hostname, "rejecting HTTP request to prevent DNS rebinding attacks");
                Err(Box::new(page::error(StatusCode::MISDIRECTED_REQUEST, &misdirected(hostname))))
            }
            _ => Ok(()),
        }
    }

    /// The headers of every answer to a request with these: what a browser needs to show the answer to another site.
    pub(super) fn headers(&self, request: &HeaderMap) -> Vec<(HeaderName, HeaderValue)> {
        let origin = match &self.origins {
            Allowed::All => Some(HeaderValue::from_static("*")),
            Allowed::Some(known) => {
                let origin = request.get(header::ORIGIN);
                origin.filter(|origin| origin.to_str().is_ok_and(|origin| known.contains(origin))).cloned()
            }
        };
        let origin = origin.map(|origin| (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin));
        origin.map(|origin| vec![HEADERS, METHODS, origin]).unwrap_or_default()
    }
}

/// etcd's words. A host name has neither quotes nor backslashes.
fn misdirected(hostname: &str) -> String {
    format!(
        "\netcd received your request, but the Host header was unrecognized.\n\n\
         To fix this, choose one of the following options:\n\
         - Enable TLS, then any HTTPS request will be allowed.\n\
         - Add the hostname you want to use to the whitelist in settings.\n\
         \x20 - e.g. etcd --host-whitelist \"{hostname}\"\n\n\
         This requirement has been added to help prevent \"DNS Rebinding\" attacks (CVE-2018-5702).\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(origins: &[&str], hosts: &[&str]) -> Access {
        let owned = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
        Access::new(&owned(origins), &owned(hosts))
    }

    fn allowed(access: &Access, origin: Option<&'static str>) -> Option<String> {
        let request = origin.map(|origin| (header::ORIGIN, HeaderValue::from_static(origin)));
        let headers = access.headers(&request.into_iter().collect());
        let origin = headers.iter().find(|(name, _)| *name == header::ACCESS_CONTROL_ALLOW_ORIGIN);
        // All three, or none.
        assert_eq!(headers.len(), if origin.is_some() { 3 } else { 0 });
        origin.map(|(_, origin)| origin.to_str().unwrap().to_owned())
    }

    #[test]
    fn origins_that_are_told() {
        for all in [access(&[], &[]), access(&["*"], &[]), access(&["http://a:1", "*"], &[]), Access::default()] {
            assert_eq!(allowed(&all, None), Some("*".into()));
            assert_eq!(allowed(&all, Some("http://b:1")), Some("*".into()));
        }
        let one = access(&["http://a:1"], &[]);
        assert_eq!(allowed(&one, Some("http://a:1")), Some("http://a:1".into()));
        for other in [None, Some("http://b:1"), Some("http://a:1/"), Some("HTTP://a:1"), Some("")] {
            assert_eq!(allowed(&one, other), None);
        }
    }

    #[test]
    fn hosts_that_may_be_asked_for() {
        for all in [access(&[], &[]), access(&[], &["a", "*"])] {
            assert!(all.admit("evil").is_ok() && all.admit("").is_ok());
        }
        let some = access(&[], &["a", "127.0.0.1"]);
        assert!(some.admit("a").is_ok() && some.admit("127.0.0.1").is_ok());
        for other in ["A", "b", "", "a.", "::1"] {
            let page = some.admit(other).unwrap_err();
            assert_eq!(page.status(), StatusCode::MISDIRECTED_REQUEST);
        }
    }
}

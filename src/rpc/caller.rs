//! Who asks, as far as the headers of a request tell.

use crate::server::{Caller, Client, Way};
use http::HeaderMap;
use std::sync::Arc;

/// Where a token is; the second is for gateways from JSON, whose clients know no other header.
const TOKEN: [&str; 2] = ["token", "authorization"];
/// What a gateway puts before a token, as HTTP wants it.
const BEARER: &str = "Bearer ";
/// Only gateways from JSON send this.
const GATEWAY: &str = "grpcgateway-accept";

/// The client that sent these headers over a connection whose certificate has that common name.
pub fn of(headers: &HeaderMap, common_name: Option<Arc<str>>) -> Caller {
    let token = TOKEN.into_iter().find_map(|name| headers.get(name)).map(|value| {
        let token = String::from_utf8_lossy(value.as_bytes());
        Arc::from(token.strip_prefix(BEARER).unwrap_or(&token))
    });
    let way = if headers.contains_key(GATEWAY) { Way::Gateway } else { Way::Direct };
    Caller::Client(Client { token, common_name, way })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn client(headers: &[(&'static str, &'static str)]) -> Client {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        match of(&headers.iter().map(pair).collect(), Some("alice".into())) {
            Caller::Client(client) => client,
            Caller::Member => panic!("a client is never the member itself"),
        }
    }

    #[test]
    fn a_token_has_two_places() {
        let cases: [(&[_], Option<&str>); 7] = [
            (&[], None),
            (&[("token", "a.1")], Some("a.1")),
            (&[("token", "Bearer a.1")], Some("a.1")),
            (&[("authorization", "Bearer a.1")], Some("a.1")),
            (&[("authorization", "a.1")], Some("a.1")),
            (&[("authorization", "b.2"), ("token", "a.1")], Some("a.1")),
            (&[("token", ""), ("authorization", "b.2")], Some("")),
        ];
        for (headers, token) in cases {
            assert_eq!(client(headers).token.as_deref(), token, "{headers:?}");
        }
    }

    #[test]
    fn a_gateway_is_not_its_clients() {
        assert_eq!(client(&[]).way, Way::Direct);
        assert_eq!(client(&[("grpcgateway-accept", "")]).way, Way::Gateway);
    }

    #[test]
    fn a_token_is_not_in_a_debug_text() {
        let caller = format!("{:?}", client(&[("token", "secret.1")]));
        assert!(caller.contains("alice") && !caller.contains("secret"), "{caller}");
    }
}

//! How users are known: the text of `--auth-token` and the files that it names, read as etcd reads them and with its errors.
//!
//! `simple`; `jwt,sign-method=METHOD[,priv-key=FILE][,pub-key=FILE][,ttl=DURATION]`; or nothing for no tokens at all.

use super::config::Users;
use crate::{
    cmd::gotext::parse_duration,
    server::auth::{
        self, Tokens,
        jwt::{Jwt, Key, KeyFiles, Method},
    },
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// How long a signed token is good when nothing is said.
const JWT_TTL: Duration = Duration::from_secs(5 * 60);

const INVALID: &str = "auth: invalid auth options";
const KNOWN: [&str; 4] = ["sign-method", "pub-key", "priv-key", "ttl"];

/// A way to read a whole file; the error is Go's.
type ReadFile<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, String>;

/// Reads the settings. What is wrong with them is in the log by then; the error is why the start fails.
pub fn read(users: &Users, read_file: ReadFile<'_>) -> Result<auth::Users, String> {
    let tokens = tokens(users, read_file).inspect_err(|error| {
        tracing::warn!(error = error.as_str(), "failed to create token provider");
    })?;
    Ok(auth::Users { tokens, bcrypt_cost: users.bcrypt_cost })
}

fn tokens(users: &Users, read_file: ReadFile<'_>) -> Result<Tokens, String> {
    let (kind, options) = options(&users.token)?;
    match kind {
        "simple" => {
            tracing::warn!("simple token is not cryptographically signed");
            Ok(Tokens::Simple { ttl: Duration::from_secs(users.token_ttl_s) })
        }
        "jwt" => Ok(Tokens::Jwt(Arc::new(jwt(&options, read_file)?))),
        "" => Ok(Tokens::None),
        kind => {
            tracing::warn!(r#type = kind, error = INVALID, "unknown token type");
            Err(INVALID.into())
        }
    }
}

type Options<'a> = BTreeMap<&'a str, &'a str>;

/// The kind of tokens, and its options.
fn options(text: &str) -> Result<(&str, Options<'_>), String> {
    let mut words = text.split(',');
    let kind = words.next().unwrap_or_default();
    let mut options = Options::new();
    for word in words {
        let Some((name, value)) = word.split_once('=').filter(|(_, value)| !value.contains('=')) else {
            tracing::error!(option = text, "invalid token option");
            return Err(INVALID.into());
        };
        if options.insert(name, value).is_some() {
            tracing::error!(option = text, "duplicate-parameter" = name, "invalid token option");
            return Err(INVALID.into());
        }
    }
    Ok((kind, options))
}

fn jwt(options: &Options<'_>, read_file: ReadFile<'_>) -> Result<Jwt, String> {
    let given = |name: &str| options.get(name).copied().filter(|value| !value.is_empty());
    let loaded = || -> Result<_, String> {
        let ttl = given("ttl").map_or(Ok(JWT_TTL), parse_duration)?;
        let file = |name| given(name).map_or_else(|| Ok(Vec::new()), read_file);
        let (public, private) = (file("pub-key")?, file("priv-key")?);
        let method = match options.get("sign-method").copied().unwrap_or_default() {
            "none" => None,
            name => Some(Method::of_name(name).ok_or("auth: invalid auth signature method")?),
        };
        Ok((ttl, public, private, method))
    };
    let (ttl, public, private, method) = loaded().map_err(|error| {
        tracing::error!(error, "problem loading JWT options");
        INVALID.to_owned()
    })?;
    let unknown: Vec<&str> = options.keys().copied().filter(|name| !KNOWN.contains(name)).collect();
    if !unknown.is_empty() {
        tracing::warn!(keys = ?unknown, "unknown JWT options");
    }
    // Go's name for no signature at all.
    let method = method.ok_or("unsupported signing method: *jwt.signingMethodNone")?;
    let files = KeyFiles { private: &private, public: &public };
    let key = Key::read(method, files).map_err(|error| error.to_string())?;
    Ok(Jwt { method, key, ttl })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RSA: &[u8] = include_bytes!("../../../tests/jwt/rsa_pkcs8.pem");
    const OTHER: &[u8] = include_bytes!("../../../tests/jwt/rsa_other_pub.pem");
    const PUBLIC: &[u8] = include_bytes!("../../../tests/jwt/rsa_pub.pem");

    fn read_file(path: &str) -> Result<Vec<u8>, String> {
        match path {
            "rsa" => Ok(RSA.into()),
            "pub" => Ok(PUBLIC.into()),
            "other" => Ok(OTHER.into()),
            "empty" => Ok(Vec::new()),
            "text" => Ok(b"a secret".into()),
            _ => Err(format!("open {path}: no such file or directory")),
        }
    }

    fn read_text(token: &str) -> Result<Tokens, String> {
        let users = Users { token: token.into(), token_ttl_s: 7, bcrypt_cost: 4 };
        read(&users, &read_file).map(|users| users.tokens)
    }

    #[test]
    fn kinds_of_tokens() {
        let ttl_of_jwt = |token: &str| match read_text(token) {
            Ok(Tokens::Jwt(jwt)) => (jwt.ttl.as_secs(), jwt.is_verify_only()),
            other => panic!("{token}: {other:?}"),
        };
        assert!(matches!(read_text("simple"), Ok(Tokens::Simple { ttl }) if ttl == Duration::from_secs(7)));
        assert!(matches!(read_text("simple,any=thing"), Ok(Tokens::Simple { .. })));
        assert!(matches!(read_text(""), Ok(Tokens::None)));
        assert_eq!(ttl_of_jwt("jwt,priv-key=text,sign-method=HS256"), (300, false));
        assert_eq!(ttl_of_jwt("jwt,priv-key=rsa,pub-key=pub,sign-method=PS512,ttl=1h1s"), (3601, false));
        assert_eq!(ttl_of_jwt("jwt,pub-key=pub,sign-method=RS256,ttl=,color=red"), (300, true));
        assert_eq!(ttl_of_jwt("jwt,priv-key=text,sign-method=HS256,ttl=-5m"), (0, false));
    }

    /// As etcd 3.7.1 says them when it does not start.
    #[test]
    fn errors_are_etcds() {
        let cases = [
            ("foo", INVALID),
            ("Simple", INVALID),
            ("simple,foo", INVALID),
            ("jwt", INVALID),
            ("jwt,a", INVALID),
            ("jwt,a=b=c", INVALID),
            ("jwt,sign-method=RS256,sign-method=RS256", INVALID),
            ("jwt,sign-method=XX", INVALID),
            ("jwt,sign-method=RS256,pub-key=/nope", INVALID),
            ("jwt,sign-method=HS256,priv-key=text,ttl=5x", INVALID),
            ("jwt,sign-method=none", "unsupported signing method: *jwt.signingMethodNone"),
            ("jwt,sign-method=HS256", "auth: missing key data"),
            ("jwt,sign-method=RS256,priv-key=empty", "auth: missing key data"),
            ("jwt,sign-method=RS256,priv-key=rsa,pub-key=other", "auth: public and private keys don't match"),
            ("jwt,sign-method=RS256,priv-key=text", "invalid key: Key must be a PEM encoded PKCS1 or PKCS8 key"),
        ];
        for (token, error) in cases {
            assert_eq!(read_text(token).map(drop), Err(error.to_owned()), "{token}");
        }
    }
}

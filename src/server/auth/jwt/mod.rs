//! JSON web tokens: a user's name that this member, or another with the same key, has signed.
//!
//! ```text
//!   base64url(header) . base64url(claims) . base64url(signature of all before)
//!     header   {"alg":METHOD,"typ":"JWT"}
//!     claims   {"exp":SECONDS,"revision":OF USERS AND ROLES,"username":NAME}
//! ```
//!
//! Nothing is kept of them: a token is good until its time is over, on every member that has the key. Which method a token
//! is signed with is this member's setting and never the token's: one that says another is refused before anything is
//! computed, so that nobody has a public key taken for a secret, or no signature for a good one.

mod key;
mod method;

pub use key::{Key, KeyError, KeyFiles};
pub use method::Method;

use crate::auth::Identity;
use base64::{
    Engine,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// As in Go: no padding, and the bits that the last letter has too many do not count.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// Makes and checks tokens.
#[derive(Debug)]
pub struct Jwt {
    /// The only method that counts.
    pub method: Method,
    /// The key.
    pub key: Key,
    /// How long a token is good.
    pub ttl: Duration,
}

/// Why a token is not taken, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum Invalid {
    #[error("token is malformed: token contains an invalid number of segments")]
    Segments,
    #[error("token is malformed: could not decode {0}")]
    Encoding(&'static str),
    #[error("token is unverifiable: error while executing keyfunc: invalid signing method")]
    Method,
    #[error("token signature is invalid")]
    Signature,
    #[error("token has invalid claims: token is expired")]
    Expired,
    #[error("token has invalid claims: token is not valid yet")]
    NotYet,
    #[error("token has invalid claims: {0} is invalid")]
    Date(&'static str),
    #[error("token has no {0}")]
    Claim(&'static str),
}

impl Jwt {
    /// Is it able to check tokens only?
    pub fn is_verify_only(&self) -> bool {
        self.key.is_public()
    }

    /// A token for a user, as of a revision of users and roles, at a time since 1970. None where there is only a public key.
    pub fn issue(&self, user: &str, revision: u64, unix: Duration) -> Option<String> {
        let header = json!({ "alg": self.method.name(), "typ": "JWT" });
        let claims = json!({ "exp": (unix + self.ttl).as_secs(), "revision": revision, "username": user });
        let mut token = format!("{}.{}", encode(&header), encode(&claims));
        let signature = self.key.sign(token.as_bytes())?;
        token.push('.');
        BASE64.encode_string(signature, &mut token);
        Some(token)
    }

    /// Whom a token stands for, at a time since 1970.
    pub fn read(&self, token: &str, unix: Duration) -> Result<Identity, Invalid> {
        let mut parts = token.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Invalid::Segments);
        };
        let signed = &token[..header.len() + 1 + claims.len()];
        let header = decode(header, "header")?;
        if header.get("alg").and_then(Value::as_str) != Some(self.method.name()) {
            return Err(Invalid::Method);
        }
        let signature = BASE64.decode(signature).map_err(|_| Invalid::Encoding("signature"))?;
        if !self.key.verifies(signed.as_bytes(), &signature) {
            return Err(Invalid::Signature);
        }
        let claims = decode(claims, "claim")?;
        if date(&claims, "exp")?.is_some_and(|exp| unix.as_secs_f64() >= exp) {
            return Err(Invalid::Expired);
        }
        if date(&claims, "nbf")?.is_some_and(|nbf| unix.as_secs_f64() < nbf) {
            return Err(Invalid::NotYet);
        }
        let user = claims.get("username").and_then(Value::as_str).ok_or(Invalid::Claim("username"))?;
        // Go reads a number as a fraction and cuts it.
        let revision = claims.get("revision").and_then(Value::as_f64).ok_or(Invalid::Claim("revision"))?;
        Ok(Identity { user: user.into(), revision: revision as u64 })
    }
}

fn encode(value: &Value) -> String {
    BASE64.encode(value.to_string())
}

fn decode(part: &str, what: &'static str) -> Result<Map<String, Value>, Invalid> {
    let bytes = BASE64.decode(part).map_err(|_| Invalid::Encoding(what))?;
    serde_json::from_slice(&bytes).map_err(|_| Invalid::Encoding(what))
}

/// Seconds since 1970, whole ones. Zero is none, as in Go.
fn date(claims: &Map<String, Value>, name: &'static str) -> Result<Option<f64>, Invalid> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let seconds = value.as_f64().ok_or(Invalid::Date(name))?;
    Ok((seconds != 0.0).then(|| seconds.trunc()))
}

#[cfg(test)]
mod tests;

//! Signed tokens that the run makes itself: some fine, some that must not be taken.

use super::method::Method;
use aws_lc_rs::hmac;
use base64::{
    Engine,
    prelude::{BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// What is made of a token that a user was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgery {
    Resigned,
    AnotherMethodNamed,
    NoMethod,
    NoMethodAndNoSignature,
    SmallLetters,
    /// The public key taken for a secret.
    SecretIsPublicKey,
    WrongSignature,
    NoSignature,
    AnotherHeader,
    Padded,
    TwoParts,
    FourParts,
    PayloadOfAnother,
    NoClaims,
    NotJson,
    Expired,
    ExpiresNever,
    ExpiryAsText,
    ExpiryWithFraction,
    ExpiryIsNull,
    NotYetValid,
    IssuedInFuture,
    UserMissing,
    UserIsNumber,
    UserUnknown,
    UserEmpty,
    UserIsRoot,
    RevisionMissing,
    RevisionAsText,
    RevisionZero,
    RevisionOld,
    RevisionOfFuture,
    RevisionWithFraction,
    MoreClaims,
}

impl Forgery {
    pub const ALL: [Self; 34] = [
        Self::Resigned,
        Self::AnotherMethodNamed,
        Self::NoMethod,
        Self::NoMethodAndNoSignature,
        Self::SmallLetters,
        Self::SecretIsPublicKey,
        Self::WrongSignature,
        Self::NoSignature,
        Self::AnotherHeader,
        Self::Padded,
        Self::TwoParts,
        Self::FourParts,
        Self::PayloadOfAnother,
        Self::NoClaims,
        Self::NotJson,
        Self::Expired,
        Self::ExpiresNever,
        Self::ExpiryAsText,
        Self::ExpiryWithFraction,
        Self::ExpiryIsNull,
        Self::NotYetValid,
        Self::IssuedInFuture,
        Self::UserMissing,
        Self::UserIsNumber,
        Self::UserUnknown,
        Self::UserEmpty,
        Self::UserIsRoot,
        Self::RevisionMissing,
        Self::RevisionAsText,
        Self::RevisionZero,
        Self::RevisionOld,
        Self::RevisionOfFuture,
        Self::RevisionWithFraction,
        Self::MoreClaims,
    ];
}

/// A token made after a real one.
pub fn forge(forgery: Forgery, token: &str, method: &Method) -> String {
    let Some(claims) = claims_of(token) else { return token.into() };
    let header = json!({"alg": method.name(), "typ": "JWT"});
    let signed = |header: &Value, claims: &Value| {
        let message = message(header, claims.to_string().as_bytes());
        format!("{message}.{}", encode(&method.sign(message.as_bytes())))
    };
    let named = |name: &str| json!({"alg": name, "typ": "JWT"});
    let parts: Vec<&str> = token.split('.').collect();
    match forgery {
        Forgery::AnotherMethodNamed => {
            let other = if method.name() == "HS256" { "HS512" } else { "HS256" };
            signed(&named(other), &claims)
        }
        Forgery::NoMethod => signed(&named("none"), &claims),
        Forgery::NoMethodAndNoSignature => format!("{}.", message(&named("none"), claims.to_string().as_bytes())),
        Forgery::SmallLetters => signed(&named(&method.name().to_lowercase()), &claims),
        Forgery::SecretIsPublicKey => {
            let message = message(&named("HS256"), claims.to_string().as_bytes());
            let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &method.public), message.as_bytes());
            format!("{message}.{}", encode(signature.as_ref()))
        }
        Forgery::WrongSignature => {
            let message = message(&header, claims.to_string().as_bytes());
            let mut signature = method.sign(message.as_bytes());
            signature.iter_mut().for_each(|byte| *byte ^= 1);
            format!("{message}.{}", encode(&signature))
        }
        Forgery::NoSignature => format!("{}.{}.", parts[0], parts[1]),
        Forgery::AnotherHeader => signed(&json!({"alg": method.name(), "kid": "7", "more": [1, 2]}), &claims),
        Forgery::Padded => {
            let payload = BASE64_URL_SAFE.encode(pad(&claims.to_string()));
            let message = format!("{}.{payload}", parts[0]);
            format!("{message}.{}", encode(&method.sign(message.as_bytes())))
        }
        Forgery::TwoParts => parts[..2].join("."),
        Forgery::FourParts => format!("{token}.{}", parts[2]),
        Forgery::PayloadOfAnother => {
            let mut root = claims;
            root["username"] = json!("root");
            format!("{}.{}.{}", parts[0], encode(root.to_string().as_bytes()), parts[2])
        }
        Forgery::NotJson => {
            let message = message(&header, b"{username");
            format!("{message}.{}", encode(&method.sign(message.as_bytes())))
        }
        other => signed(&header, &changed(other, claims)),
    }
}

/// The claims of a token that is signed well.
fn changed(forgery: Forgery, mut claims: Value) -> Value {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let revision = claims["revision"].as_u64().unwrap_or(0);
    let without = |mut claims: Value, name: &str| {
        claims.as_object_mut().map(|fields| fields.remove(name));
        claims
    };
    let mut set = |name: &str, value: Value| claims[name] = value;
    match forgery {
        Forgery::NoClaims => return json!({}),
        Forgery::ExpiresNever => return without(claims, "exp"),
        Forgery::UserMissing => return without(claims, "username"),
        Forgery::RevisionMissing => return without(claims, "revision"),
        Forgery::Expired => set("exp", json!(now_s - 100)),
        Forgery::ExpiryAsText => set("exp", json!((now_s + 1000).to_string())),
        Forgery::ExpiryWithFraction => set("exp", json!(now_s as f64 + 1000.5)),
        Forgery::ExpiryIsNull => set("exp", Value::Null),
        Forgery::NotYetValid => set("nbf", json!(now_s + 10_000)),
        Forgery::IssuedInFuture => set("iat", json!(now_s + 10_000)),
        Forgery::UserIsNumber => set("username", json!(7)),
        Forgery::UserUnknown => set("username", json!("zed")),
        Forgery::UserEmpty => set("username", json!("")),
        Forgery::UserIsRoot => set("username", json!("root")),
        Forgery::RevisionAsText => set("revision", json!(revision.to_string())),
        Forgery::RevisionZero => set("revision", json!(0)),
        Forgery::RevisionOld => set("revision", json!(revision.saturating_sub(1))),
        Forgery::RevisionOfFuture => set("revision", json!(revision + 1_000_000)),
        Forgery::RevisionWithFraction => set("revision", json!(revision as f64 + 0.5)),
        Forgery::MoreClaims => set("aud", json!(["somebody", "else"])),
        _ => {}
    }
    claims
}

fn claims_of(token: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?;
    let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    claims.is_object().then_some(claims)
}

/// What is signed.
fn message(header: &Value, payload: &[u8]) -> String {
    format!("{}.{}", encode(header.to_string().as_bytes()), encode(payload))
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// With spaces, until its base64 needs padding.
fn pad(text: &str) -> String {
    let spaces = if text.len().is_multiple_of(3) { " " } else { "" };
    format!("{text}{spaces}")
}

//! What is spoken: versions, cipher suites by Go's names, and the library of ciphers behind it all.
//!
//! Of the suites of TLS 1.2 only those that give every connection keys of its own and protect it in one piece are there
//! (ECDHE with GCM or ChaCha20); the rest of Go's list has no safe form. Those of TLS 1.3 are always on, as in Go.

use super::error::TlsError;
use rustls::{
    CipherSuite, SupportedCipherSuite, SupportedProtocolVersion,
    crypto::{CryptoProvider, aws_lc_rs},
    version::{TLS12, TLS13},
};
use std::sync::{Arc, LazyLock};

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// TLS 1.2.
    V12,
    /// TLS 1.3.
    V13,
}

impl Version {
    /// From `TLS1.2` or `TLS1.3`; none is as it comes.
    ///
    /// # Errors
    /// In etcd's words.
    pub fn parse(text: &str) -> Result<Option<Self>, TlsError> {
        match text {
            "" => Ok(None),
            "TLS1.2" => Ok(Some(Self::V12)),
            "TLS1.3" => Ok(Some(Self::V13)),
            _ => Err(TlsError::Settings(format!("unexpected TLS version {text:?} (must be one of: TLS1.2, TLS1.3)"))),
        }
    }
}

/// What may be spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speech {
    /// The least version; 1.2 if nothing is said.
    pub min: Option<Version>,
    /// The highest version.
    pub max: Option<Version>,
    /// Go's names of the suites of TLS 1.2 that may be used; none is all.
    pub suites: Vec<String>,
}

/// TLS 1.2 and 1.3 with all suites.
impl Default for Speech {
    fn default() -> Self {
        Self { min: None, max: None, suites: Vec::new() }
    }
}

/// Go's names of the suites of TLS 1.2 that are there.
const SUITES: &[(&str, CipherSuite)] = &[
    ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384),
    ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
    ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384),
    ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256),
    ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256),
    ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256),
    ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256),
];
/// Those of TLS 1.3, which cannot be chosen.
const ALWAYS: &[&str] = &["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];

static ALL: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| Arc::new(aws_lc_rs::default_provider()));

impl Speech {
    /// The versions, highest first.
    pub fn versions(&self) -> Vec<&'static SupportedProtocolVersion> {
        let is_in = |version| self.min.is_none_or(|min| min <= version) && self.max.is_none_or(|max| version <= max);
        let all = [(Version::V13, &TLS13), (Version::V12, &TLS12)];
        all.into_iter().filter(|(version, _)| is_in(*version)).map(|(_, known)| known).collect()
    }

    /// The named suites that are not there.
    pub fn missing(&self) -> Vec<&str> {
        let is_there = |name: &str| ALWAYS.contains(&name) || SUITES.iter().any(|(known, _)| *known == name);
        self.suites.iter().map(String::as_str).filter(|name| !is_there(name)).collect()
    }

    /// Can anything be spoken?
    ///
    /// # Errors
    /// What to do about it.
    pub fn check(&self) -> Result<(), TlsError> {
        let versions = self.versions();
        if versions.is_empty() {
            return Err(TlsError::Settings(
                "no TLS version lies between --tls-min-version and --tls-max-version".into(),
            ));
        }
        let has_suite = |suite: &SupportedCipherSuite| versions.iter().any(|version| suite.version() == *version);
        match self.provider().cipher_suites.iter().any(has_suite) {
            true => Ok(()),
            false => Err(TlsError::Settings(format!(
                "none of the TLS cipher suites {} is supported here, and TLS 1.3, which needs none of them, is off",
                self.suites.join(", ")
            ))),
        }
    }

    /// The ciphers.
    pub fn provider(&self) -> Arc<CryptoProvider> {
        if self.suites.is_empty() {
            return ALL.clone();
        }
        let named = |suite: &SupportedCipherSuite| {
            let is_named =
                |(name, known): &(&str, CipherSuite)| *known == suite.suite() && self.suites.iter().any(|s| s == name);
            matches!(suite, SupportedCipherSuite::Tls13(_)) || SUITES.iter().any(is_named)
        };
        let mut some = (**ALL).clone();
        some.cipher_suites.retain(named);
        Arc::new(some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speech(min: &str, max: &str, suites: &[&str]) -> Speech {
        Speech {
            min: Version::parse(min).unwrap(),
            max: Version::parse(max).unwrap(),
            suites: suites.iter().map(|suite| suite.to_string()).collect(),
        }
    }

    #[test]
    fn what_may_be_spoken() {
        assert_eq!(speech("TLS1.2", "", &[]).versions().len(), 2);
        assert_eq!(speech("TLS1.3", "", &[]).versions(), [&TLS13]);
        assert_eq!(speech("", "TLS1.2", &[]).versions(), [&TLS12]);
        let one = speech("", "TLS1.2", &["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]);
        assert_eq!((one.check(), one.missing().len()), (Ok(()), 0));
        assert_eq!(one.provider().cipher_suites.len(), 4);
        let old = speech("", "TLS1.2", &["TLS_RSA_WITH_AES_128_CBC_SHA"]);
        assert!(old.check().is_err());
        assert_eq!(old.missing(), ["TLS_RSA_WITH_AES_128_CBC_SHA"]);
        assert!(speech("", "", &["TLS_RSA_WITH_AES_128_CBC_SHA"]).check().is_ok());
        assert!(Version::parse("TLS1.1").is_err());
    }
}

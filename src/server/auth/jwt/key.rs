//! Keys for signing and checking, read from files in the forms that Go reads: PEM around PKCS #8, PKCS #1, SEC 1,
//! SubjectPublicKeyInfo or a certificate; for HMAC whatever the file holds.

use super::method::{Algorithm, Method};
use crate::tls::{Certificate, pem_blocks};
use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa,
    signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair, ParsedPublicKey, RsaEncoding, VerificationAlgorithm},
};

/// Why there is no key, in etcd's words where etcd has some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No file was named, or it is empty.
    #[error("auth: missing key data")]
    Missing,
    /// The two files are not of one pair.
    #[error("auth: public and private keys don't match")]
    Mismatch,
    /// There is no PEM in the file.
    #[error("invalid key: Key must be a PEM encoded PKCS1 or PKCS8 key")]
    NoPem,
    /// It is no private key, or none that the method can use. Go has a text of its own for each form it tried.
    #[error("key is not a valid {0} private key")]
    NotPrivate(&'static str),
    /// The same of a public key.
    #[error("key is not a valid {0} public key")]
    NotPublic(&'static str),
}

/// A key that checks tokens and, if it has a private half, signs them.
pub struct Key {
    signer: Option<Signer>,
    verifier: Verifier,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").finish_non_exhaustive()
    }
}

enum Signer {
    Hmac(Box<hmac::Key>),
    Rsa(rsa::KeyPair, &'static dyn RsaEncoding),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

enum Verifier {
    Hmac(Box<hmac::Key>),
    Public(ParsedPublicKey),
}

/// What the files of a key hold; empty where none was named.
#[derive(Clone, Copy, Default)]
pub struct KeyFiles<'a> {
    /// The private key, or HMAC's only one.
    pub private: &'a [u8],
    /// The public key.
    pub public: &'a [u8],
}

impl Key {
    /// Reads a key of a method.
    pub fn read(method: Method, files: KeyFiles<'_>) -> Result<Self, KeyError> {
        let (verification, kind) = match method.algorithm() {
            Algorithm::Hmac(_) if files.private.is_empty() => return Err(KeyError::Missing),
            Algorithm::Hmac(algorithm) => {
                let key = || Box::new(hmac::Key::new(algorithm, files.private));
                return Ok(Self { signer: Some(Signer::Hmac(key())), verifier: Verifier::Hmac(key()) });
            }
            Algorithm::Rsa(_, verification) => (verification, "RSA"),
            Algorithm::Ecdsa(_, verification) => (verification, "ECDSA"),
            Algorithm::Ed25519(verification) => (verification, "Ed25519"),
        };
        let signer = match files.private {
            [] => None,
            private => Some(Signer::read(method, &der(private)?).ok_or(KeyError::NotPrivate(kind))?),
        };
        let public = match files.public {
            [] => None,
            public => Some(public_key(verification, &der(public)?, allows(method)).ok_or(KeyError::NotPublic(kind))?),
        };
        let own = signer.as_ref().and_then(|signer| signer.public(verification));
        match (own, public) {
            (None, None) => Err(KeyError::Missing),
            (None, Some(public)) => Ok(Self { signer: None, verifier: Verifier::Public(public) }),
            (Some(own), public) => {
                let key = Self { signer, verifier: Verifier::Public(public.unwrap_or(own)) };
                // Two halves of one pair are told by what they do.
                let signed = key.sign(PROBE).is_some_and(|signature| key.verifies(PROBE, &signature));
                if signed { Ok(key) } else { Err(KeyError::Mismatch) }
            }
        }
    }

    /// Can it do no more than check?
    pub fn is_public(&self) -> bool {
        self.signer.is_none()
    }

    /// The signature of a text; none without a private key.
    pub fn sign(&self, text: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        Some(match self.signer.as_ref()? {
            Signer::Hmac(key) => hmac::sign(key, text).as_ref().to_vec(),
            Signer::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &random, text, &mut signature).ok()?;
                signature
            }
            Signer::Ecdsa(pair) => pair.sign(&random, text).ok()?.as_ref().to_vec(),
            Signer::Ed25519(pair) => pair.sign(text).as_ref().to_vec(),
        })
    }

    /// Is this the signature of the text?
    pub fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        match &self.verifier {
            Verifier::Hmac(key) => hmac::verify(key, text, signature).is_ok(),
            Verifier::Public(key) => key.verify_sig(text, signature).is_ok(),
        }
    }
}

/// Signed to see whether two halves belong together.
const PROBE: &[u8] = b"one pair";

impl Signer {
    fn read(method: Method, der: &[u8]) -> Option<Self> {
        match method.algorithm() {
            Algorithm::Hmac(_) => None,
            Algorithm::Rsa(encoding, _) => {
                let pair = rsa::KeyPair::from_pkcs8(der).or_else(|_| rsa::KeyPair::from_der(der)).ok()?;
                Some(Self::Rsa(pair, encoding))
            }
            Algorithm::Ecdsa(signing, _) => EcdsaKeyPair::from_private_key_der(signing, der).ok().map(Self::Ecdsa),
            Algorithm::Ed25519(_) => Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok().map(Self::Ed25519),
        }
    }

    fn public(&self, verification: &'static dyn VerificationAlgorithm) -> Option<ParsedPublicKey> {
        let bytes = match self {
            Self::Hmac(_) => return None,
            Self::Rsa(pair, _) => pair.public_key().as_ref(),
            Self::Ecdsa(pair) => pair.public_key().as_ref(),
            Self::Ed25519(pair) => pair.public_key().as_ref(),
        };
        ParsedPublicKey::new(verification, bytes).ok()
    }
}

/// What a file with a public key may hold instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Allows {
    KeyOnly,
    Certificate,
}

/// Go reads the key of a certificate, but not of one with Ed25519.
fn allows(method: Method) -> Allows {
    if method == Method::EdDsa { Allows::KeyOnly } else { Allows::Certificate }
}

fn public_key(verification: &'static dyn VerificationAlgorithm, der: &[u8], allows: Allows) -> Option<ParsedPublicKey> {
    let of_certificate = || {
        let certificate = Certificate::read(der).ok()?;
        ParsedPublicKey::new(verification, certificate.key_info()).ok()
    };
    let key = ParsedPublicKey::new(verification, der).ok();
    key.or_else(|| (allows == Allows::Certificate).then(of_certificate).flatten())
}

/// The first block of a PEM text, whatever it says it is, as in Go.
fn der(text: &[u8]) -> Result<Vec<u8>, KeyError> {
    pem_blocks(text).into_iter().next().map(|block| block.bytes).ok_or(KeyError::NoPem)
}

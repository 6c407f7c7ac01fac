//! How tokens are made: drawn, or signed by each method there is, with keys of the run's own that both programs are given.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, RsaEncoding, RsaKeyPair},
};
use rcgen::{KeyPair, RsaKeySize, SignatureAlgorithm};
use std::path::PathBuf;
use tempfile::TempDir;

/// All that tokens can be signed by.
pub const SIGNED: [&str; 13] = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
];

/// A method and its keys.
#[derive(Debug)]
pub struct Method {
    name: &'static str,
    signer: Signer,
    /// The public key, as the programs read it.
    pub public: Vec<u8>,
    /// Where the keys are.
    dir: Option<TempDir>,
}

#[derive(Debug)]
enum Signer {
    Simple,
    Hmac(Box<hmac::Key>),
    Rsa(Box<RsaKeyPair>, &'static dyn RsaEncoding),
    Ecdsa(Box<EcdsaKeyPair>),
    Ed(Box<Ed25519KeyPair>),
}

/// As long as a run may take.
const TTL: &str = "24h";

impl Method {
    /// Tokens that the members remember.
    pub fn simple() -> Self {
        Self { name: "simple", signer: Signer::Simple, public: Vec::new(), dir: None }
    }

    /// Tokens that are signed, with fresh keys.
    pub fn signed(name: &'static str) -> Self {
        let (signer, private, public) = match &name[..2] {
            "HS" => {
                let secret = b"what only the members know".repeat(3);
                (Signer::Hmac(Box::new(hmac::Key::new(hmac_of(name), &secret))), secret, Vec::new())
            }
            _ => key_pair(name),
        };
        let dir = TempDir::new().expect("a temporary folder");
        std::fs::write(dir.path().join("private"), private).expect("a key is written");
        std::fs::write(dir.path().join("public"), &public).expect("a key is written");
        Self { name, signer, public, dir: Some(dir) }
    }

    pub fn is_signed(&self) -> bool {
        self.dir.is_some()
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What a member is told of it.
    pub fn flags(&self) -> Vec<String> {
        let file = |name: &str| self.dir.as_ref().map_or(PathBuf::new(), |dir| dir.path().join(name));
        let (private, public) = (file("private"), file("public"));
        let options = match &self.signer {
            Signer::Simple => return vec!["--auth-token=simple".into(), "--auth-token-ttl=86400".into()],
            Signer::Hmac(_) => format!("priv-key={}", private.display()),
            _ => format!("pub-key={},priv-key={}", public.display(), private.display()),
        };
        vec![format!("--auth-token=jwt,sign-method={},{options},ttl={TTL}", self.name)]
    }

    /// The signature of a message; of one by another method if there is no key.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.signer {
            Signer::Simple => Vec::new(),
            Signer::Hmac(key) => hmac::sign(key, message).as_ref().to_vec(),
            Signer::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &random, message, &mut signature).expect("a signature");
                signature
            }
            Signer::Ecdsa(pair) => pair.sign(&random, message).expect("a signature").as_ref().to_vec(),
            Signer::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }
}

fn hmac_of(name: &str) -> hmac::Algorithm {
    match name {
        "HS256" => hmac::HMAC_SHA256,
        "HS384" => hmac::HMAC_SHA384,
        _ => hmac::HMAC_SHA512,
    }
}

/// The signer, the private and the public key.
fn key_pair(name: &str) -> (Signer, Vec<u8>, Vec<u8>) {
    let elliptic = |kind: &'static SignatureAlgorithm, signing: &'static EcdsaSigningAlgorithm| {
        let pair = KeyPair::generate_for(kind).expect("a key");
        let signer = EcdsaKeyPair::from_pkcs8(signing, pair.serialized_der()).expect("a key");
        (Signer::Ecdsa(Box::new(signer)), pair)
    };
    let rsa = |encoding: &'static dyn RsaEncoding| {
        let pair = KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_2048).expect("a key");
        let signer = RsaKeyPair::from_pkcs8(pair.serialized_der()).expect("a key");
        (Signer::Rsa(Box::new(signer), encoding), pair)
    };
    let (signer, pair) = match name {
        "RS256" => rsa(&signature::RSA_PKCS1_SHA256),
        "RS384" => rsa(&signature::RSA_PKCS1_SHA384),
        "RS512" => rsa(&signature::RSA_PKCS1_SHA512),
        "PS256" => rsa(&signature::RSA_PSS_SHA256),
        "PS384" => rsa(&signature::RSA_PSS_SHA384),
        "PS512" => rsa(&signature::RSA_PSS_SHA512),
        "ES256" => elliptic(&rcgen::PKCS_ECDSA_P256_SHA256, &signature::ECDSA_P256_SHA256_FIXED_SIGNING),
        "ES384" => elliptic(&rcgen::PKCS_ECDSA_P384_SHA384, &signature::ECDSA_P384_SHA384_FIXED_SIGNING),
        "ES512" => elliptic(&rcgen::PKCS_ECDSA_P521_SHA512, &signature::ECDSA_P521_SHA512_FIXED_SIGNING),
        _ => {
            let pair = KeyPair::generate_for(&rcgen::PKCS_ED25519).expect("a key");
            let signer = Ed25519KeyPair::from_pkcs8(pair.serialized_der()).expect("a key");
            (Signer::Ed(Box::new(signer)), pair)
        }
    };
    (signer, pair.serialize_pem().into_bytes(), pair.public_key_pem().into_bytes())
}

//! Is a certificate vouched for?
//!
//! ```text
//!   what was shown --> read --> its time --> is it itself trusted? ------------------> yes
//!                                              | no
//!                                              +-- usual --> webpki, from it to a trusted signer
//!                                              '-- odd   --> the same, step by step, with fewer things allowed
//! ```
//!
//! The library that checks chains refuses what Go accepts and what people have: certificates of version 1 (`openssl x509
//! -req` without extensions makes them), those of an authority that are shown as one's own, and those for any purpose. Only
//! they take the second way, where whatever limits a signer in a way that is not understood there is a refusal.

use super::{
    authorities::Authorities,
    certificate::{Certificate, Purposes},
    der,
};
use rustls::{
    CertificateError, Error,
    client::verify_server_cert_signed_by_trust_anchor,
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms},
    pki_types::{CertificateDer, UnixTime},
    server::{ParsedCertificate, WebPkiClientVerifier},
};
use std::sync::Arc;

/// Whose certificate it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side<'a> {
    /// That of the server of that name.
    Server(&'a str),
    /// A client's.
    Client,
}

/// Why a certificate is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Refused {
    /// What the other side is told.
    pub kind: RefusedKind,
    /// In Go's words.
    pub text: String,
}

/// What the other side is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusedKind {
    /// Nobody who is trusted signed it.
    UnknownAuthority,
    /// It is too early or too late for it.
    Expired,
    /// It cannot be read.
    Malformed,
    /// Anything else.
    Other,
}

impl Refused {
    fn new(kind: RefusedKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }
}

/// Signatures tried for one certificate at most: names that repeat must not cost more than that.
const SIGNATURES: usize = 100;
/// Authorities between a certificate and a trusted one.
const STEPS: usize = 8;

/// Checks what was shown: the certificate, then those that may be needed to get to one that is trusted.
///
/// # Errors
/// Why it is not accepted.
pub fn check(
    shown: &[CertificateDer<'_>],
    trusted: &Authorities,
    side: Side<'_>,
    now: UnixTime,
    provider: &Arc<CryptoProvider>,
) -> Result<Certificate, Refused> {
    let read = |der: &CertificateDer<'_>| {
        Certificate::read(der).map_err(|error| Refused::new(RefusedKind::Malformed, error.to_string()))
    };
    let mut certificates = shown.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    if certificates.is_empty() {
        return Err(Refused::new(RefusedKind::Malformed, "no certificate"));
    }
    let others = certificates.split_off(1);
    let Some(own) = certificates.pop() else { return Err(Refused::new(RefusedKind::Malformed, "no certificate")) };
    let now_s = now.as_secs() as i64;
    own.check_time(now_s).map_err(|text| Refused::new(RefusedKind::Expired, text))?;
    if own.extensions.has_riddles {
        return Err(Refused::new(RefusedKind::Other, "x509: unhandled critical extension"));
    }
    if let Side::Server(host) = side {
        own.check_host(host).map_err(|text| Refused::new(RefusedKind::Other, text))?;
    }
    if trusted.certificates().iter().any(|known| known.der() == own.der()) {
        return if own.is_for(side) { Ok(own) } else { Err(wrong_purpose()) };
    }
    let is_signed = match own.is_odd() {
        true => Climb { trusted, others: &others, side, now_s, tries: SIGNATURES, provider }.up(&own, 0),
        false => usual(&own, &others, trusted, side, now, provider)?,
    };
    match is_signed {
        false => Err(Refused::new(RefusedKind::UnknownAuthority, unknown(&own, &others, trusted, now_s))),
        true if !own.is_for(side) => Err(wrong_purpose()),
        true => Ok(own),
    }
}

fn wrong_purpose() -> Refused {
    Refused::new(RefusedKind::Other, "x509: certificate specifies an incompatible key usage")
}

/// Asks the library. False: by nobody who is trusted.
fn usual(
    own: &Certificate,
    others: &[Certificate],
    trusted: &Authorities,
    side: Side<'_>,
    now: UnixTime,
    provider: &Arc<CryptoProvider>,
) -> Result<bool, Refused> {
    let signers = trusted.signers_at(now.as_secs() as i64);
    if signers.is_empty() {
        return Ok(false);
    }
    let others: Vec<CertificateDer<'_>> = others.iter().map(|other| other.der().clone()).collect();
    let checked = match side {
        Side::Client => WebPkiClientVerifier::builder_with_provider(signers, provider.clone())
            .build()
            .map_err(|error| Error::General(error.to_string()))
            .and_then(|verifier| verifier.verify_client_cert(own.der(), &others, now).map(drop)),
        Side::Server(_) => ParsedCertificate::try_from(own.der()).and_then(|own| {
            let algorithms = provider.signature_verification_algorithms.all;
            verify_server_cert_signed_by_trust_anchor(&own, &signers, &others, now, algorithms)
        }),
    };
    match checked {
        Ok(()) => Ok(true),
        Err(Error::InvalidCertificate(error)) => match error {
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => Err(wrong_purpose()),
            CertificateError::BadEncoding => Err(Refused::new(RefusedKind::Malformed, "x509: malformed certificate")),
            CertificateError::Other(reason) => Err(Refused::new(RefusedKind::Other, format!("x509: {reason}"))),
            _ => Ok(false),
        },
        Err(error) => Err(Refused::new(RefusedKind::Other, format!("x509: {error}"))),
    }
}

/// Go's words, with whom it could have been.
fn unknown(own: &Certificate, others: &[Certificate], trusted: &Authorities, now_s: i64) -> String {
    const UNKNOWN: &str = "x509: certificate signed by unknown authority";
    let mut candidates = trusted.certificates().iter().chain(others);
    let Some(candidate) = candidates.find(|candidate| candidate.subject == own.issuer) else { return UNKNOWN.into() };
    let reason = match (candidate.check_time(now_s), candidate.key_kind()) {
        (Err(text), _) => text,
        (_, KeyKind::Rsa) => "crypto/rsa: verification error".into(),
        (_, KeyKind::Ecdsa) => "x509: ECDSA verification failure".into(),
        (_, KeyKind::Ed25519) => "x509: Ed25519 verification failure".into(),
        (_, KeyKind::Unknown) => "x509: cannot verify signature: algorithm unimplemented".into(),
    };
    let name = &candidate.common_name;
    format!(
        "{UNKNOWN} (possibly because of {reason:?} while trying to verify candidate authority certificate {name:?})"
    )
}

/// A way up, step by step.
struct Climb<'a> {
    trusted: &'a Authorities,
    others: &'a [Certificate],
    side: Side<'a>,
    now_s: i64,
    /// Signatures that may still be tried.
    tries: usize,
    provider: &'a Arc<CryptoProvider>,
}

impl Climb<'_> {
    /// Is there a way from this certificate to a trusted one? There are `below` authorities on the way so far.
    fn up(&mut self, from: &Certificate, below: usize) -> bool {
        let (trusted, others) = (self.trusted, self.others);
        if trusted.certificates().iter().any(|signer| self.is_step(from, signer, below)) {
            return true;
        }
        below < STEPS
            && others.iter().any(|signer| {
                let is_authority = signer.extensions.authority.is_some_and(|(is_authority, _)| is_authority);
                is_authority && self.is_step(from, signer, below) && self.up(signer, below + 1)
            })
    }

    fn is_step(&mut self, from: &Certificate, signer: &Certificate, below: usize) -> bool {
        let says = &signer.extensions;
        let may = signer.subject == from.issuer
            && signer.may_sign()
            && signer.is_for(self.side)
            && signer.check_time(self.now_s).is_ok()
            && !says.has_riddles
            && !says.limits_names
            && says.authority.and_then(|(_, most)| most).is_none_or(|most| below <= most as usize);
        if !may || self.tries == 0 {
            return false;
        }
        self.tries -= 1;
        is_signed_by(from, signer, &self.provider.signature_verification_algorithms)
    }
}

fn is_signed_by(certificate: &Certificate, signer: &Certificate, known: &WebPkiSupportedAlgorithms) -> bool {
    let Some(signed) = der::signed(certificate.der()) else { return false };
    let Some((key_algorithm, key)) = der::public_key(&signer.key_info) else { return false };
    known.all.iter().any(|algorithm| {
        algorithm.signature_alg_id().as_ref() == signed.algorithm
            && algorithm.public_key_alg_id().as_ref() == key_algorithm
            && algorithm.verify_signature(key, signed.message, signed.signature).is_ok()
    })
}

/// What a public key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyKind {
    Rsa,
    Ecdsa,
    Ed25519,
    Unknown,
}

impl Certificate {
    /// Does the library that checks chains refuse it for what it is?
    fn is_odd(&self) -> bool {
        let is_authority = self.extensions.authority.is_some_and(|(is_authority, _)| is_authority);
        !self.extensions.are_possible || is_authority || self.extensions.purposes.is_some_and(|purposes| purposes.any)
    }

    fn is_for(&self, side: Side<'_>) -> bool {
        self.extensions.purposes.is_none_or(|Purposes { server, client, any }| match side {
            Side::Server(_) => server || any,
            Side::Client => client || any,
        })
    }

    /// What its key is for.
    pub(super) fn key_kind(&self) -> KeyKind {
        const RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
        const ECDSA: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
        const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];
        match der::public_key(&self.key_info) {
            Some((algorithm, _)) if algorithm.starts_with(RSA) => KeyKind::Rsa,
            Some((algorithm, _)) if algorithm.starts_with(ECDSA) => KeyKind::Ecdsa,
            Some((algorithm, _)) if algorithm.starts_with(ED25519) => KeyKind::Ed25519,
            _ => KeyKind::Unknown,
        }
    }
}

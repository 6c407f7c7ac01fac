//! A certificate with its key, from two files that may be replaced at any time.
//!
//! Two files cannot be replaced at one stroke. Whoever looks in between sees a certificate and a key that do not belong
//! together, or half a file: then what was read before still counts.

use super::{
    certificate::Certificate,
    der,
    error::TlsError,
    file::{self, Understood},
    pem,
};
use rustls::{
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer},
    sign::{CertifiedKey, SigningKey},
};
use std::{path::PathBuf, sync::Arc};

/// The files of a certificate and of its key.
#[derive(Clone, Debug)]
pub struct PairFiles {
    /// The certificate, and those that may be needed to get to one that others trust.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    last: Arc<Understood<Pair>>,
}

impl PartialEq for PairFiles {
    fn eq(&self, other: &Self) -> bool {
        (&self.certificate, &self.key) == (&other.certificate, &other.key)
    }
}

impl Eq for PairFiles {}

/// What they hold.
#[derive(Debug)]
pub struct Pair {
    /// For handshakes.
    pub certified: Arc<CertifiedKey>,
    /// The certificate.
    pub certificate: Certificate,
}

/// A pair, and what was wrong with newer files, if anything was.
#[derive(Debug)]
pub struct Found {
    /// The pair.
    pub pair: Arc<Pair>,
    /// Why it is not that of the files as they are now.
    pub trouble: Option<TlsError>,
}

impl PairFiles {
    /// Reads nothing yet.
    pub fn new(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Self { certificate: certificate.into(), key: key.into(), last: Arc::default() }
    }

    /// What the files hold now.
    ///
    /// # Errors
    /// In Go's words.
    pub fn read(&self, provider: &CryptoProvider) -> Result<Arc<Pair>, TlsError> {
        let bytes = vec![file::read(&self.certificate)?, file::read(&self.key)?];
        self.last.of(bytes, |files| Pair::read(&files[0], &files[1], provider))
    }

    /// What the files hold now, or held when they were of use.
    ///
    /// # Errors
    /// They never were.
    pub fn current(&self, provider: &CryptoProvider) -> Result<Found, TlsError> {
        match (self.read(provider), self.last.last()) {
            (Ok(pair), _) => Ok(Found { pair, trouble: None }),
            (Err(error), Some(pair)) => Ok(Found { pair, trouble: Some(error) }),
            (Err(error), None) => Err(error),
        }
    }
}

impl Pair {
    /// Reads a certificate and a key, in PEM.
    fn read(certificate: &[u8], key: &[u8], provider: &CryptoProvider) -> Result<Self, TlsError> {
        let chain = chain(certificate)?;
        let key = key_block(key)?;
        let own = chain.first().map_or_else(|| Certificate::read(&[]), |der| Certificate::read(der))?;
        let key = load(&key, provider)?;
        check_match(&own, &*key)?;
        Ok(Self { certified: Arc::new(CertifiedKey::new(chain, key)), certificate: own })
    }
}

fn chain(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let (found, others): (Vec<_>, Vec<_>) =
        pem::blocks(pem).into_iter().partition(|block| block.label == "CERTIFICATE");
    if !found.is_empty() {
        return Ok(found.into_iter().map(|block| CertificateDer::from(block.bytes)).collect());
    }
    let labels: Vec<String> = others.into_iter().map(|block| block.label).collect();
    let text = match &labels[..] {
        [] => "tls: failed to find any PEM data in certificate input".to_owned(),
        [one] if one.ends_with("PRIVATE KEY") => {
            "tls: failed to find certificate PEM data in certificate input, but did \
                                                  find a private key; PEM inputs may have been switched"
                .to_owned()
        }
        _ => format!(
            "tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM blocks of the \
             following types: [{}]",
            labels.join(" ")
        ),
    };
    Err(TlsError::Material(text))
}

fn key_block(pem: &[u8]) -> Result<Vec<u8>, TlsError> {
    let mut labels = Vec::new();
    for block in pem::blocks(pem) {
        if block.label == "PRIVATE KEY" || block.label.ends_with(" PRIVATE KEY") {
            return Ok(block.bytes);
        }
        labels.push(block.label);
    }
    let text = match &labels[..] {
        [] => "tls: failed to find any PEM data in key input".to_owned(),
        [one] if one == "CERTIFICATE" => {
            "tls: found a certificate rather than a key in the PEM for the private key".to_owned()
        }
        _ => format!(
            "tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after skipping PEM blocks of \
             the following types: [{}]",
            labels.join(" ")
        ),
    };
    Err(TlsError::Material(text))
}

/// A key in any of its three forms, whatever the block says it is.
fn load(der: &[u8], provider: &CryptoProvider) -> Result<Arc<dyn SigningKey>, TlsError> {
    let forms: [PrivateKeyDer<'static>; 3] = [
        PrivatePkcs1KeyDer::from(der.to_vec()).into(),
        PrivatePkcs8KeyDer::from(der.to_vec()).into(),
        PrivateSec1KeyDer::from(der.to_vec()).into(),
    ];
    let keys = forms.into_iter().filter_map(|form| provider.key_provider.load_private_key(form).ok());
    keys.into_iter().next().ok_or_else(|| TlsError::material("tls: failed to parse private key"))
}

fn check_match(own: &Certificate, key: &dyn SigningKey) -> Result<(), TlsError> {
    let Some(info) = key.public_key() else { return Ok(()) };
    let (Some((own_algorithm, own_key)), Some((algorithm, key))) =
        (der::public_key(&own.key_info), der::public_key(&info))
    else {
        return Err(TlsError::material("tls: unknown public key algorithm"));
    };
    if der::kind_of(own_algorithm) != der::kind_of(algorithm) {
        return Err(TlsError::material("tls: private key type does not match public key type"));
    }
    if own_key != key {
        return Err(TlsError::material("tls: private key does not match public key"));
    }
    Ok(())
}

//! Who may vouch for others: the certificates of `--trusted-ca-file`, or those that the system trusts.

use super::{certificate::Certificate, error::TlsError, pem};
use rustls::{DistinguishedName, RootCertStore};
use std::sync::{Arc, LazyLock};

/// A set of trusted certificates.
#[derive(Clone, Debug)]
pub struct Authorities {
    certificates: Vec<Certificate>,
    /// Of them those that may sign others.
    signers: Arc<RootCertStore>,
    /// The last second at which all of them are valid, and the first.
    valid_s: (i64, i64),
}

/// Read once: the system's change with its packages.
static SYSTEM: LazyLock<Arc<Authorities>> = LazyLock::new(|| {
    let found = rustls_native_certs::load_native_certs();
    let certificates = found.certs.iter().filter_map(|der| Certificate::read(der).ok());
    Arc::new(Authorities::new(certificates.collect()))
});

impl Authorities {
    fn new(certificates: Vec<Certificate>) -> Self {
        let signers = Arc::new(store(certificates.iter()));
        let first = certificates.iter().map(|certificate| certificate.not_before_s).max();
        let last = certificates.iter().map(|certificate| certificate.not_after_s).min();
        Self { certificates, signers, valid_s: (first.unwrap_or(i64::MIN), last.unwrap_or(i64::MAX)) }
    }

    /// Reads a file of PEM blocks, each of which must be a certificate; none is nobody, as in etcd.
    ///
    /// # Errors
    /// In Go's words.
    pub fn read(pem: &[u8]) -> Result<Self, TlsError> {
        let certificates: Result<Vec<_>, _> =
            pem::blocks(pem).iter().map(|block| Certificate::read(&block.bytes)).collect();
        Ok(Self::new(certificates?))
    }

    /// Those that the system trusts.
    pub fn of_system() -> Arc<Self> {
        SYSTEM.clone()
    }

    /// All of them.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Their names, for those who may choose a certificate by them.
    pub fn names(&self) -> Vec<DistinguishedName> {
        self.signers.subjects()
    }

    /// Those that may sign others, and are valid at this second since 1970.
    pub fn signers_at(&self, now_s: i64) -> Arc<RootCertStore> {
        if (self.valid_s.0..=self.valid_s.1).contains(&now_s) {
            return self.signers.clone();
        }
        Arc::new(store(self.certificates.iter().filter(|certificate| certificate.check_time(now_s).is_ok())))
    }
}

fn store<'a>(certificates: impl Iterator<Item = &'a Certificate>) -> RootCertStore {
    let mut store = RootCertStore::empty();
    for certificate in certificates.filter(|certificate| certificate.may_sign()) {
        // One that the library does not understand vouches for nobody.
        let _ = store.add(certificate.der().clone());
    }
    store
}

impl Certificate {
    /// May it sign other certificates? Early ones, which cannot say, may.
    pub(super) fn may_sign(&self) -> bool {
        let is_authority = match self.extensions.authority {
            Some((is_authority, _)) => is_authority,
            None => !self.extensions.are_possible,
        };
        is_authority && self.extensions.signs != Some(false)
    }
}

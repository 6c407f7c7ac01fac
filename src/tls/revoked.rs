//! Lists of revoked certificates (`--client-crl-file`, `--peer-crl-file`): the numbers on them, whoever issued them, as etcd
//! reads them.

use super::{
    certificate::{Certificate, significant},
    error::TlsError,
    pem,
};
use std::collections::BTreeSet;
use x509_parser::{prelude::FromDer, revocation_list::CertificateRevocationList};

/// The numbers of revoked certificates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revoked {
    serials: BTreeSet<Vec<u8>>,
}

impl Revoked {
    /// Reads a list in DER, or lists in PEM, which earlier etcds took.
    ///
    /// # Errors
    /// In Go's words.
    pub fn read(bytes: &[u8]) -> Result<Self, TlsError> {
        let blocks = pem::blocks(bytes);
        let lists: Vec<&[u8]> = match blocks.is_empty() {
            true => vec![bytes],
            false => blocks.iter().map(|block| &block.bytes[..]).collect(),
        };
        let mut serials = BTreeSet::new();
        for list in lists {
            let malformed = |_| TlsError::material("x509: malformed crl");
            let (_, list) = CertificateRevocationList::from_der(list).map_err(malformed)?;
            serials.extend(list.iter_revoked_certificates().map(|one| significant(one.raw_serial()).to_vec()));
        }
        Ok(Self { serials })
    }

    /// Is none of these on the list?
    ///
    /// # Errors
    /// The first that is, in etcd's words.
    pub fn check<'a>(&self, shown: impl IntoIterator<Item = &'a Certificate>) -> Result<(), String> {
        match shown.into_iter().find(|certificate| self.serials.contains(&certificate.serial)) {
            None => Ok(()),
            Some(certificate) => {
                let serial: String = certificate.serial.iter().map(|byte| format!("{byte:02x}")).collect();
                Err(format!("transport: certificate serial {serial} revoked"))
            }
        }
    }
}

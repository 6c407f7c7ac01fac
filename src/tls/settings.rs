//! What one kind of port is told of TLS: that for clients, or that for members. Both are told the same things.

use super::{client::ClientSettings, suites::Speech};
use std::{fmt, path::PathBuf};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsSettings {
    /// Certificate to show to those who come in; and to those who are dialled, if there is no other for that.
    pub cert: Option<PathBuf>,
    /// Its key.
    pub key: Option<PathBuf>,
    /// Certificate to show to those who are dialled.
    pub client_cert: Option<PathBuf>,
    /// Its key.
    pub client_key: Option<PathBuf>,
    /// Authorities that others' certificates must come from.
    pub trusted_ca: Option<PathBuf>,
    /// Those who come in must show a certificate, and are known by it.
    pub client_cert_auth: bool,
    /// List of certificates that are revoked.
    pub crl: Option<PathBuf>,
    /// Common names of which a certificate must have one.
    pub allowed_names: Vec<String>,
    /// Host names of which a certificate must be for one.
    pub allowed_hosts: Vec<String>,
    /// Members need not come from an address that their certificate is for.
    pub skip_address_check: bool,
    /// Versions and suites.
    pub speech: Speech,
    /// The certificate was made here: nobody can check it, so nobody does.
    pub is_own: bool,
}

impl TlsSettings {
    /// Is there no certificate? Then nothing is said of TLS, as etcd sees it.
    pub fn is_empty(&self) -> bool {
        self.cert.is_none() && self.key.is_none()
    }

    /// Must those who come in show a certificate?
    pub fn wants_certificates(&self) -> bool {
        self.client_cert_auth || self.trusted_ca.is_some()
    }

    /// What is told to the side that dials.
    pub fn for_dialling(&self) -> ClientSettings {
        let (cert, key) = match &self.client_cert {
            Some(_) => (&self.client_cert, &self.client_key),
            None => (&self.cert, &self.key),
        };
        ClientSettings {
            ca: self.trusted_ca.clone(),
            cert: cert.clone(),
            key: key.clone(),
            server_name: None,
            insecure_skip_verify: self.is_own,
            allowed_names: self.allowed_names.clone(),
            allowed_hosts: self.allowed_hosts.clone(),
            speech: self.speech.clone(),
        }
    }
}

/// As etcd has it in its log.
impl fmt::Display for TlsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        write!(
            f,
            "cert = {}, key = {}, client-cert={}, client-key={}, trusted-ca = {}, client-cert-auth = {}, crl-file = {}",
            path(&self.cert),
            path(&self.key),
            path(&self.client_cert),
            path(&self.client_key),
            path(&self.trusted_ca),
            self.client_cert_auth,
            path(&self.crl),
        )
    }
}

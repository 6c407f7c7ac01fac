//! The side that is dialled.
//!
//! Everything on disk is looked at for every connection. What was understood before is kept, so that files that have not
//! changed cost no more than to be read.

use super::{
    authorities::Authorities,
    certificate::Certificate,
    chain::{self, Refused, RefusedKind, Side},
    client::{current_authorities, half},
    error::TlsError,
    file::{self, Understood},
    pair::{Pair, PairFiles},
    revoked::Revoked,
    settings::TlsSettings,
    signature, text,
};
use crate::{
    clock::{Clock, Now},
    limits::TLS_LIST_GRACE,
};
use parking_lot::Mutex;
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, ServerConfig, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, UnixTime},
    server::{
        NoServerSessionStorage, WebPkiClientVerifier,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
    sign::SingleCertAndKey,
};
use std::{fmt, io, sync::Arc};

/// What takes connections with TLS. Clones share what they have read.
#[derive(Clone)]
pub struct ServerTls(Arc<Shared>);

struct Shared {
    settings: TlsSettings,
    provider: Arc<CryptoProvider>,
    pair: PairFiles,
    /// That for dialling, which must be right, too.
    other_pair: Option<PairFiles>,
    trusted: Understood<Authorities>,
    revoked: Understood<Revoked>,
    /// Since when the list is of no use; none while it is.
    bad_since: Mutex<Option<Now>>,
    clock: Clock,
    /// For connections that show no certificate, with the pair that it was made of: these share what lets them come back
    /// quickly. Locked for a copy only.
    plain: Mutex<Option<(Arc<Pair>, Arc<ServerConfig>)>>,
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.settings.fmt(f)
    }
}

/// What a connection's certificate is held against beside those who vouch for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// The list is looked at when the handshake is done: the connection then ends without a word, as etcd ends it.
    Afterwards,
    /// The list is looked at in the handshake, and the other side is told. etcd does so where gRPC alone is served.
    Within,
}

impl ServerTls {
    /// Reads the files once, so that what is wrong with them is known at the start.
    ///
    /// # Errors
    /// In etcd's words.
    pub fn new(settings: TlsSettings) -> Result<Self, TlsError> {
        settings.speech.check()?;
        let provider = settings.speech.provider();
        let pair = match (&settings.cert, &settings.key) {
            (Some(cert), Some(key)) => PairFiles::new(cert, key),
            (cert, key) => return Err(half("KeyFile and CertFile must both be present", key, cert)),
        };
        pair.read(&provider)?;
        let other_pair = match (&settings.client_cert, &settings.client_key) {
            (Some(cert), Some(key)) => Some(PairFiles::new(cert, key)),
            (None, None) => None,
            (cert, key) => return Err(half_of_clients(cert, key)),
        };
        if let Some(pair) = &other_pair {
            pair.read(&provider)?;
        }
        if !settings.allowed_names.is_empty() && !settings.allowed_hosts.is_empty() {
            return Err(TlsError::Settings(format!(
                "AllowedCNs and AllowedHostnames are mutually exclusive (cns={}, hostnames={})",
                list(&settings.allowed_names),
                list(&settings.allowed_hosts)
            )));
        }
        let tls = Self(Arc::new(Shared {
            settings,
            provider,
            pair,
            other_pair,
            trusted: Understood::default(),
            revoked: Understood::default(),
            bad_since: Mutex::default(),
            clock: Clock::start(),
            plain: Mutex::default(),
        }));
        tls.trusted()?;
        Ok(tls)
    }

    /// What it was told.
    pub fn settings(&self) -> &TlsSettings {
        &self.0.settings
    }

    /// The certificates in use, with the names of their files: that which is shown, and that which is shown when dialling.
    pub fn certificates(&self) -> Vec<(String, Arc<Pair>)> {
        let pairs = [Some(&self.0.pair), self.0.other_pair.as_ref()].into_iter().flatten();
        let read = |files: &PairFiles| {
            let found = files.current(&self.0.provider).ok()?;
            Some((files.certificate.display().to_string(), found.pair))
        };
        pairs.filter_map(read).collect()
    }

    fn trusted(&self) -> Result<Arc<Authorities>, TlsError> {
        match &self.0.settings.trusted_ca {
            None => Ok(Authorities::of_system()),
            Some(path) => current_authorities(&self.0.trusted, path),
        }
    }

    /// The list as it is now; none if there is none.
    fn revoked(&self) -> Result<Option<Arc<Revoked>>, TlsError> {
        let Some(path) = &self.0.settings.crl else { return Ok(None) };
        let read = file::read(path).and_then(|bytes| self.0.revoked.of(vec![bytes], |files| Revoked::read(&files[0])));
        let mut bad_since = self.0.bad_since.lock();
        match (read, self.0.revoked.last()) {
            (Ok(list), _) => {
                *bad_since = None;
                Ok(Some(list))
            }
            (Err(error), Some(last)) => {
                let now = self.0.clock.now();
                let since = *bad_since.get_or_insert(now);
                if now.saturating_sub(since) < TLS_LIST_GRACE { Ok(Some(last)) } else { Err(error) }
            }
            (Err(error), None) => Err(error),
        }
    }

    /// Prepares for a connection, by what is on disk now. Reads files.
    ///
    /// # Errors
    /// The files are of no use, and never were.
    pub fn accept(&self, revocation: Revocation) -> Result<Accepting, TlsError> {
        let shared = &self.0;
        let found = shared.pair.current(&shared.provider)?;
        if let Some(error) = &found.trouble {
            let message = if error.is_missing() {
                "failed to find peer cert files; those that were read before are shown"
            } else {
                "failed to create peer certificate; that which was read before is shown"
            };
            tracing::warn!(
                "cert-file" = %shared.pair.certificate.display(),
                "key-file" = %shared.pair.key.display(),
                %error,
                "{message}"
            );
        }
        let refused = Arc::new(Mutex::new(None));
        let config = match shared.settings.wants_certificates() {
            false => self.plain_config(found.pair)?,
            true => {
                let trusted = self.trusted()?;
                // Who is asked for a certificate of anybody whom the system trusts is not told of all of them.
                let names = shared.settings.trusted_ca.as_ref().map(|_| trusted.names()).unwrap_or_default();
                let check = ClientCheck { tls: self.clone(), trusted, names, revocation, refused: refused.clone() };
                let mut config = self.config(&found.pair, Arc::new(check))?;
                // Whoever comes back is looked at as whoever comes: what vouched for him may count no more.
                config.session_storage = Arc::new(NoServerSessionStorage {});
                config.send_tls13_tickets = 0;
                Arc::new(config)
            }
        };
        Ok(Accepting { config, tls: self.clone(), revocation, refused })
    }

    fn plain_config(&self, pair: Arc<Pair>) -> Result<Arc<ServerConfig>, TlsError> {
        if let Some((of, config)) = &*self.0.plain.lock()
            && Arc::ptr_eq(of, &pair)
        {
            return Ok(config.clone());
        }
        let config = Arc::new(self.config(&pair, WebPkiClientVerifier::no_client_auth())?);
        *self.0.plain.lock() = Some((pair, config.clone()));
        Ok(config)
    }

    fn config(&self, pair: &Pair, check: Arc<dyn ClientCertVerifier>) -> Result<ServerConfig, TlsError> {
        let builder = ServerConfig::builder_with_provider(self.0.provider.clone());
        let versions = self.0.settings.speech.versions();
        let builder = builder.with_protocol_versions(&versions);
        let builder = builder.map_err(|error| TlsError::Settings(format!("tls: {error}")))?;
        let resolver = Arc::new(SingleCertAndKey::from(pair.certified.clone()));
        let mut config = builder.with_client_cert_verifier(check).with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}

fn half_of_clients(cert: &Option<std::path::PathBuf>, key: &Option<std::path::PathBuf>) -> TlsError {
    let shown =
        |path: &Option<std::path::PathBuf>| path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    // The bracket has no other half in etcd either.
    TlsError::Settings(format!(
        "ClientKeyFile and ClientCertFile must both be present or both absent: key: {}, cert: {}]",
        shown(key),
        shown(cert)
    ))
}

/// A list as Go prints it quoted.
fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    format!("[{}]", quoted.join(" "))
}

/// Why somebody was turned away, and the certificate that he showed, if others vouched for it.
#[derive(Debug)]
pub struct Turned {
    /// In Go's words.
    pub text: String,
    /// What he showed.
    pub certificate: Option<Box<Certificate>>,
}

/// A connection about to be taken.
#[derive(Debug)]
pub struct Accepting {
    /// For the handshake.
    pub config: Arc<ServerConfig>,
    tls: ServerTls,
    revocation: Revocation,
    refused: Arc<Mutex<Option<Turned>>>,
}

impl Accepting {
    /// Why the handshake failed, in Go's words, and the certificate that was shown, if it was understood.
    pub fn explain(&self, error: &io::Error) -> Turned {
        let turned = self.refused.lock().take();
        turned.unwrap_or_else(|| Turned { text: text::of_handshake(error), certificate: None })
    }

    /// After the handshake: who it is, if he had to say so.
    ///
    /// # Errors
    /// His certificate is revoked, or nobody can tell, in etcd's words.
    pub fn finish(&self, shown: Option<&[CertificateDer<'_>]>) -> Result<Option<Certificate>, String> {
        let certificates = shown.unwrap_or_default().iter().map(|der| Certificate::read(der));
        let certificates = certificates.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
        if self.revocation == Revocation::Afterwards && !certificates.is_empty() {
            self.tls.check_revoked(&certificates)?;
        }
        Ok(certificates.into_iter().next())
    }
}

impl ServerTls {
    fn check_revoked(&self, shown: &[Certificate]) -> Result<(), String> {
        match self.revoked() {
            Ok(None) => Ok(()),
            Ok(Some(list)) => list.check(shown),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// Looks at a client's certificate.
#[derive(Debug)]
struct ClientCheck {
    tls: ServerTls,
    trusted: Arc<Authorities>,
    names: Vec<DistinguishedName>,
    revocation: Revocation,
    refused: Arc<Mutex<Option<Turned>>>,
}

impl ClientCheck {
    fn check(&self, shown: &[CertificateDer<'_>], now: UnixTime) -> Result<(), (RefusedKind, Turned)> {
        let own = chain::check(shown, &self.trusted, Side::Client, now, &self.tls.0.provider);
        let own = own.map_err(|Refused { kind, text }| {
            let text = match kind {
                RefusedKind::Malformed => format!("tls: failed to parse client certificate: {text}"),
                _ => format!("tls: failed to verify certificate: {text}"),
            };
            (kind, Turned { text, certificate: None })
        })?;
        let TlsSettings { allowed_names, allowed_hosts, .. } = self.tls.settings();
        let refused = |text: String, own| (RefusedKind::Other, Turned { text, certificate: Some(Box::new(own)) });
        if !own.is_allowed(allowed_names, allowed_hosts) {
            return Err(refused("client certificate authentication failed".into(), own));
        }
        if self.revocation == Revocation::Within {
            let others = shown.iter().skip(1).filter_map(|der| Certificate::read(der).ok());
            let all: Vec<Certificate> = std::iter::once(own.clone()).chain(others).collect();
            self.tls.check_revoked(&all).map_err(|text| refused(text, own))?;
        }
        Ok(())
    }
}

impl ClientCertVerifier for ClientCheck {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.names
    }

    fn verify_client_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let shown: Vec<CertificateDer<'_>> = std::iter::once(own).chain(others).cloned().collect();
        self.check(&shown, now).map(|()| ClientCertVerified::assertion()).map_err(|(kind, turned)| {
            *self.refused.lock() = Some(turned);
            // Each makes the library send the alert that Go sends.
            Error::InvalidCertificate(match kind {
                RefusedKind::UnknownAuthority => CertificateError::UnknownIssuer,
                RefusedKind::Expired => CertificateError::Expired,
                RefusedKind::Malformed | RefusedKind::Other => CertificateError::NotValidForName,
            })
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        signature::check_12(message, certificate, signed, &self.tls.0.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        signature::check_13(message, certificate, signed, &self.tls.0.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.tls.0.provider.signature_verification_algorithms.supported_schemes()
    }
}

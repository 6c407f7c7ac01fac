//! The side that dials.
//!
//! Files are read anew for every connection, so that certificates and authorities can be replaced while the program runs.

use super::{
    authorities::Authorities,
    chain::{self, Refused, Side},
    error::TlsError,
    file::{self, Understood},
    pair::PairFiles,
    pem, signature,
    suites::Speech,
    text,
};
use parking_lot::Mutex;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
    sign::SingleCertAndKey,
};
use std::{fmt, io, path::PathBuf, sync::Arc};

/// What a client is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientSettings {
    /// Authorities that servers' certificates must come from; those of the system if there is no file.
    pub ca: Option<PathBuf>,
    /// Certificate to show to servers. It comes with a key, or not at all.
    pub cert: Option<PathBuf>,
    /// Its key.
    pub key: Option<PathBuf>,
    /// The name that servers' certificates must be for; that of the host which is dialled if there is none.
    pub server_name: Option<String>,
    /// Take any certificate.
    pub insecure_skip_verify: bool,
    /// Common names of which a server's certificate must have one; none is any.
    pub allowed_names: Vec<String>,
    /// Host names of which a server's certificate must be for one, beside that which is dialled; none is any.
    pub allowed_hosts: Vec<String>,
    /// Versions and suites.
    pub speech: Speech,
}

/// What dials with TLS. Clones share what they have read.
#[derive(Clone)]
pub struct ClientTls {
    settings: Arc<ClientSettings>,
    pair: Option<PairFiles>,
    trusted: Arc<Understood<Authorities>>,
    provider: Arc<CryptoProvider>,
}

impl fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}

impl PartialEq for ClientTls {
    fn eq(&self, other: &Self) -> bool {
        self.settings == other.settings
    }
}

impl Eq for ClientTls {}

impl Default for ClientTls {
    /// No certificate of its own, and what the system trusts: what `https` means when nothing else is said.
    fn default() -> Self {
        let settings = Arc::new(ClientSettings::default());
        let provider = settings.speech.provider();
        Self { settings, pair: None, trusted: Arc::default(), provider }
    }
}

impl ClientTls {
    /// Reads the files once, so that what is wrong with them is known before anything is dialled.
    ///
    /// # Errors
    /// In the words of etcd's clients.
    pub fn new(settings: ClientSettings) -> Result<Self, TlsError> {
        let tls = Self::unchecked(settings)?;
        if let Some(pair) = &tls.pair {
            pair.read(&tls.provider)?;
        }
        tls.trusted()?;
        Ok(tls)
    }

    /// The same, which finds out when it dials.
    ///
    /// # Errors
    /// A certificate without a key, or the other way round.
    pub fn unchecked(settings: ClientSettings) -> Result<Self, TlsError> {
        let pair = match (&settings.cert, &settings.key) {
            (Some(cert), Some(key)) => Some(PairFiles::new(cert, key)),
            (None, None) => None,
            (cert, key) => return Err(half("KeyFile and CertFile must both be present", key, cert)),
        };
        let provider = settings.speech.provider();
        Ok(Self { settings: Arc::new(settings), pair, trusted: Arc::default(), provider })
    }

    /// What it was told.
    pub fn settings(&self) -> &ClientSettings {
        &self.settings
    }

    /// Who is trusted now; who was trusted, while the file is being written.
    fn trusted(&self) -> Result<Arc<Authorities>, TlsError> {
        match &self.settings.ca {
            None => Ok(Authorities::of_system()),
            Some(path) => current_authorities(&self.trusted, path),
        }
    }

    /// Prepares a connection to that host (a name or an address, without a port), on which one of these protocols is to be
    /// spoken: `h2`, `http/1.1`.
    ///
    /// # Errors
    /// The files are of no use, and never were.
    pub fn dial(&self, host: &str, protocols: &[&str]) -> Result<Dialled, TlsError> {
        let host = self.settings.server_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(host);
        let refused = Arc::new(Mutex::new(None));
        let check = ServerCheck {
            trusted: if self.settings.insecure_skip_verify { None } else { Some(self.trusted()?) },
            settings: self.settings.clone(),
            host: host.to_owned(),
            provider: self.provider.clone(),
            refused: refused.clone(),
        };
        let builder = ClientConfig::builder_with_provider(self.provider.clone())
            .with_protocol_versions(&self.settings.speech.versions())
            .map_err(|error| TlsError::Settings(format!("tls: {error}")))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(check));
        let mut config = match &self.pair {
            None => builder.with_no_client_auth(),
            Some(files) => {
                let found = files.current(&self.provider)?;
                if let Some(error) = &found.trouble {
                    tracing::warn!(
                        "cert-file" = %files.certificate.display(),
                        "key-file" = %files.key.display(),
                        %error,
                        "failed to create client certificate; that which was read before is shown"
                    );
                }
                let certified = found.pair.certified.clone();
                builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(certified)))
            }
        };
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        // Each connection is set up anew, so that each is checked anew.
        config.resumption = Resumption::disabled();
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let name = ServerName::try_from(bare.to_owned()).unwrap_or_else(|_| {
            // A name that cannot be said is not said; the certificate is still compared with it.
            config.enable_sni = false;
            ServerName::IpAddress(std::net::IpAddr::from([127, 0, 0, 1]).into())
        });
        Ok(Dialled { config: Arc::new(config), name, refused })
    }
}

/// The settings name one file of two.
pub(super) fn half(text: &str, key: &Option<PathBuf>, cert: &Option<PathBuf>) -> TlsError {
    let shown = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    TlsError::Settings(format!("{text}[key: {}, cert: {}]", shown(key), shown(cert)))
}

/// The authorities of a file as it is now; as it was when it was whole, if it is not now.
pub(super) fn current_authorities(
    known: &Understood<Authorities>,
    path: &std::path::Path,
) -> Result<Arc<Authorities>, TlsError> {
    let now = file::read(path).and_then(|bytes| match known.last() {
        Some(last) if pem::is_cut_off(&bytes) || bytes.is_empty() => Ok(last),
        _ => known.of(vec![bytes], |files| Authorities::read(&files[0])),
    });
    match (now, known.last()) {
        (Ok(authorities), _) => Ok(authorities),
        (Err(error), Some(last)) => {
            tracing::warn!(
                "ca-file" = %path.display(),
                %error,
                "failed to read authorities; those that were read before are trusted"
            );
            Ok(last)
        }
        (Err(error), None) => Err(error),
    }
}

/// A connection about to be made.
#[derive(Debug)]
pub struct Dialled {
    /// For the handshake.
    pub config: Arc<ClientConfig>,
    /// Who is asked for.
    pub name: ServerName<'static>,
    refused: Arc<Mutex<Option<String>>>,
}

impl Dialled {
    /// Why the handshake failed, in Go's words.
    pub fn explain(&self, error: &io::Error) -> io::Error {
        let refused = self.refused.lock().take();
        io::Error::new(error.kind(), refused.unwrap_or_else(|| text::of_handshake(error)))
    }
}

/// Looks at a server's certificate.
#[derive(Debug)]
struct ServerCheck {
    /// None: any certificate will do.
    trusted: Option<Arc<Authorities>>,
    settings: Arc<ClientSettings>,
    host: String,
    provider: Arc<CryptoProvider>,
    refused: Arc<Mutex<Option<String>>>,
}

impl ServerCheck {
    fn check(&self, trusted: &Authorities, shown: &[CertificateDer<'_>], now: UnixTime) -> Result<(), String> {
        let told = |refused: Refused| match refused.kind {
            chain::RefusedKind::Malformed => format!("tls: failed to parse certificate from server: {refused}"),
            _ => format!("tls: failed to verify certificate: {refused}"),
        };
        let side = Side::Server(&self.host);
        let certificate = chain::check(shown, trusted, side, now, &self.provider).map_err(told)?;
        match certificate.is_allowed(&self.settings.allowed_names, &self.settings.allowed_hosts) {
            true => Ok(()),
            // Of a server, too.
            false => Err("client certificate authentication failed".into()),
        }
    }
}

impl ServerCertVerifier for ServerCheck {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(trusted) = &self.trusted else { return Ok(ServerCertVerified::assertion()) };
        let shown: Vec<CertificateDer<'_>> = std::iter::once(own).chain(others).cloned().collect();
        self.check(trusted, &shown, now).map(|()| ServerCertVerified::assertion()).map_err(|text| {
            *self.refused.lock() = Some(text);
            // What the other side is told: a bad certificate, whatever is wrong with it, as Go does.
            Error::InvalidCertificate(CertificateError::NotValidForName)
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        signature::check_12(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        signature::check_13(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

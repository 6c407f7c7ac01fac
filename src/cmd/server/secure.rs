//! TLS as the ports of a member have it: certificates made where there are to be some, files read once, and what is wrong
//! with them said in etcd's words.

use super::config::ServerConfig;
use crate::{
    clock::Clock,
    limits::TLS_EXPIRY_LOOK,
    tls::{ClientTls, Said, ServerTls, TlsError, TlsSettings, look_at_expiry, make_own},
};
use std::{convert::Infallible, path::Path};

/// Why a member does not start: what etcd says of it, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotStarted {
    /// What etcd says.
    pub message: &'static str,
    /// The reason.
    pub error: String,
}

/// A failure that has no words of its own in etcd.
impl From<String> for NotStarted {
    fn from(error: String) -> Self {
        Self { message: "discovery failed", error }
    }
}

/// TLS on the ports.
#[derive(Debug)]
pub struct Secured {
    /// For clients; none where no port for them has it.
    pub client: Option<ServerTls>,
    /// For members; none where no port for them has it.
    pub peer: Option<ServerTls>,
}

/// Prepares the ports for members, and the way to others.
///
/// # Errors
/// Certificates and the like are of no use.
pub fn peer(config: &mut ServerConfig) -> Result<Option<ServerTls>, NotStarted> {
    let security = &mut config.security;
    if security.auto_peer {
        let hosts = hosts(&config.listen_peer_urls);
        own(&mut security.peer, "peer", &config.member.data_dir, &hosts, security.years)?;
    }
    let settings = &security.peer;
    if !settings.is_empty() {
        log_start("starting with peer TLS", settings);
    }
    for url in config.listen_peer_urls.iter().filter(|url| url.starts_with("http://")) {
        if !settings.is_empty() {
            tracing::warn!(
                "peer-url" = url,
                "scheme is HTTP while key and cert files are present; ignoring key and cert files"
            );
        }
        if settings.client_cert_auth {
            tracing::warn!(
                "peer-url" = url,
                "scheme is HTTP while --peer-client-cert-auth is enabled; ignoring client cert auth for this URL"
            );
        }
    }
    let secure = config.listen_peer_urls.iter().find(|url| is_secure(url));
    let wrong = |error: TlsError| NotStarted::from(error.to_string());
    let listening = match secure {
        None => None,
        Some(url) if settings.is_empty() => {
            let address = url.split_once("://").map_or(url.as_str(), |(_, address)| address);
            let error = format!("cannot listen on TLS for {address}: KeyFile and CertFile are not presented");
            tracing::error!(error, "creating peer listener failed");
            return Err(error.into());
        }
        Some(_) => {
            let tls = ServerTls::new(settings.clone());
            Some(tls.inspect_err(|error| tracing::error!(%error, "creating peer listener failed")).map_err(wrong)?)
        }
    };
    config.member.peer_tls = match settings.is_empty() {
        true => ClientTls::unchecked(settings.for_dialling()).map_err(wrong)?,
        false => ClientTls::new(settings.for_dialling()).map_err(wrong)?,
    };
    Ok(listening)
}

/// Prepares the ports for clients.
///
/// # Errors
/// Certificates and the like are of no use, or there are none.
pub fn client(config: &mut ServerConfig) -> Result<Option<ServerTls>, NotStarted> {
    let (security, web) = (&mut config.security, &config.web);
    let urls: Vec<&String> = config.listen_client_urls.iter().chain(&web.listen_client_http_urls).collect();
    if security.auto_client {
        let hosts: Vec<String> = urls.iter().flat_map(|url| hosts(std::slice::from_ref(*url))).collect();
        own(&mut security.client, "client", &config.member.data_dir, &hosts, security.years)?;
    }
    let settings = &security.client;
    for url in &urls {
        match is_secure(url) {
            true if settings.is_empty() => {
                let error = format!(
                    "TLS key/cert (--cert-file, --key-file) must be provided for client url {url} with HTTPS scheme"
                );
                return Err(error.into());
            }
            true => {}
            false => log_ignored(url, settings),
        }
    }
    if !settings.is_empty() {
        log_start("starting with client TLS", settings);
    }
    let metrics = web.listen_metrics_urls.iter().any(|url| is_secure(url));
    if metrics && settings.is_empty() {
        let error = "client TLS key/cert (--cert-file, --key-file) must be provided for metrics secure url";
        return Err(error.to_owned().into());
    }
    if !metrics && !urls.iter().any(|url| is_secure(url)) {
        return Ok(None);
    }
    if settings.client_cert_auth && settings.trusted_ca.is_none() {
        tracing::warn!("--client-cert-auth is set without --trusted-ca-file: whoever the system trusts is trusted");
    }
    let tls = ServerTls::new(settings.clone());
    tls.map(Some).map_err(|error| NotStarted { message: "listener failed", error: error.to_string() })
}

fn log_ignored(url: &str, settings: &TlsSettings) {
    if !settings.is_empty() {
        tracing::warn!(
            "client-url" = url,
            "scheme is http or unix while key and cert files are present; ignoring key and cert files"
        );
    }
    if settings.client_cert_auth {
        tracing::warn!(
            "client-url" = url,
            "scheme is http or unix while --client-cert-auth is enabled; ignoring client cert auth for this URL"
        );
    }
}

fn log_start(message: &'static str, settings: &TlsSettings) {
    tracing::info!("tls-info" = %settings, "cipher-suites" = ?settings.speech.suites, "{message}");
    let missing = settings.speech.missing();
    if !missing.is_empty() {
        tracing::warn!("cipher-suites" = ?missing, "these TLS cipher suites are not supported here and are left out");
    }
}

/// Makes a certificate, unless one was given. What else was said is forgotten then, as in etcd, but for what is spoken.
fn own(
    settings: &mut TlsSettings,
    endpoint: &'static str,
    data_dir: &Path,
    hosts: &[String],
    years: u64,
) -> Result<(), NotStarted> {
    if !settings.is_empty() {
        tracing::warn!("ignoring {endpoint} auto TLS since certs given");
        return Ok(());
    }
    let message = match endpoint {
        "peer" => "failed to get peer self-signed certs",
        _ => "failed to get client self-signed certs",
    };
    let failed = |error: String| NotStarted { message, error };
    let mut serial = [0; 16];
    getrandom::fill(&mut serial).map_err(|error| failed(error.to_string()))?;
    // A number is positive, and not nought.
    serial[0] = serial[0] & 0x7f | 0x40;
    let dir = data_dir.join("fixtures").join(endpoint);
    let made = make_own(&dir, hosts, years, Clock::start().wall(), serial);
    let made = made.map_err(|error| failed(error.to_string()))?;
    *settings = TlsSettings { speech: settings.speech.clone(), ..made };
    Ok(())
}

/// Does a URL ask for TLS?
pub fn is_secure(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("unixs://")
}

/// `host:port` of URLs; a socket file is a host without a port.
fn hosts(urls: &[String]) -> Vec<String> {
    urls.iter().map(|url| url.split_once("://").map_or(url.as_str(), |(_, host)| host).to_owned()).collect()
}

/// Looks from time to time when the certificates in use expire.
pub async fn watch_expiry(secured: &Secured) -> Infallible {
    let ports = [("client", &secured.client), ("peer", &secured.peer)];
    let ports: Vec<(&str, ServerTls)> =
        ports.into_iter().filter_map(|(name, tls)| Some((name, tls.clone()?))).collect();
    let (clock, mut interval) = (Clock::start(), tokio::time::interval(TLS_EXPIRY_LOOK));
    let mut said = Said::default();
    loop {
        interval.tick().await;
        let (ports, unix_s, mut before) = (ports.clone(), clock.unix_ms() / 1000, std::mem::take(&mut said));
        // Files are read, elsewhere; that this fails is no reason to stop looking.
        let looked = tokio::task::spawn_blocking(move || {
            let ports: Vec<(&str, &ServerTls)> = ports.iter().map(|(name, tls)| (*name, tls)).collect();
            look_at_expiry(&ports, unix_s, &mut before);
            before
        });
        said = looked.await.unwrap_or_default();
    }
}

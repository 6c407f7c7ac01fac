//! What the flags say of TLS.

use super::{check::ConfigError, config::Security, given::Given};
use crate::tls::{Speech, TlsSettings, Version};
use std::path::PathBuf;

/// Puts it together.
///
/// # Errors
/// A version that there is not.
pub fn security(given: &Given) -> Result<Security, ConfigError> {
    let version = |flag| Version::parse(given.text(flag)).map_err(|error| ConfigError(error.to_string()));
    let speech = Speech {
        min: version("tls-min-version")?,
        max: version("tls-max-version")?,
        suites: given.list("cipher-suites"),
    };
    let path = |flag: &str| Some(given.text(flag)).filter(|path| !path.is_empty()).map(PathBuf::from);
    let client = TlsSettings {
        cert: path("cert-file"),
        key: path("key-file"),
        client_cert: path("client-cert-file"),
        client_key: path("client-key-file"),
        trusted_ca: path("trusted-ca-file"),
        client_cert_auth: given.bool("client-cert-auth"),
        crl: path("client-crl-file"),
        allowed_names: given.list("client-cert-allowed-cn"),
        allowed_hosts: given.list("client-cert-allowed-hostname"),
        skip_address_check: given.bool("client-skip-client-san-verification"),
        speech: speech.clone(),
        is_own: false,
    };
    let peer = TlsSettings {
        cert: path("peer-cert-file"),
        key: path("peer-key-file"),
        client_cert: path("peer-client-cert-file"),
        client_key: path("peer-client-key-file"),
        trusted_ca: path("peer-trusted-ca-file"),
        client_cert_auth: given.bool("peer-client-cert-auth"),
        crl: path("peer-crl-file"),
        allowed_names: given.list("peer-cert-allowed-cn"),
        allowed_hosts: given.list("peer-cert-allowed-hostname"),
        skip_address_check: given.bool("peer-skip-client-san-verification"),
        speech,
        is_own: false,
    };
    Ok(Security {
        client,
        peer,
        auto_client: given.bool("auto-tls"),
        auto_peer: given.bool("peer-auto-tls"),
        years: given.uint("self-signed-cert-validity"),
    })
}

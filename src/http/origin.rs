//! Does a certificate belong to the address that it comes from? Asked of members: a certificate that was stolen is then of use
//! on its own machine only.
//!
//! A certificate without names and addresses is of use anywhere. One with addresses must have that which it comes from, or else
//! a name which that address has, or which has that address; `*.a.b` is any name that ends with `.a.b`, which only the
//! address's own names can tell.

use crate::tls::Certificate;
use std::net::IpAddr;
use tokio::net::lookup_host;

/// Is it asked?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Yes.
    Checked,
    /// No (`--peer-skip-client-san-verification`; clients are never asked).
    Any,
}

/// See the module.
///
/// # Errors
/// Why not, in etcd's words.
pub async fn check(certificate: &Certificate, remote: IpAddr) -> Result<(), String> {
    let remote = remote.to_canonical();
    let names = &certificate.dns_names;
    if certificate.addresses.is_empty() && names.is_empty() {
        return Ok(());
    }
    if !certificate.addresses.is_empty() {
        match certificate.check_host(&remote.to_string()) {
            Ok(()) => return Ok(()),
            Err(text) if names.is_empty() => return Err(text),
            Err(_) => {}
        }
    }
    let (wild, exact): (Vec<&String>, Vec<&String>) = names.iter().partition(|name| name.starts_with("*."));
    let mut trouble = None;
    match name_of(remote).await {
        Ok(own) if wild.iter().any(|name| own.ends_with(&name[1..])) || exact.iter().any(|name| **name == own) => {
            return Ok(());
        }
        Ok(_) => {}
        Err(error) => trouble = Some(error),
    }
    for name in exact {
        match lookup_host((name.as_str(), 0)).await {
            Ok(mut addresses) => {
                if addresses.any(|address| address.ip().to_canonical() == remote) {
                    return Ok(());
                }
            }
            Err(error) => trouble = Some(format!("lookup {name}: {error}")),
        }
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    let trouble = trouble.map(|trouble| format!(" ({trouble})")).unwrap_or_default();
    let remote = remote.to_string();
    Err(format!("tls: {remote:?} does not match any of DNSNames [{}]{trouble}", quoted.join(" ")))
}

/// The name that an address has.
async fn name_of(address: IpAddr) -> Result<String, String> {
    let asked = tokio::task::spawn_blocking(move || dns_lookup::lookup_addr(&address)).await;
    let name = asked.map_err(|error| error.to_string())?.map_err(|error| format!("lookup {address}: {error}"))?;
    Ok(name.strip_suffix('.').map(str::to_owned).unwrap_or(name))
}

//! What a certificate says, as far as it matters to who may come in.

use super::{der, error::TlsError};
use rustls::pki_types::CertificateDer;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use x509_parser::{
    certificate::X509Certificate,
    extensions::{GeneralName, ParsedExtension},
    prelude::FromDer,
    x509::X509Version,
};

/// A certificate that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: CertificateDer<'static>,
    /// Common name of the subject; empty if it has none.
    pub common_name: String,
    /// Host names that it is for, as they are written.
    pub dns_names: Vec<String>,
    /// Addresses that it is for.
    pub addresses: Vec<IpAddr>,
    /// Are there any names of the subject beside its common name?
    has_names: bool,
    /// Its number, without leading zeros.
    pub serial: Vec<u8>,
    /// Valid from this second since 1970 on.
    pub not_before_s: i64,
    /// Valid to the end of this second since 1970.
    pub not_after_s: i64,
    /// The subject as it is written.
    pub(super) subject: Vec<u8>,
    /// The issuer as it is written.
    pub(super) issuer: Vec<u8>,
    /// The public key with its algorithm, as they are written.
    pub(super) key_info: Vec<u8>,
    pub(super) extensions: Extensions,
}

/// What the extensions say. Those that an early certificate (version 1) cannot have are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Extensions {
    /// Is the certificate of a version that has extensions?
    pub are_possible: bool,
    /// Is it of an authority, and how many authorities may stand below it at most?
    pub authority: Option<(bool, Option<u32>)>,
    /// May its key sign certificates? None if nothing is said.
    pub signs: Option<bool>,
    /// For servers, for clients, for anything. None if nothing is said.
    pub purposes: Option<Purposes>,
    /// It limits the names of those below it.
    pub limits_names: bool,
    /// There is something that must be understood, and is not.
    pub has_riddles: bool,
}

/// What a certificate may be used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Purposes {
    pub server: bool,
    pub client: bool,
    pub any: bool,
}

impl Certificate {
    /// Reads one.
    ///
    /// # Errors
    /// It is none.
    pub fn read(der: &[u8]) -> Result<Self, TlsError> {
        let malformed = || match der::begins_otherwise(der) {
            true => TlsError::material("x509: malformed tbs certificate"),
            false => TlsError::material("x509: malformed certificate"),
        };
        let (rest, parsed) = X509Certificate::from_der(der).map_err(|_| malformed())?;
        if !rest.is_empty() {
            return Err(TlsError::material("x509: trailing data"));
        }
        let key_info = parsed.public_key().raw.to_vec();
        if der::signed(der).is_none() || der::public_key(&key_info).is_none() {
            return Err(malformed());
        }
        let mut certificate = Self {
            der: CertificateDer::from(der.to_vec()),
            common_name: parsed
                .subject()
                .iter_common_name()
                .last()
                .and_then(|name| name.as_str().ok())
                .unwrap_or_default()
                .to_owned(),
            dns_names: Vec::new(),
            addresses: Vec::new(),
            has_names: false,
            serial: significant(parsed.raw_serial()).to_vec(),
            not_before_s: parsed.validity().not_before.timestamp(),
            not_after_s: parsed.validity().not_after.timestamp(),
            subject: parsed.subject().as_raw().to_vec(),
            issuer: parsed.issuer().as_raw().to_vec(),
            key_info,
            extensions: Extensions { are_possible: parsed.version() == X509Version::V3, ..Extensions::default() },
        };
        for extension in parsed.extensions() {
            let understood = certificate.learn(extension.parsed_extension()).ok_or_else(malformed)?;
            certificate.extensions.has_riddles |= extension.critical && understood == Understood::No;
        }
        Ok(certificate)
    }

    /// Takes in what an extension says; none if it is malformed.
    fn learn(&mut self, extension: &ParsedExtension<'_>) -> Option<Understood> {
        match extension {
            ParsedExtension::SubjectAlternativeName(names) => {
                self.has_names = true;
                for name in &names.general_names {
                    match name {
                        GeneralName::DNSName(name) => self.dns_names.push((*name).to_owned()),
                        GeneralName::IPAddress(bytes) => self.addresses.push(address(bytes)?),
                        _ => {}
                    }
                }
            }
            ParsedExtension::BasicConstraints(basic) => {
                self.extensions.authority = Some((basic.ca, basic.path_len_constraint));
            }
            ParsedExtension::KeyUsage(usage) => self.extensions.signs = Some(usage.key_cert_sign()),
            ParsedExtension::ExtendedKeyUsage(usage) => {
                let purposes = Purposes { server: usage.server_auth, client: usage.client_auth, any: usage.any };
                self.extensions.purposes = Some(purposes);
            }
            ParsedExtension::NameConstraints(_) => self.extensions.limits_names = true,
            ParsedExtension::ParseError { .. } => return None,
            _ => return Some(Understood::No),
        }
        Some(Understood::Yes)
    }

    /// The public key with its algorithm: a SubjectPublicKeyInfo.
    pub fn key_info(&self) -> &[u8] {
        &self.key_info
    }

    /// As it was read.
    pub fn der(&self) -> &CertificateDer<'static> {
        &self.der
    }

    /// Is it for that host, a name or an address (in brackets, if need be)?
    ///
    /// # Errors
    /// Why not, in Go's words.
    pub fn check_host(&self, host: &str) -> Result<(), String> {
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let known = match bare.parse::<IpAddr>() {
            Ok(address) => self.addresses.iter().any(|known| known.to_canonical() == address.to_canonical()),
            Err(_) => self.dns_names.iter().any(|name| is_name_of(name, host)),
        };
        if known { Ok(()) } else { Err(self.not_for(bare)) }
    }

    /// Has it one of these common names, and is it for one of these hosts? Where none is given any will do.
    pub fn is_allowed(&self, names: &[String], hosts: &[String]) -> bool {
        let is_named = names.is_empty() || names.contains(&self.common_name);
        is_named && (hosts.is_empty() || hosts.iter().any(|host| self.check_host(host).is_ok()))
    }

    fn not_for(&self, host: &str) -> String {
        if !self.has_names && !self.common_name.is_empty() && is_name_of(&self.common_name, host) {
            return "x509: certificate relies on legacy Common Name field, use SANs instead".into();
        }
        let (count, kind, names) = match host.parse::<IpAddr>() {
            Ok(_) if self.addresses.is_empty() => {
                return format!("x509: cannot validate certificate for {host} because it doesn't contain any IP SANs");
            }
            Ok(_) => {
                let names: Vec<String> = self.addresses.iter().map(IpAddr::to_string).collect();
                (names.len(), "IP SANs", names.join(", "))
            }
            Err(_) => (self.dns_names.len(), "names", self.dns_names.join(", ")),
        };
        match count {
            0 => format!("x509: certificate is not valid for any names, but wanted to match {host}"),
            100.. => format!("x509: certificate is valid for {count} {kind}, but none matched {host}"),
            _ => format!("x509: certificate is valid for {names}, not {host}"),
        }
    }

    /// Is it valid at this second since 1970?
    ///
    /// # Errors
    /// Why not, in Go's words.
    pub fn check_time(&self, now_s: i64) -> Result<(), String> {
        let (side, bound) = match now_s {
            now if now < self.not_before_s => ("before", self.not_before_s),
            now if now > self.not_after_s => ("after", self.not_after_s),
            _ => return Ok(()),
        };
        let (now, bound) = (shown(now_s), shown(bound));
        Err(format!("x509: certificate has expired or is not yet valid: current time {now} is {side} {bound}"))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Understood {
    Yes,
    No,
}

/// A moment as Go prints it.
pub(super) fn shown(unix_s: i64) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(unix_s).ok();
    moment.and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_else(|| unix_s.to_string())
}

/// A number without its leading zeros.
pub(super) fn significant(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(|bytes| Ipv4Addr::from(bytes).into());
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(|bytes| Ipv6Addr::from(bytes).into())).ok()
}

/// Does a name in a certificate, which may begin with `*.`, stand for this host? As Go decides it.
fn is_name_of(name: &str, host: &str) -> bool {
    let is_hostname = |text: &str, star: &str| {
        let mut labels = text.split('.').enumerate();
        !text.is_empty()
            && text != "*"
            && labels.all(|(place, label)| {
                let is_label = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
                (place == 0 && label == star)
                    || (!label.is_empty() && !label.starts_with('-') && label.chars().all(is_label))
            })
    };
    let host_name = host.strip_suffix('.').unwrap_or(host);
    if !is_hostname(host_name, "-") || !is_hostname(name, "*") {
        return !matches!(name, "" | ".") && !matches!(host, "" | ".") && name.eq_ignore_ascii_case(host);
    }
    let (name, host): (Vec<&str>, Vec<&str>) = (name.split('.').collect(), host_name.split('.').collect());
    let is_label_of = |(place, (name, host)): (usize, (&&str, &&str))| {
        (place == 0 && *name == "*") || name.eq_ignore_ascii_case(host)
    };
    name.len() == host.len() && name.iter().zip(&host).enumerate().all(is_label_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_hosts() {
        for (name, host, expected) in [
            ("a.b", "a.b", true),
            ("A.b", "a.B.", true),
            ("*.b", "a.b", true),
            ("*.b", "a.a.b", false),
            ("*.b", "b", false),
            ("a.*", "a.b", false),
            ("*", "a", false),
            ("a_b", "a_b", true),
            ("a b", "A B", true),
            ("", "", false),
            (".", ".", false),
        ] {
            assert_eq!(is_name_of(name, host), expected, "{name} {host}");
        }
    }

    #[test]
    fn moments() {
        assert_eq!(shown(0), "1970-01-01T00:00:00Z");
        assert_eq!(shown(i64::MAX), i64::MAX.to_string());
        assert_eq!(significant(&[0, 0, 1, 0]), [1, 0]);
    }
}

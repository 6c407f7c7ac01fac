//! Certificates made here, for `--auto-tls` and `--peer-auto-tls`: nobody vouches for them, so nobody checks them, and those
//! who listen in at least cannot read along.
//!
//! Written where etcd writes them, and used again while they are there. A file that is there counts even when it has expired,
//! as in etcd.

use super::{pem, settings::TlsSettings};
use crate::disk::{
    Disk, OpenMode,
    os::{Fsync, OsDisk},
};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P521_SHA512, SanType, SerialNumber,
};
use std::{
    io,
    net::IpAddr,
    path::{Path, PathBuf},
    time::SystemTime,
};
use time::{Duration, OffsetDateTime};

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum OwnError {
    /// It would never be valid.
    #[error("selfSignedCertValidity is invalid,it should be greater than 0")]
    Validity,
    /// It cannot be written.
    #[error("{0}")]
    Disk(#[from] io::Error),
    /// It cannot be made.
    #[error("{0}")]
    Made(#[from] rcgen::Error),
}

/// Makes a certificate for these hosts (`host:port` each) in that folder, unless there is one. `years` is how long it is
/// valid, `serial` its number.
///
/// # Errors
/// It cannot be made, or not be written.
pub fn make_own(
    dir: &Path,
    hosts: &[String],
    years: u64,
    now: SystemTime,
    serial: [u8; 16],
) -> Result<TlsSettings, OwnError> {
    if years == 0 {
        tracing::warn!(error = %OwnError::Validity, "cannot generate cert");
        return Err(OwnError::Validity);
    }
    let disk = OsDisk::new(Fsync::On);
    let made = disk.create_dir_all(dir);
    made.inspect_err(|error| tracing::warn!(%error, "cannot create cert directory"))?;
    let dir = std::path::absolute(dir)?;
    let (cert, key) = (dir.join("cert.pem"), dir.join("key.pem"));
    if !disk.exists(&cert) || !disk.exists(&key) {
        let (cert_pem, key_pem) = make(hosts, years, now.into(), serial)?;
        write(&disk, &cert, &cert_pem).inspect_err(|error| tracing::warn!(%error, "cannot cert file"))?;
        tracing::info!(path = %cert.display(), "created cert file");
        write(&disk, &key, &key_pem).inspect_err(|error| tracing::warn!(%error, "cannot key file"))?;
        tracing::info!(path = %key.display(), "created key file");
        disk.sync_dir(&dir)?;
    }
    let of = |path: &PathBuf| Some(path.clone());
    Ok(TlsSettings {
        cert: of(&cert),
        key: of(&key),
        client_cert: of(&cert),
        client_key: of(&key),
        is_own: true,
        ..TlsSettings::default()
    })
}

fn make(hosts: &[String], years: u64, now: OffsetDateTime, serial: [u8; 16]) -> Result<(String, String), OwnError> {
    let mut params = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "etcd");
    params.distinguished_name = name;
    params.serial_number = Some(SerialNumber::from(serial.to_vec()));
    params.not_before = now;
    let seconds = years.saturating_mul(365 * 24 * 3600);
    let last = Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX));
    // Later than this no certificate can say.
    let end_of_time = time::macros::datetime!(9999-12-31 23:59:59 UTC);
    params.not_after = now.checked_add(last).unwrap_or(end_of_time).min(end_of_time);
    params.key_usages =
        vec![KeyUsagePurpose::KeyEncipherment, KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::CrlSign];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    for host in hosts {
        let host = host.rsplit_once(':').map_or("", |(host, _)| host).trim_matches(['[', ']']);
        params.subject_alt_names.push(match host.parse::<IpAddr>() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName(host.try_into()?),
        });
    }
    let until = params.not_after.format(&time::format_description::well_known::Rfc3339).unwrap_or_default();
    tracing::warn!("certificate-validity-bound-not-after" = until, "automatically generate certificates");
    let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512)?;
    let certificate = params.self_signed(&key)?;
    Ok((pem::write("CERTIFICATE", certificate.der()), pem::write("PRIVATE KEY", key.serialized_der())))
}

fn write(disk: &OsDisk, path: &Path, text: &str) -> io::Result<()> {
    let file = disk.open(path, OpenMode::Create)?;
    file.set_len(0)?;
    file.write_all_at(text.as_bytes(), 0)?;
    file.sync_data()
}

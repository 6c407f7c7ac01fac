//! Has the other side the key of the certificate that it shows? It signs the handshake.
//!
//! The library's own check wants a certificate that it understands, and it does not understand those of version 1.

use super::{certificate::Certificate, der};
use rustls::{
    CertificateError, DigitallySignedStruct, Error,
    client::danger::HandshakeSignatureValid,
    crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature_with_raw_key},
    pki_types::{CertificateDer, SubjectPublicKeyInfoDer},
};

fn key_info(certificate: &CertificateDer<'_>) -> Result<Vec<u8>, Error> {
    let certificate = Certificate::read(certificate).map_err(|error| Error::General(error.to_string()))?;
    Ok(certificate.key_info)
}

/// Checks the signature of a handshake of TLS 1.3.
pub fn check_13(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    known: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    let key_info = key_info(certificate)?;
    verify_tls13_signature_with_raw_key(message, &SubjectPublicKeyInfoDer::from(key_info), signed, known)
}

/// Checks the signature of a handshake of TLS 1.2, where a scheme says nothing of the curve.
pub fn check_12(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    known: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    let key_info = key_info(certificate)?;
    let (key_algorithm, key) =
        der::public_key(&key_info).ok_or(Error::InvalidCertificate(CertificateError::BadEncoding))?;
    let schemes = known.mapping.iter().filter(|(scheme, _)| *scheme == signed.scheme);
    let mut algorithms = schemes.flat_map(|(_, algorithms)| algorithms.iter());
    let is_signed = algorithms.any(|algorithm| {
        algorithm.public_key_alg_id().as_ref() == key_algorithm
            && algorithm.verify_signature(key, message, signed.signature()).is_ok()
    });
    match is_signed {
        true => Ok(HandshakeSignatureValid::assertion()),
        false => Err(Error::InvalidCertificate(CertificateError::BadSignature)),
    }
}

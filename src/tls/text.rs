//! How a handshake failed, in the words of Go's library, which operators search their logs for.

use rustls::{AlertDescription, Error, InvalidMessage, PeerIncompatible};
use std::io;

/// What went wrong with a connection that was to become one with TLS.
pub fn of_handshake(error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    match (inner, error.kind()) {
        (Some(error), _) => of_error(error),
        (None, io::ErrorKind::UnexpectedEof) => "EOF".into(),
        (None, io::ErrorKind::ConnectionReset) => "read: connection reset by peer".into(),
        (None, io::ErrorKind::BrokenPipe) => "write: broken pipe".into(),
        (None, _) => error.to_string(),
    }
}

/// What is behind an error of a library that was handed such a connection: TLS's own reason, if there is one.
pub fn of_chain(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(error) = next {
        let tls = error.downcast_ref::<Error>();
        let inner = error.downcast_ref::<io::Error>().and_then(|error| error.get_ref());
        if let Some(tls) = tls.or_else(|| inner.and_then(|inner| inner.downcast_ref())) {
            return Some(of_error(tls));
        }
        next = error.source();
    }
    None
}

fn of_error(error: &Error) -> String {
    match error {
        Error::AlertReceived(alert) => format!("remote error: tls: {}", of_alert(*alert)),
        Error::InvalidMessage(InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion) => {
            "tls: first record does not look like a TLS handshake".into()
        }
        Error::InvalidMessage(message) => format!("tls: unexpected message ({message:?})"),
        Error::NoCertificatesPresented => "tls: client didn't provide a certificate".into(),
        Error::PeerIncompatible(reason) => match reason {
            PeerIncompatible::NoCipherSuitesInCommon => {
                "tls: no cipher suite supported by both client and server".into()
            }
            PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::Tls13RequiredForQuic
            | PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig => {
                "tls: client offered only unsupported versions".into()
            }
            reason => format!("tls: {reason:?}"),
        },
        Error::NoApplicationProtocol => "tls: client requested unsupported application protocols".into(),
        error => format!("tls: {error}"),
    }
}

fn of_alert(alert: AlertDescription) -> String {
    let text = match alert {
        AlertDescription::CloseNotify => "close notify",
        AlertDescription::UnexpectedMessage => "unexpected message",
        AlertDescription::BadRecordMac => "bad record MAC",
        AlertDescription::RecordOverflow => "record overflow",
        AlertDescription::HandshakeFailure => "handshake failure",
        AlertDescription::BadCertificate => "bad certificate",
        AlertDescription::UnsupportedCertificate => "unsupported certificate",
        AlertDescription::CertificateRevoked => "revoked certificate",
        AlertDescription::CertificateExpired => "expired certificate",
        AlertDescription::CertificateUnknown => "unknown certificate",
        AlertDescription::IllegalParameter => "illegal parameter",
        AlertDescription::UnknownCA => "unknown certificate authority",
        AlertDescription::AccessDenied => "access denied",
        AlertDescription::DecodeError => "error decoding message",
        AlertDescription::DecryptError => "error decrypting message",
        AlertDescription::ProtocolVersion => "protocol version not supported",
        AlertDescription::InsufficientSecurity => "insufficient security level",
        AlertDescription::InternalError => "internal error",
        AlertDescription::UserCanceled => "user canceled",
        AlertDescription::MissingExtension => "missing extension",
        AlertDescription::UnrecognisedName => "unrecognized name",
        AlertDescription::CertificateRequired => "certificate required",
        AlertDescription::NoApplicationProtocol => "no application protocol",
        alert => return format!("alert({})", u8::from(alert)),
    };
    text.into()
}

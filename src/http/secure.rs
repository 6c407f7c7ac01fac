//! TLS on a port: from the first byte of a connection to who is at its other end.
//!
//! ```text
//!   accept -> [first byte: TLS or not, where both are served] -> handshake -> revoked? -> from the right address? -> serve
//!                    each connection on its own, in bounded time
//! ```
//!
//! What is refused is logged in etcd's words, with the address that it came from.

use super::{
    listen::Connection,
    origin::{self, Origin},
};
use crate::{
    limits::TLS_HANDSHAKE,
    tls::{Accepting, Certificate, Revocation, ServerTls, Turned, reason},
};
use std::{
    io::{self, IoSlice},
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf},
    time::timeout,
};
use tokio_rustls::{LazyConfigAcceptor, rustls::server::Acceptor, server::TlsStream};

/// Who is at the other end of a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visitor {
    /// His address; none on a socket file.
    pub remote: Option<SocketAddr>,
    /// Nobody listens in.
    pub is_secure: bool,
    /// The common name of his certificate, where he had to show one (`--client-cert-auth`).
    pub common_name: Option<Arc<str>>,
}

/// What is spoken on a port below HTTP.
#[derive(Clone, Debug, Default)]
pub enum Security {
    /// No TLS.
    #[default]
    Plain,
    /// TLS.
    Tls(Tls),
    /// Either: both schemes are listed for one address.
    Either(Tls),
}

/// TLS on a port.
#[derive(Clone, Debug)]
pub struct Tls {
    /// Certificates and what else is on disk.
    pub tls: ServerTls,
    /// `client` or `peer`, for log lines.
    pub endpoint: &'static str,
    /// When the list of revoked certificates is looked at.
    pub revocation: Revocation,
    /// Must a certificate be for the address that it comes from?
    pub origin: Origin,
}

impl Connection for TlsStream<Box<dyn Connection>> {}
impl Connection for Begun {}

/// Finds out who is at the other end of a connection; none if he is not to be served. `patience` is for the first byte where
/// TLS and its absence are both served.
pub async fn admit(
    stream: Box<dyn Connection>,
    remote: Option<SocketAddr>,
    security: &Security,
    patience: Duration,
) -> Option<(Box<dyn Connection>, Visitor)> {
    let plain = Visitor { remote, ..Visitor::default() };
    let (tls, stream) = match security {
        Security::Plain => return Some((stream, plain)),
        Security::Tls(tls) => (tls, stream),
        Security::Either(tls) => {
            let mut begun = Begun { first: None, stream };
            // Whoever says nothing, or goes away, is not served.
            let first = timeout(patience, begun.stream.read_u8()).await.ok()?.ok()?;
            begun.first = Some(first);
            match first {
                HANDSHAKE => (tls, Box::new(begun) as Box<dyn Connection>),
                _ => return Some((Box::new(begun), plain)),
            }
        }
    };
    match timeout(TLS_HANDSHAKE, tls.shake_hands(stream, remote)).await {
        Ok(Ok(admitted)) => Some(admitted),
        Ok(Err(refused)) => {
            tls.log(remote, &refused);
            None
        }
        Err(_) => {
            let address = shown(remote);
            let text = format!("read tcp {address}: i/o timeout");
            tls.log(remote, &Refused { text, name: String::new(), certificate: None });
            None
        }
    }
}

/// The first byte of a TLS connection: a handshake record.
const HANDSHAKE: u8 = 0x16;

/// Why a connection is not served.
struct Refused {
    text: String,
    /// The name that was asked for.
    name: String,
    certificate: Option<Box<Certificate>>,
}

impl Tls {
    async fn shake_hands(
        &self,
        stream: Box<dyn Connection>,
        remote: Option<SocketAddr>,
    ) -> Result<(Box<dyn Connection>, Visitor), Refused> {
        let refused = |text: String, name: &str, certificate| Refused { text, name: name.to_owned(), certificate };
        let begun = LazyConfigAcceptor::new(Acceptor::default(), stream).await;
        let begun = begun.map_err(|error| refused(reason(&error), "", None))?;
        let name = begun.client_hello().server_name().unwrap_or_default().to_owned();
        let accepting = self.prepare().await.map_err(|text| refused(text, &name, None))?;
        let shaken = begun.into_stream(accepting.config.clone()).await;
        let stream = shaken.map_err(|error| {
            let Turned { text, certificate } = accepting.explain(&error);
            refused(text, &name, certificate)
        })?;
        let certificate = accepting
            .finish(stream.get_ref().1.peer_certificates())
            .map_err(|text| refused(text, &name, first(&stream)))?;
        if let (Origin::Checked, Some(certificate), Some(remote)) = (self.origin, &certificate, remote) {
            let checked = origin::check(certificate, remote.ip()).await;
            checked.map_err(|text| refused(text, &name, Some(Box::new(certificate.clone()))))?;
        }
        let common_name = certificate
            .filter(|_| self.tls.settings().client_cert_auth)
            .map(|certificate| certificate.common_name.into());
        Ok((Box::new(stream), Visitor { remote, is_secure: true, common_name }))
    }

    /// Reads the files, elsewhere: a slow disk must hold nobody up.
    async fn prepare(&self) -> Result<Accepting, String> {
        let (tls, revocation) = (self.tls.clone(), self.revocation);
        let read = tokio::task::spawn_blocking(move || tls.accept(revocation)).await;
        read.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
    }

    fn log(&self, remote: Option<SocketAddr>, refused: &Refused) {
        let (address, message) = (shown(remote), format!("rejected connection on {} endpoint", self.endpoint));
        let Refused { text, name, certificate } = refused;
        let (addresses, names) = match certificate {
            Some(certificate) => {
                let addresses = certificate.addresses.iter().map(IpAddr::to_string).collect();
                (addresses, certificate.dns_names.clone())
            }
            None => (Vec::<String>::new(), Vec::new()),
        };
        match certificate {
            // Who opens a port and goes away is everyday life.
            _ if text == "EOF" => {
                tracing::debug!("remote-addr" = address, "server-name" = name, error = text, "{message}");
            }
            None => tracing::warn!("remote-addr" = address, "server-name" = name, error = text, "{message}"),
            Some(_) => tracing::warn!(
                "remote-addr" = address,
                "server-name" = name,
                "ip-addresses" = ?addresses,
                "dns-names" = ?names,
                error = text,
                "{message}"
            ),
        }
    }
}

/// The certificate that was shown, for the log.
fn first(stream: &TlsStream<Box<dyn Connection>>) -> Option<Box<Certificate>> {
    let shown = stream.get_ref().1.peer_certificates()?;
    Certificate::read(shown.first()?).ok().map(Box::new)
}

fn shown(remote: Option<SocketAddr>) -> String {
    // Go's name of the other end of a socket file.
    remote.map_or_else(|| "@".into(), |remote| remote.to_string())
}

/// A connection of which the first byte was read.
struct Begun {
    first: Option<u8>,
    stream: Box<dyn Connection>,
}

impl AsyncRead for Begun {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.first {
            Some(first) if buf.remaining() > 0 => {
                self.first = None;
                buf.put_slice(&[first]);
                Poll::Ready(Ok(()))
            }
            _ => Pin::new(&mut self.stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Begun {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

//! How a peer's socket is opened, with TLS or without, as its URL says.

use super::url::{PeerUrl, Secure, Target};
use crate::tls::ClientTls;
use std::{fmt, future::Future, io, pin::Pin};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream},
};
use tokio_rustls::TlsConnector;

/// A connection, whatever it is made of.
pub trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Socket for S {}

/// A connection on its way.
pub type Dialling<'a> = Pin<Box<dyn Future<Output = io::Result<Box<dyn Socket>>> + Send + 'a>>;

/// Opens connections to peers. Whoever calls bounds the time.
pub trait Dial: fmt::Debug + Send + Sync + 'static {
    /// Connects.
    fn dial<'a>(&'a self, url: &'a PeerUrl) -> Dialling<'a>;
}

/// The machine's sockets.
#[derive(Clone, Debug, Default)]
pub struct Sockets {
    tls: ClientTls,
}

impl Sockets {
    /// Speaks TLS so, where a URL asks for it.
    pub fn new(tls: ClientTls) -> Self {
        Self { tls }
    }
}

impl Dial for Sockets {
    fn dial<'a>(&'a self, url: &'a PeerUrl) -> Dialling<'a> {
        Box::pin(async move {
            let socket: Box<dyn Socket> = match url.target() {
                Target::Tcp(address) => {
                    let stream = match address.strip_prefix(':') {
                        Some(port) => TcpStream::connect(format!("localhost:{port}")).await?,
                        None => TcpStream::connect(&**address).await?,
                    };
                    stream.set_nodelay(true)?;
                    Box::new(stream)
                }
                Target::Unix(path) => Box::new(UnixStream::connect(&**path).await?),
            };
            match url.secure() {
                Secure::No => Ok(socket),
                Secure::Yes => secure(&self.tls, socket, url).await,
            }
        })
    }
}

async fn secure(tls: &ClientTls, socket: Box<dyn Socket>, url: &PeerUrl) -> io::Result<Box<dyn Socket>> {
    let host = url.host().rsplit_once(':').map_or(url.host(), |(host, _)| host);
    // As in Go, an empty host is this machine.
    let host = if host.is_empty() { "localhost" } else { host };
    let dialled = tls.dial(host, &["http/1.1"]).map_err(io::Error::other)?;
    let connecting = TlsConnector::from(dialled.config.clone()).connect(dialled.name.clone(), socket);
    match connecting.await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(dialled.explain(&error)),
    }
}

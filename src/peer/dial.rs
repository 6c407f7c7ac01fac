//! How a peer's socket is opened. TLS comes in here: another [`Dial`] around this one.

use super::url::{PeerUrl, Secure, Target};
use std::{fmt, future::Future, io, pin::Pin};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream},
};

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

/// Without TLS. URLs that want it are refused.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plain;

impl Dial for Plain {
    fn dial<'a>(&'a self, url: &'a PeerUrl) -> Dialling<'a> {
        Box::pin(async move {
            if url.secure() == Secure::Yes {
                return Err(io::Error::new(io::ErrorKind::Unsupported, "TLS between members is not supported yet"));
            }
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
            Ok(socket)
        })
    }
}

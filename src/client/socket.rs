//! The socket below a connection: TCP or a file, with TLS or without.

use super::endpoint::{Endpoint, Secure, Target};
use crate::tls::ClientTls;
use http::uri::Scheme;
use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpStream, UnixStream},
    sync::oneshot,
};
use tokio_rustls::TlsConnector;

/// Any kind of socket.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Opens the socket, with TLS if the endpoint or the client wants it; the receiver resolves at the first byte that comes in.
pub(super) async fn dial(
    endpoint: &Endpoint,
    tls: Option<&ClientTls>,
    protocol: &str,
) -> io::Result<(Heard, oneshot::Receiver<()>)> {
    let socket: Box<dyn Stream> = match endpoint.target() {
        Target::Tcp(address) => {
            let stream = TcpStream::connect(address.as_str()).await?;
            stream.set_nodelay(true)?;
            Box::new(stream)
        }
        Target::Unix(path) => Box::new(UnixStream::connect(path).await?),
    };
    let stream = match spoken(endpoint, tls) {
        None => socket,
        Some(tls) => secure(socket, &tls, endpoint.host(), protocol).await?,
    };
    let (tell, heard) = oneshot::channel();
    Ok((Heard { stream, tell: Some(tell) }, heard))
}

/// What requests to that endpoint say of the way they take.
pub(super) fn scheme(endpoint: &Endpoint, tls: Option<&ClientTls>) -> Scheme {
    match spoken(endpoint, tls) {
        Some(_) => Scheme::HTTPS,
        None => Scheme::HTTP,
    }
}

/// With what TLS is spoken there, if it is.
fn spoken(endpoint: &Endpoint, tls: Option<&ClientTls>) -> Option<ClientTls> {
    match endpoint.secure() {
        Secure::No => None,
        Secure::IfAsked => tls.cloned(),
        Secure::Yes => Some(tls.cloned().unwrap_or_default()),
    }
}

async fn secure(socket: Box<dyn Stream>, tls: &ClientTls, host: &str, protocol: &str) -> io::Result<Box<dyn Stream>> {
    let dialled = tls.dial(host, &[protocol]).map_err(io::Error::other)?;
    let connecting = TlsConnector::from(dialled.config.clone()).connect(dialled.name.clone(), socket);
    match connecting.await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(dialled.explain(&error)),
    }
}

/// A socket that tells when it is first read from.
pub(super) struct Heard {
    stream: Box<dyn Stream>,
    tell: Option<oneshot::Sender<()>>,
}

impl AsyncRead for Heard {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        if buf.filled().len() > before
            && let Some(tell) = self.tell.take()
        {
            // Nobody listens any more once the dial has timed out.
            let _ = tell.send(());
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Heard {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

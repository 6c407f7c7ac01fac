//! Sockets in memory, by URL: a network that takes no real time, so that the clock of a test may jump.

use bytes::Bytes;
use etcd::peer::{Dial, Dialling, PeerUrl, Socket};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex},
};
use tokio::{io::DuplexStream, sync::mpsc};

/// Bytes that lie in a connection.
const SOCKET_BYTES: usize = 64 * 1024;

/// Who listens where. Clones share.
#[derive(Clone, Debug, Default)]
pub struct Network(Arc<Mutex<BTreeMap<String, mpsc::UnboundedSender<DuplexStream>>>>);

impl Network {
    /// Listens at an address, until the receiver is dropped.
    pub fn listen(&self, address: &str) -> mpsc::UnboundedReceiver<DuplexStream> {
        let (accept, accepted) = mpsc::unbounded_channel();
        self.0.lock().unwrap().insert(address.into(), accept);
        accepted
    }

    /// Connects.
    pub fn connect(&self, address: &str) -> io::Result<DuplexStream> {
        let (near, far) = tokio::io::duplex(SOCKET_BYTES);
        let listeners = self.0.lock().unwrap();
        let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
        listeners.get(address).ok_or_else(refused)?.send(far).map_err(|_| refused())?;
        Ok(near)
    }

    /// One request by hand. The connection lives as long as the answer's body.
    pub async fn request(&self, address: &str, request: Request<Full<Bytes>>) -> Response<Incoming> {
        let (mut sender, connection) = http1::handshake(TokioIo::new(self.connect(address).unwrap())).await.unwrap();
        tokio::spawn(connection);
        sender.send_request(request).await.unwrap()
    }
}

impl Dial for Network {
    fn dial<'a>(&'a self, url: &'a PeerUrl) -> Dialling<'a> {
        Box::pin(async move {
            let socket: Box<dyn Socket> = Box::new(self.connect(url.host())?);
            Ok(socket)
        })
    }
}

/// Status and text of an answer.
pub async fn said(answer: Response<Incoming>) -> (u16, String) {
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

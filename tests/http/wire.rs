//! HTTP as it is on the wire: a library would mend what is to be tried.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::path::PathBuf;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixStream},
};

/// Where a port is.
#[derive(Clone, Debug)]
pub enum Port {
    /// `host:port`.
    Tcp(String),
    /// A socket file.
    Unix(PathBuf),
}

/// A connection of either kind.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

impl Port {
    /// Connects.
    pub async fn connect(&self) -> Box<dyn Stream> {
        match self {
            Self::Tcp(address) => Box::new(TcpStream::connect(address).await.expect("a connection")),
            Self::Unix(path) => Box::new(UnixStream::connect(path).await.expect("a connection")),
        }
    }

    /// Sends bytes, and reads all that comes until the other side ends the connection.
    pub async fn say(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.connect().await;
        let mut said = Vec::new();
        // The other side may end it before it has read everything.
        let _ = stream.write_all(bytes).await;
        let _ = stream.read_to_end(&mut said).await;
        said
    }

    /// A request of HTTP/2; none when the connection is not taken.
    pub async fn ask_two(&self, method: &str, path: &str) -> Option<Vec<String>> {
        self.ask_two_of("127.0.0.1", method, path).await
    }

    /// The same, for a host of that name.
    pub async fn ask_two_of(&self, host: &str, method: &str, path: &str) -> Option<Vec<String>> {
        let io = TokioIo::new(self.connect().await);
        let (mut sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.ok()?;
        tokio::spawn(connection);
        let request = Request::builder().method(method).uri(format!("http://{host}{path}"));
        let request = request.body(Empty::<Bytes>::new()).expect("a request");
        let (head, body) = sender.send_request(request).await.ok()?.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        let head = Response::from_parts(head, ());
        let headers = head.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        Some(show(&format!("HTTP/2 {}", head.status().as_u16()), headers.collect(), &body))
    }
}

/// An answer of HTTP/1 as text: its first line, the headers that do not change from day to day, its body.
pub fn answer(said: &[u8]) -> Vec<String> {
    let Some(end) = said.windows(4).position(|window| window == b"\r\n\r\n").filter(|_| said.starts_with(b"HTTP/1"))
    else {
        return vec!["no answer of HTTP/1".into()];
    };
    let head = String::from_utf8_lossy(&said[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let first = lines.next().unwrap_or_default().to_owned();
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").expect("a header"))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let is_chunked = headers.contains(&("transfer-encoding".into(), "chunked".into()));
    let body = if is_chunked { joined(&said[end + 4..]) } else { said[end + 4..].to_vec() };
    show(&first, headers, &body)
}

fn show(first: &str, mut headers: Vec<(String, String)>, body: &[u8]) -> Vec<String> {
    const FREE: [&str; 3] = ["date", "content-length", "transfer-encoding"];
    headers.retain(|(name, _)| !FREE.contains(&name.as_str()));
    headers.sort();
    let is_metrics = headers.iter().any(|(_, value)| value.contains("version=0.0.4"));
    let headers = headers.iter().map(|(name, value)| format!("{name}: {value}"));
    let text = if is_metrics { "...".into() } else { String::from_utf8_lossy(body) };
    let body = text.split_inclusive('\n').map(|line| format!("{line:?}"));
    [first.to_owned()].into_iter().chain(headers).chain(body).collect()
}

/// A body that came in chunks.
fn joined(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        body.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = &rest[end + 2 + length + 2..];
    }
    body
}

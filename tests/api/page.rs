//! Pages over HTTP/1.

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Asks for a page. Says its status and the headers that matter in one line, and its body in another; of metrics, which
/// are long, no body.
pub async fn ask(address: &str, method: &str, target: &str) -> Vec<String> {
    let stream = TcpStream::connect(address).await.expect("a connection");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("HTTP/1");
    tokio::spawn(connection);
    let request = Request::builder().method(method).uri(target).header(header::HOST, address);
    let response = sender.send_request(request.body(Empty::<Bytes>::new()).expect("a request")).await.expect("a page");
    let (head, body) = response.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    let value = |name| head.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let mut words = vec![head.status.as_u16().to_string()];
    words.extend(value(header::CONTENT_TYPE));
    words.extend(value(header::X_CONTENT_TYPE_OPTIONS));
    words.extend(value(header::ALLOW).map(|methods| format!("allow={methods}")));
    words.extend(value(header::ACCESS_CONTROL_ALLOW_ORIGIN).map(|origin| format!("origin={origin}")));
    let mut lines = vec![words.join(" ")];
    if !lines[0].contains("version=0.0.4") && !body.is_empty() {
        lines.push(format!("{:?}", String::from_utf8_lossy(&body)));
    }
    lines
}

//! gRPC as it is on the wire, for what a gRPC client would see to by itself: it ends its calls when their time is up.

use bytes::{BufMut, Bytes, BytesMut};
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use tokio::net::TcpStream;

/// What came of a call: its status, or that the stream was reset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    Status(i32, String),
    Reset,
}

/// Makes a call with one message, its side of the stream left open or not is the server's guess: the message is all that
/// comes. Returns when the server has ended the stream.
pub async fn call(address: &str, path: &str, timeout: &str, message: &impl Message) -> End {
    send(address, path, ("grpc-timeout", timeout), framed(0, &message.encode_to_vec())).await
}

/// A message as it stands in a body, with the byte that says whether it is compressed.
pub fn framed(flag: u8, message: &[u8]) -> Bytes {
    let mut body = BytesMut::new();
    body.put_u8(flag);
    body.put_u32(message.len() as u32);
    body.put_slice(message);
    body.freeze()
}

/// Makes a call with one more header and this body. Returns when the server has ended the stream.
pub async fn send(address: &str, path: &str, header: (&str, &str), body: Bytes) -> End {
    let stream = TcpStream::connect(address).await.expect("a connection");
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("HTTP/2");
    tokio::spawn(connection);
    let request = Request::post(format!("http://{address}{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header(header.0, header.1);
    let request = request.body(Full::<Bytes>::new(body)).expect("a request");
    let Ok(response) = sender.send_request(request).await else { return End::Reset };
    let headers = response.headers().clone();
    let Ok(body) = response.into_body().collect().await else { return End::Reset };
    let trailers = body.trailers().cloned().unwrap_or(headers);
    let Some(status) = tonic::Status::from_header_map(&trailers) else { return End::Reset };
    End::Status(status.code() as i32, status.message().into())
}

//! Pages that servers show beside their API, such as `/metrics`: one question over a connection of its own.

use super::{
    endpoint::Endpoint,
    error::{ClientError, Code},
    socket::dial,
};
use crate::tls::{ClientTls, explain};
use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::rt::TokioIo;
use std::{fmt::Display, pin::pin, time::Duration};
use tokio::time::timeout;

/// The longest page that is read. etcd's metrics take some 100 KiB.
const PAGE_BYTES: usize = 16 << 20;

/// Fetches the page at that path, whatever its status.
///
/// # Errors
/// Code Unavailable: nobody answers within the time, or not in HTTP, or the page is longer than 16 MiB.
pub async fn fetch_page(
    endpoint: &Endpoint,
    tls: Option<&ClientTls>,
    path: &str,
    time: Duration,
) -> Result<Bytes, ClientError> {
    timeout(time, fetch(endpoint, tls, path)).await.unwrap_or_else(|_| Err(failed("no answer in time")))
}

async fn fetch(endpoint: &Endpoint, tls: Option<&ClientTls>, path: &str) -> Result<Bytes, ClientError> {
    let (stream, _) = dial(endpoint, tls, "http/1.1").await.map_err(failed)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let request = Request::get(path).header(header::HOST, endpoint.authority().as_str());
    let request = request.body(Empty::<Bytes>::new()).map_err(failed)?;
    let asked = async {
        let body = sender.send_request(request).await.map_err(broken)?.into_body();
        Ok(Limited::new(body, PAGE_BYTES).collect().await.map_err(failed)?.to_bytes())
    };
    let mut asked = pin!(asked);
    tokio::select! {
        biased;
        page = &mut asked => page,
        // The connection knows better why it ended than who asked over it.
        ended = connection => match ended {
            Err(error) => Err(broken(error)),
            Ok(()) => asked.await,
        },
    }
}

/// A broken connection; what TLS says of it stands alone.
fn broken(error: hyper::Error) -> ClientError {
    failed(explain(&error).unwrap_or_else(|| error.to_string()))
}

fn failed(reason: impl Display) -> ClientError {
    ClientError::local(Code::Unavailable, reason.to_string())
}

//! A database as it comes in behind a snapshot's message.

use bytes::Bytes;
use http_body_util::{BodyExt, combinators::UnsyncBoxBody};
use std::{error::Error, io, time::Duration};
use tokio::time::timeout;

/// The body of a request.
pub type RequestBody = UnsyncBoxBody<Bytes, Box<dyn Error + Send + Sync>>;

/// The rest of a request's body.
#[derive(Debug)]
pub struct Database {
    /// What came with the message.
    first: Bytes,
    body: RequestBody,
    silence_max: Duration,
}

impl Database {
    /// `first`, then the rest of `body`. It is broken when nothing comes for `silence_max`.
    pub fn new(first: Bytes, body: RequestBody, silence_max: Duration) -> Self {
        Self { first, body, silence_max }
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    /// The sender stopped before its end, or fell silent.
    pub async fn piece(&mut self) -> io::Result<Option<Bytes>> {
        if !self.first.is_empty() {
            return Ok(Some(std::mem::take(&mut self.first)));
        }
        loop {
            match data(&mut self.body, self.silence_max).await? {
                Some(piece) if piece.is_empty() => {}
                piece => return Ok(piece),
            }
        }
    }
}

/// The next piece of a request's body; none at the end.
///
/// # Errors
/// It broke off, or nothing came for `silence_max`.
pub async fn data(body: &mut RequestBody, silence_max: Duration) -> io::Result<Option<Bytes>> {
    loop {
        let frame = timeout(silence_max, body.frame()).await;
        let frame = frame.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "i/o timeout"))?;
        let Some(frame) = frame.transpose().map_err(io::Error::other)? else { return Ok(None) };
        // Trailers mean nothing here.
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
}

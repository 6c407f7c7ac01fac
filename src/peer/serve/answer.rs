//! Answers, as Go's HTTP server and etcd's handlers write them.

use crate::id::ClusterId;
use crate::membership::Version;
use crate::peer::{
    headers::{CLUSTER, VERSION},
    writer::StreamBody,
};
use bytes::Bytes;
use http::{
    HeaderValue, Method, Response, StatusCode,
    header::{ALLOW, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
};
use http_body::{Frame, SizeHint};
use http_body_util::Full;
use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

/// An answer to a peer.
pub type Answer = Response<Body>;

/// What an answer carries.
#[derive(Debug)]
pub enum Body {
    /// A text, or nothing.
    Page(Full<Bytes>),
    /// A stream, for as long as it lasts.
    Stream(Box<StreamBody>),
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Page(page) => Pin::new(page).poll_frame(cx),
            Self::Stream(stream) => Pin::new(&mut **stream).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Page(page) => page.is_end_stream(),
            Self::Stream(stream) => stream.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Page(page) => page.size_hint(),
            Self::Stream(stream) => stream.size_hint(),
        }
    }
}

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

fn page(status: StatusCode, text: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Body::Page(Full::new(text.into())));
    *answer.status_mut() = status;
    answer
}

/// It is done, and there is nothing to say.
pub fn done() -> Answer {
    page(StatusCode::NO_CONTENT, Bytes::new())
}

/// A text whose type Go guesses.
pub fn guessed(text: String) -> Answer {
    let mut answer = page(StatusCode::OK, text);
    answer.headers_mut().insert(CONTENT_TYPE, TEXT);
    answer
}

/// What Go's `http.Error` writes.
pub fn error(status: StatusCode, message: &str) -> Answer {
    let mut answer = page(status, format!("{message}\n"));
    answer.headers_mut().insert(CONTENT_TYPE, TEXT);
    answer.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// There is no such page.
pub fn not_found() -> Answer {
    error(StatusCode::NOT_FOUND, "404 page not found")
}

/// Only one method is allowed; the answer to another.
pub fn only(allowed: &'static str, method: &Method) -> Option<Answer> {
    if method.as_str() == allowed {
        return None;
    }
    let mut answer = error(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    Some(answer)
}

/// Says of which cluster this member is.
pub fn of_cluster(mut answer: Answer, cluster: ClusterId) -> Answer {
    // Hex digits are always a header's value.
    if let Ok(value) = HeaderValue::try_from(cluster.to_string()) {
        answer.headers_mut().insert(CLUSTER, value);
    }
    answer
}

/// Says of which version this member is.
pub fn of_version(mut answer: Answer) -> Answer {
    if let Ok(value) = HeaderValue::try_from(Version::SERVER.to_string()) {
        answer.headers_mut().insert(VERSION, value);
    }
    answer
}

/// An open stream.
pub fn stream(stream: StreamBody) -> Answer {
    Response::new(Body::Stream(Box::new(stream)))
}

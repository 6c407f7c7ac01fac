//! Who answers a request.

use super::{
    health,
    page::{self, Page},
};
use crate::{rpc, server::Handle};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, header};
use http_body::Frame;
use http_body_util::Full;
use std::{
    convert::Infallible,
    error::Error,
    pin::Pin,
    task::{Context, Poll},
};
use tower::Service;

/// What browsers of other sites may do; etcd says so in every answer that is not gRPC's. The default of `--cors`.
const CORS: [(HeaderName, HeaderValue); 3] = [
    (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("accept, content-type, authorization")),
    (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST, GET, OPTIONS, PUT, DELETE")),
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
];

/// All that the client port serves. Clones share.
#[derive(Clone, Debug)]
pub struct Router {
    handle: Handle,
    services: rpc::Services,
}

impl Router {
    /// The services and pages of a member. Must be called within a tokio runtime.
    pub fn new(handle: Handle) -> Self {
        Self { services: rpc::Services::new(handle.clone()), handle }
    }
}

async fn find<B>(handle: &Handle, request: &Request<B>) -> Page {
    let path = request.uri().path();
    match path {
        _ if request.method() == Method::OPTIONS => page::options(),
        "/health" => health::health(handle, request).await,
        "/metrics" => page::metrics(),
        "/version" => page::version(handle, request),
        _ => match health::probe(handle, request).await {
            Some(page) => page,
            None => page::not_found(path),
        },
    }
}

impl<B: rpc::Source + Sync> Service<Request<B>> for Router {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if rpc::Services::wants(request.headers()) {
            let answered = self.services.call(request);
            return Box::pin(async move { answered.await.map(|response| response.map(Body::Rpc)) });
        }
        let handle = self.handle.clone();
        Box::pin(async move {
            let mut response = find(&handle, &request).await.map(Body::Page);
            response.headers_mut().extend(CORS);
            Ok(response)
        })
    }
}

/// The body of an answer.
#[derive(Debug)]
pub enum Body {
    /// A gRPC answer.
    Rpc(rpc::Body),
    /// A page.
    Page(Full<Bytes>),
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.get_mut() {
            Self::Rpc(body) => Pin::new(body).poll_frame(cx).map_err(Into::into),
            Self::Page(body) => Pin::new(body).poll_frame(cx).map_err(|never| match never {}),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Rpc(body) => body.is_end_stream(),
            Self::Page(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> http_body::SizeHint {
        match self {
            Self::Rpc(body) => body.size_hint(),
            Self::Page(body) => body.size_hint(),
        }
    }
}

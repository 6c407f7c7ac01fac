//! Who answers a request.

use super::{
    gauges, health,
    page::{self, Page},
    serve::Answering,
};
use crate::{rpc, server::Handle};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, header};
use http_body::Frame;
use http_body_util::Full;
use std::{
    convert::Infallible,
    error::Error,
    net::SocketAddr,
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
    services: rpc::Services,
}

impl Router {
    /// The services and pages of a member. Must be called within a tokio runtime.
    pub fn new(handle: Handle) -> Self {
        gauges::set_fixed(&handle);
        Self { services: rpc::Services::new(handle) }
    }
}

impl Answering for Router {
    fn of(&self, remote: Option<SocketAddr>) -> Self {
        Self { services: self.services.of(remote) }
    }
}

async fn find<B>(handle: &Handle, request: &Request<B>) -> Page {
    let path = request.uri().path();
    match path {
        _ if request.method() == Method::OPTIONS => page::options(),
        "/health" => health::health(handle, request).await,
        "/metrics" => {
            gauges::set(handle);
            page::metrics()
        }
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
    type Future = Routed;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Routed {
        if rpc::Services::wants(request.headers()) {
            return Routed::Rpc(self.services.call(request));
        }
        let services = self.services.clone();
        Routed::Page(Box::pin(async move { find(services.handle(), &request).await }))
    }
}

/// An answer on its way.
pub enum Routed {
    /// From the services.
    Rpc(rpc::Answer),
    /// A page.
    Page(Pin<Box<dyn Future<Output = Page> + Send>>),
}

impl Future for Routed {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Rpc(answer) => answer.as_mut().poll(cx).map_ok(|response| response.map(Body::Rpc)),
            Self::Page(page) => page.as_mut().poll(cx).map(|page| {
                let mut response = page.map(Body::Page);
                response.headers_mut().extend(CORS);
                Ok(response)
            }),
        }
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

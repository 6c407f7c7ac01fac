//! Who answers a request.

use super::{
    access::Access,
    gauges, health,
    host::{host, hostname},
    page::{self, Page},
    path,
    secure::Visitor,
    serve::{Answering, Versions},
    vars,
};
use crate::{percent, rpc, server::Handle};
use bytes::Bytes;
use http::{Method, Request, Response, Version};
use http_body::Frame;
use http_body_util::Full;
use std::{
    borrow::Cow,
    convert::Infallible,
    error::Error,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tower::Service;

/// What a port serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// gRPC, and all pages: `--listen-client-urls`. Pages are served over HTTP/2 too, which etcd refuses without TLS.
    All,
    /// gRPC alone: the same, where there are `--listen-client-http-urls`.
    Rpc,
    /// All pages: `--listen-client-http-urls`.
    Pages,
    /// Metrics and health alone, whoever asks: `--listen-metrics-urls`.
    Metrics,
}

impl Traffic {
    /// etcd's name for it in log lines.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "grpc+http",
            Self::Rpc => "grpc",
            Self::Pages | Self::Metrics => "http",
        }
    }

    /// What is spoken there without TLS.
    pub fn versions(self) -> Versions {
        match self {
            Self::All => Versions::All,
            Self::Rpc => Versions::Two,
            Self::Pages | Self::Metrics => Versions::One,
        }
    }

    /// What is spoken there with TLS, where the two sides agree on the version first.
    pub fn secure_versions(self) -> Versions {
        match self {
            Self::Rpc => Versions::Two,
            _ => Versions::All,
        }
    }
}

/// All that a member serves to clients, of which a port serves some. Clones share.
#[derive(Clone, Debug)]
pub struct Router {
    services: rpc::Services,
    access: Arc<Access>,
    traffic: Traffic,
    /// No web page can have its name point here: it has no certificate for that.
    is_secure: bool,
}

impl Router {
    /// The services and pages of a member, all of them and for everybody. Must be called within a tokio runtime.
    pub fn new(handle: Handle) -> Self {
        gauges::set_fixed(&handle);
        Self { services: rpc::Services::new(handle), access: Arc::default(), traffic: Traffic::All, is_secure: false }
    }

    /// The same, for some.
    pub fn for_those(self, access: Access) -> Self {
        Self { access: Arc::new(access), ..self }
    }

    /// The same for a port that serves some of it.
    pub fn serving(&self, traffic: Traffic) -> Self {
        Self { traffic, ..self.clone() }
    }

    /// The page that answers a request for one.
    async fn page<B>(&self, request: &Request<B>) -> Page {
        let host = match host(request.version(), request.uri(), request.headers()) {
            Ok(host) => host,
            Err(error) => return page::no_host(error),
        };
        if percent::decode(request.uri().path()).is_err() {
            return page::bad_request("400 Bad Request");
        }
        match self.traffic {
            Traffic::Rpc => return page::not_grpc(request.headers()),
            Traffic::Metrics => return find(self.services.handle(), Traffic::Metrics, request).await,
            Traffic::All | Traffic::Pages => {}
        }
        if !self.is_secure
            && let Err(refused) = self.access.admit(hostname(host))
        {
            return *refused;
        }
        let mut page = match *request.method() {
            Method::OPTIONS => page::options(),
            _ => find(self.services.handle(), self.traffic, request).await,
        };
        page.headers_mut().extend(self.access.headers(request.headers()));
        page
    }
}

impl Answering for Router {
    fn of(&self, visitor: &Visitor) -> Self {
        let services = self.services.of(visitor.remote, visitor.common_name.clone());
        Self { services, is_secure: visitor.is_secure, ..self.clone() }
    }
}

/// The page under a path.
async fn find<B>(handle: &Handle, traffic: Traffic, request: &Request<B>) -> Page {
    let (method, uri) = (request.method(), request.uri());
    let path = match uri.path() {
        _ if method == Method::CONNECT => return page::missing(),
        "*" => return page::no_target(),
        // An old name of the JSON gateway.
        path => match path.strip_prefix("/v3beta/") {
            Some(rest) if traffic != Traffic::Metrics => Cow::from(format!("/v3/{rest}")),
            _ => Cow::from(path),
        },
    };
    let clean = path::clean(&path);
    if clean != path {
        return page::moved(method, &clean, uri.query());
    }
    let path = percent::decode(&path).unwrap_or_default();
    match (path.as_str(), traffic) {
        ("/health", _) => health::health(handle, request).await,
        ("/metrics", _) => {
            gauges::set(handle);
            page::metrics()
        }
        (path, _) if health::is_probe(path) => health::probe(handle, path, request).await,
        (_, Traffic::Metrics) => page::missing(),
        ("/version", _) => page::version(handle, request),
        ("/debug/vars", _) => vars::vars(handle, request),
        ("/v3", _) => page::moved(method, "/v3/", uri.query()),
        (path, _) => page::not_found(path),
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
        let is_rpc = request.version() == Version::HTTP_2 && rpc::Services::wants(request.headers());
        if is_rpc && matches!(self.traffic, Traffic::All | Traffic::Rpc) {
            return Routed::Rpc(self.services.call(request));
        }
        let router = self.clone();
        Routed::Page(Box::pin(async move { router.page(&request).await }))
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
            Self::Page(page) => page.as_mut().poll(cx).map(|page| Ok(page.map(Body::Page))),
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

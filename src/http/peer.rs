//! The peer port: what other members ask of this one over plain HTTP.
//!
//! So far that is its version; all else is not found. Clients are not served here, and browsers are told nothing: there
//! are no headers for other sites.

use super::{
    host::host,
    page::{self, Page},
    path,
    serve::Answering,
};
use crate::server::Handle;
use http::{Method, Request};
use std::{
    convert::Infallible,
    future::{Ready, ready},
    net::SocketAddr,
    task::{Context, Poll},
};
use tower::Service;

/// All that the peer port serves. Clones share.
#[derive(Clone, Debug)]
pub struct PeerRouter {
    handle: Handle,
}

impl PeerRouter {
    /// The pages of a member for its peers.
    pub fn new(handle: Handle) -> Self {
        Self { handle }
    }
}

impl Answering for PeerRouter {
    /// It makes no difference who asks.
    fn of(&self, _remote: Option<SocketAddr>) -> Self {
        self.clone()
    }
}

impl<B> Service<Request<B>> for PeerRouter {
    type Response = Page;
    type Error = Infallible;
    type Future = Ready<Result<Page, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if let Err(error) = host(request.version(), request.uri(), request.headers()) {
            return ready(Ok(page::no_host(error)));
        }
        let (method, uri) = (request.method(), request.uri());
        ready(Ok(match uri.path() {
            "/version" => page::version(&self.handle, &request),
            "*" => page::no_target(),
            path if method != Method::CONNECT && path::clean(path) != path => {
                page::moved(method, &path::clean(path), uri.query())
            }
            _ => page::missing(),
        }))
    }
}

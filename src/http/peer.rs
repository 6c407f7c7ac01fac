//! The peer port: what other members ask of this one over plain HTTP.
//!
//! ```text
//!   /raft ...                raft's messages: `peer`
//!   /members                 who is in the cluster
//!   /members/promote/{id}    a learner is to get a vote, of the leader
//!   /members/hashkv          a hash of the keys
//!   /leases, /leases/internal    a lease is renewed, or looked at, of the leader
//!   /downgrade/enabled, /version
//! ```
//!
//! Clients are not served here, and browsers are told nothing: there are no headers for other sites.

use super::{
    asked,
    host::host,
    page::{self, Page},
    path,
    secure::Visitor,
    serve::Answering,
};
use crate::{
    peer::{self, Transport},
    server::Handle,
};
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body::{Frame, SizeHint};
use http_body_util::Full;
use std::{
    convert::Infallible,
    error::Error,
    pin::Pin,
    task::{Context, Poll},
};
use tower::Service;

/// All that the peer port serves. Clones share.
#[derive(Clone, Debug)]
pub struct PeerRouter {
    handle: Handle,
    transport: Transport,
}

impl PeerRouter {
    /// The pages of a member for its peers.
    pub fn new(handle: Handle) -> Self {
        Self { transport: handle.peers().clone(), handle }
    }
}

impl Answering for PeerRouter {
    /// It makes no difference who asks.
    fn of(&self, _: &Visitor) -> Self {
        self.clone()
    }
}

/// What a peer is answered.
#[derive(Debug)]
pub enum PeerBody {
    /// A page.
    Page(Full<Bytes>),
    /// What `peer` says.
    Raft(peer::Body),
}

/// An answer on its way.
pub type Answer = Pin<Box<dyn Future<Output = Result<Response<PeerBody>, Infallible>> + Send>>;

impl<B> Service<Request<B>> for PeerRouter
where
    B: http_body::Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    type Response = Response<PeerBody>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Answer {
        if peer::wants(request.uri().path()) {
            let transport = self.transport.clone();
            return Box::pin(async move { Ok(peer::handle(transport, request).await.map(PeerBody::Raft)) });
        }
        let handle = self.handle.clone();
        Box::pin(async move { Ok(find(&handle, request).await.map(PeerBody::Page)) })
    }
}

/// The page under a path.
async fn find<B>(handle: &Handle, request: Request<B>) -> Page
where
    B: http_body::Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send,
{
    if let Err(error) = host(request.version(), request.uri(), request.headers()) {
        return page::no_host(error);
    }
    let (method, uri) = (request.method(), request.uri());
    match uri.path() {
        "/version" => page::version(handle, &request),
        "/members" => asked::members(handle, &request),
        "/members/hashkv" => asked::hash_kv(handle, request).await,
        "/downgrade/enabled" => asked::downgrade_enabled(handle, &request.map(drop)).await,
        "/leases" => asked::renew(handle, request).await,
        "/leases/internal" => asked::time_to_live(handle, request).await,
        // As Go does for what has pages below it alone.
        "/members/promote" => page::moved(method, asked::PROMOTE, uri.query()),
        "*" => page::no_target(),
        path if path.starts_with(asked::PROMOTE) => asked::promote(handle, &request.map(drop)).await,
        path if method != Method::CONNECT && path::clean(path) != path => {
            page::moved(method, &path::clean(path), uri.query())
        }
        _ => page::missing(),
    }
}

impl http_body::Body for PeerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Page(page) => Pin::new(page).poll_frame(cx),
            Self::Raft(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Page(page) => page.is_end_stream(),
            Self::Raft(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Page(page) => page.size_hint(),
            Self::Raft(body) => body.size_hint(),
        }
    }
}

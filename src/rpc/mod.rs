//! The gRPC services: requests are checked for their shape, handed to the member, and its outcomes become etcd's answers.
//!
//! ```text
//!   http::Request --path--> Method --> unary / server_stream / bidi
//!                                        |- deadline: has the client any time left?
//!                                        |- admit: is there a leader, if the client needs one?
//!                                        |- check: has the request the right shape?
//!                                        |- Handle: propose, read, watch ...
//!                                        `- status: our failures -> etcd's codes and texts
//!   method  every service and method          tally    counts calls and messages
//!   codec   messages <-> bytes                answers  a stream of responses and what ends it
//! ```
//!
//! What must hold: nothing below this folder knows a gRPC code or a text of etcd's errors; nothing in here knows more of the
//! member than its [`Handle`]; a request that was answered was counted; a stream holds nothing once its client is gone.
//!
//! It does not listen (that is `http`), and it does not decide: what a request means is `apply`'s.

mod answers;
mod auth;
mod bell;
mod body;
mod caller;
mod check;
mod cluster;
mod codec;
mod deadline;
mod health;
#[cfg(test)]
mod hostile;
mod kv;
mod leader;
mod lease;
mod maintenance;
mod method;
mod overlap;
mod range_stream;
mod stats;
mod status;
mod tally;
mod watch;

pub use status::text_of as failure_text;

use crate::{
    limits::{CLIENT_VERSIONS, REQUEST_OVERHEAD_BYTES},
    metrics::metrics,
    pb::etcdserverpb::{self as pb, RangeRequest},
    server::Handle,
};
use answers::{Answers, Ending, Outbox};
use body::Messages;
use bytes::Bytes;
use codec::{Counted, Encode};
use deadline::Deadline;
use http::{HeaderMap, Request, Response};
use leader::LeaderLoss;
use method::{Method, Shape};
use parking_lot::RwLock;
use prometheus::IntCounter;
use prost::Message;
use stats::Running;
use std::{
    any::Any,
    collections::BTreeMap,
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tally::Tally;
use tokio_stream::Empty;
use tonic::{Status, Streaming, codec::CompressionEncoding, server};
use tower::{Service, service_fn};

/// The body of an answer.
pub type Body = tonic::body::Body;
/// A response on its way.
pub type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

/// All services, as one. A clone is one more reference: every request makes a few.
#[derive(Clone, Debug)]
pub struct Services {
    shared: Arc<Shared>,
    /// Where requests come from, where that is known.
    remote: Option<SocketAddr>,
    /// The common name of the certificate that the client has proved to have, where clients are known by theirs.
    common_name: Option<Arc<str>>,
}

#[derive(Debug)]
struct Shared {
    handle: Handle,
    leader_loss: LeaderLoss,
    clients: ClientVersions,
    /// Larger messages are refused.
    message_bytes_max: usize,
}

impl Services {
    /// The services of a member. Must be called within a tokio runtime.
    pub fn new(handle: Handle) -> Self {
        Tally::show_all();
        let leader_loss = LeaderLoss::observe(handle.clone());
        let message_bytes_max = handle.limits().request_bytes_max.saturating_add(REQUEST_OVERHEAD_BYTES);
        let clients = ClientVersions::default();
        let shared = Arc::new(Shared { handle, leader_loss, clients, message_bytes_max });
        Self { shared, remote: None, common_name: None }
    }

    /// The same for the connection of that client. The common name is that of the certificate that it was asked for and has
    /// proved to have (`--client-cert-auth`): who has it is taken for the user of that name, unless there is a token.
    pub fn of(&self, remote: Option<SocketAddr>, common_name: Option<Arc<str>>) -> Self {
        Self { remote, common_name, ..self.clone() }
    }

    /// The member that is served.
    pub fn handle(&self) -> &Handle {
        &self.shared.handle
    }

    /// The member, asked on behalf of whoever sent a request with these headers.
    fn handle_for(&self, headers: &HeaderMap) -> Handle {
        self.handle().by(caller::of(headers, self.common_name.clone()))
    }

    /// Is this a request for these services, rather than one of plain HTTP?
    pub fn wants(headers: &HeaderMap) -> bool {
        let kind = headers.get(http::header::CONTENT_TYPE).map(|kind| kind.as_bytes());
        let rest = kind.and_then(|kind| kind.strip_prefix(b"application/grpc"));
        matches!(rest, Some([] | [b'+' | b';', ..]))
    }

    fn route<B: Source>(&self, method: Method, request: Request<B>) -> Answer {
        use Method::*;
        match method {
            Range => self.unary(method, request, kv::range),
            RangeStream => self.server_stream(method, request, range_stream::range_stream),
            Put => self.unary(method, request, kv::put),
            DeleteRange => self.unary(method, request, kv::delete_range),
            Txn => self.unary(method, request, kv::txn),
            Compact => self.unary(method, request, kv::compact),
            Watch => self.bidi(method, request, watch::watch),
            LeaseGrant => self.unary(method, request, lease::grant),
            LeaseRevoke => self.unary(method, request, lease::revoke),
            LeaseKeepAlive => self.bidi(method, request, lease::keep_alive),
            LeaseTimeToLive => self.unary(method, request, lease::time_to_live),
            LeaseLeases => self.unary(method, request, lease::leases),
            MemberList => self.unary(method, request, cluster::member_list),
            MemberAdd => self.unary(method, request, cluster::member_add),
            MemberRemove => self.unary(method, request, cluster::member_remove),
            MemberUpdate => self.unary(method, request, cluster::member_update),
            MemberPromote => self.unary(method, request, cluster::member_promote),
            Alarm => self.unary(method, request, maintenance::alarm),
            MoveLeader => self.unary(method, request, maintenance::move_leader),
            Downgrade => self.unary(method, request, maintenance::downgrade),
            Defragment => self.unary(method, request, maintenance::defragment),
            Status => self.unary(method, request, maintenance::status),
            Hash => self.unary(method, request, maintenance::hash),
            HashKv => self.unary(method, request, maintenance::hash_kv),
            Authenticate => self.unary(method, request, auth::authenticate),
            UserAdd => self.unary(method, request, auth::user_add),
            UserChangePassword => self.unary(method, request, auth::user_change_password),
            AuthEnable => self.unary(method, request, auth::propose::<pb::AuthEnableRequest>),
            AuthDisable => self.unary(method, request, auth::propose::<pb::AuthDisableRequest>),
            AuthStatus => self.unary(method, request, auth::propose::<pb::AuthStatusRequest>),
            UserGet => self.unary(method, request, auth::propose::<pb::AuthUserGetRequest>),
            UserList => self.unary(method, request, auth::propose::<pb::AuthUserListRequest>),
            UserDelete => self.unary(method, request, auth::propose::<pb::AuthUserDeleteRequest>),
            UserGrantRole => self.unary(method, request, auth::propose::<pb::AuthUserGrantRoleRequest>),
            UserRevokeRole => self.unary(method, request, auth::propose::<pb::AuthUserRevokeRoleRequest>),
            RoleAdd => self.unary(method, request, auth::propose::<pb::AuthRoleAddRequest>),
            RoleGet => self.unary(method, request, auth::propose::<pb::AuthRoleGetRequest>),
            RoleList => self.unary(method, request, auth::propose::<pb::AuthRoleListRequest>),
            RoleDelete => self.unary(method, request, auth::propose::<pb::AuthRoleDeleteRequest>),
            RoleGrantPermission => self.unary(method, request, auth::propose::<pb::AuthRoleGrantPermissionRequest>),
            RoleRevokePermission => self.unary(method, request, auth::propose::<pb::AuthRoleRevokePermissionRequest>),
            HealthCheck => self.unary(method, request, health::check),
            HealthWatch => self.server_stream(method, request, health::watch),
            HealthList => self.unary(method, request, health::list),
            Snapshot => self.server_stream(method, request, maintenance::snapshot),
            Lock | Unlock | Campaign | Proclaim | Leader | Observe | Resign => {
                let status = status::not_supported(method.info().name);
                Tally::of(method).start().end(&Err::<(), _>(status.clone()));
                answer(status.into_http())
            }
        }
    }

    /// One request, one response.
    fn unary<B, In, Out, F>(
        &self,
        method: Method,
        request: Request<B>,
        serve: impl Fn(Handle, In) -> F + Clone + Send + Sync + 'static,
    ) -> Answer
    where
        B: Source,
        In: Message + Default + 'static,
        Out: Encode,
        F: Future<Output = Result<Out, Status>> + Send + 'static,
    {
        let services = self.clone();
        let limit = self.shared.message_bytes_max;
        let serve = service_fn(move |request: tonic::Request<In>| {
            let (services, serve) = (services.clone(), serve.clone());
            async move {
                let tally = Tally::of(method);
                let mut call = tally.start();
                // As etcd's interceptors do: an answer counts as sent even if it is an error.
                tally.received.inc();
                let deadline = deadline_of(&request);
                let running = Running::begin(services.handle(), request.get_ref());
                let admitted = services.admit(method, request.metadata().as_ref());
                let admitted = admitted.and_then(|_| services.admit_learner(method, request.get_ref()));
                let handle = services.handle_for(request.metadata().as_ref());
                let outcome = match admitted {
                    Ok(()) => deadline.bound(serve(handle, request.into_inner())).await,
                    Err(status) => Err(status),
                };
                let response = outcome.as_ref().ok().map(|response| response as &dyn Any);
                running.end(services.handle(), method.info().path, services.remote, response);
                tally.sent.inc();
                call.end(&outcome);
                outcome.map(tonic::Response::new)
            }
        });
        Box::pin(async move {
            let mut grpc = grpc::<In, Out>(method, limit);
            Ok(status::of_transport_response(grpc.unary(serve, request).await))
        })
    }

    /// One request, a stream of responses.
    fn server_stream<B, In, Out, F>(
        &self,
        method: Method,
        request: Request<B>,
        produce: impl Fn(Handle, In, Outbox<Out>) -> F + Send + Sync + 'static,
    ) -> Answer
    where
        B: Source,
        In: Message + Default + 'static,
        Out: Encode,
        F: Future<Output = Result<(), Status>> + Send + 'static,
    {
        let services = self.clone();
        let limit = self.shared.message_bytes_max;
        Box::pin(async move {
            let mut body = None;
            let serve = service_fn(|request: tonic::Request<In>| {
                std::future::ready(services.stream(method, request, &produce, &mut body))
            });
            let mut grpc = grpc::<In, Out>(method, limit);
            let response = grpc.server_streaming(serve, request).await;
            Ok(status::of_transport_response(with_body(response, body)))
        })
    }

    /// A stream of requests, a stream of responses.
    fn bidi<B, In, Out, F>(
        &self,
        method: Method,
        request: Request<B>,
        produce: impl Fn(Handle, Streaming<In>, Outbox<Out>) -> F + Send + Sync + 'static,
    ) -> Answer
    where
        B: Source,
        In: Message + Default + 'static,
        Out: Encode,
        F: Future<Output = Result<(), Status>> + Send + 'static,
    {
        let services = self.clone();
        let limit = self.shared.message_bytes_max;
        Box::pin(async move {
            let mut body = None;
            let serve = service_fn(|request: tonic::Request<Streaming<In>>| {
                std::future::ready(services.stream(method, request, &produce, &mut body))
            });
            let mut grpc = grpc::<In, Out>(method, limit);
            let response = grpc.streaming(serve, request).await;
            Ok(status::of_transport_response(with_body(response, body)))
        })
    }

    /// Puts the responses that `produce` makes of the request into `body`, unless it may not run at all. What it returns is for the
    /// transport, which reads the request and writes the headers of the response.
    fn stream<Input, Out: Encode, F>(
        &self,
        method: Method,
        request: tonic::Request<Input>,
        produce: impl Fn(Handle, Input, Outbox<Out>) -> F,
        body: &mut Option<Body>,
    ) -> Result<tonic::Response<Empty<Result<Out, Status>>>, Status>
    where
        F: Future<Output = Result<(), Status>> + Send + 'static,
    {
        let mut call = Tally::of(method).start();
        let admitted = self.admit(method, request.metadata().as_ref());
        let admitted = admitted.and_then(|needs| self.admit_learner(method, &()).map(|()| needs));
        let needs = admitted.inspect_err(|status| call.end(&Err::<(), _>(status.clone())))?;
        let ending = self.ending(needs, deadline_of(&request));
        let handle = self.handle_for(request.metadata().as_ref());
        let answers = Answers::new(call, ending, |outbox| produce(handle, request.into_inner(), outbox));
        *body = Some(Body::new(Messages::new(method, answers)));
        Ok(tonic::Response::new(tokio_stream::empty()))
    }

    /// What a request's metadata asks for. It is counted by the version that its client says it speaks.
    fn admit(&self, method: Method, headers: &HeaderMap) -> Result<Needs, Status> {
        let version = headers.get("client-api-version").map(|version| std::str::from_utf8(version.as_bytes()));
        let version = version.transpose().map_err(|_| status::invalid_client_version())?;
        self.shared.clients.count(method.info().shape, version);
        let needs_leader = headers.get("hasleader").is_some_and(|value| value.as_bytes() == b"true");
        match (needs_leader, self.handle().has_leader()) {
            (true, false) => Err(status::no_leader()),
            (true, true) => Ok(Needs::Leader),
            (false, _) => Ok(Needs::Nothing),
        }
    }

    /// A learner tells how it is, and reads what it has; of streams it sends snapshots alone.
    fn admit_learner(&self, method: Method, request: &dyn Any) -> Result<(), Status> {
        let is_allowed = || match method {
            Method::Status | Method::Snapshot => true,
            Method::Range => request.downcast_ref::<RangeRequest>().is_some_and(|request| request.serializable),
            _ => false,
        };
        if self.handle().is_learner() && !is_allowed() { Err(status::not_for_learners()) } else { Ok(()) }
    }

    /// What ends a stream from outside.
    fn ending(&self, needs: Needs, deadline: Deadline) -> Ending {
        let handle = self.handle().clone();
        let mut leader_loss = self.shared.leader_loss.clone();
        Box::pin(async move {
            tokio::select! {
                biased;
                () = handle.stopping() => status::stopped(),
                () = leader_loss.happens(), if needs == Needs::Leader => status::no_leader(),
                status = deadline.passes() => status,
            }
        })
    }
}

/// What reads the requests of a method, and writes its answers. Messages may be compressed with gzip, as etcd takes them: what they
/// are when they are read counts against the limit. Answers are not compressed; every client takes those.
fn grpc<In: Message + Default + 'static, Out: Encode>(method: Method, limit: usize) -> server::Grpc<Counted<In, Out>> {
    server::Grpc::new(Counted::new(method))
        .max_decoding_message_size(limit)
        .accept_compressed(CompressionEncoding::Gzip)
}

/// The deadline that [`Services`] found in the request's headers.
fn deadline_of<T>(request: &tonic::Request<T>) -> Deadline {
    request.extensions().get().copied().unwrap_or_default()
}

/// What a stream cannot go on without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    Nothing,
    /// The client would rather have an error than wait.
    Leader,
}

/// A response of the transport, with a body of ours if there is one.
fn with_body(response: Response<Body>, body: Option<Body>) -> Response<Body> {
    match body {
        Some(body) => response.map(|_| body),
        None => response,
    }
}

fn answer(response: Response<Body>) -> Answer {
    Box::pin(std::future::ready(Ok(response)))
}

/// The body of a request, from a connection or from a test.
pub trait Source: http_body::Body<Data = Bytes, Error: Into<tonic::codegen::StdError> + Send> + Send + 'static {}
impl<B: http_body::Body<Data = Bytes, Error: Into<tonic::codegen::StdError> + Send> + Send + 'static> Source for B {}

impl<B: Source> Service<Request<B>> for Services {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<B>) -> Answer {
        match Deadline::of(request.headers()) {
            Ok(deadline) => drop(request.extensions_mut().insert(deadline)),
            Err(status) => return answer(status.into_http()),
        }
        match Method::of_path(request.uri().path()) {
            Ok(method) => self.route(method, request),
            Err(unknown) => answer(status::of_unknown(unknown).into_http()),
        }
    }
}

/// Counts requests by the version that clients say they speak, of which it tells only so many apart.
#[derive(Debug, Default)]
struct ClientVersions {
    /// Locked because requests come from many threads; written only for a version that is new.
    known: RwLock<BTreeMap<String, [IntCounter; 2]>>,
}

impl ClientVersions {
    fn count(&self, shape: Shape, version: Option<&str>) {
        const UNKNOWN: &str = "unknown";
        let version = version.unwrap_or(UNKNOWN);
        let place = usize::from(shape != Shape::Unary);
        if let Some(counters) = self.known.read().get(version) {
            return counters[place].inc();
        }
        let mut known = self.known.write();
        let version = if known.len() < CLIENT_VERSIONS { version } else { UNKNOWN };
        let counter = |family| metrics().client_requests.with_label_values(&[family, version]);
        known.entry(version.into()).or_insert_with(|| ["unary", "stream"].map(counter))[place].inc();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grpc_is_told_by_its_content_type() {
        let wants = |kind: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(kind));
            Services::wants(&headers)
        };
        let ours = ["application/grpc", "application/grpc+proto", "application/grpc;x=y"];
        assert!(ours.into_iter().all(wants));
        assert!(!["application/grpc-web", "application/json", ""].into_iter().any(wants));
        assert!(!Services::wants(&HeaderMap::new()));
    }

    #[test]
    fn only_so_many_client_versions_are_told_apart() {
        let clients = ClientVersions::default();
        let count = |family, version: &str| metrics().client_requests.with_label_values(&[family, version]).get();
        let before = count("stream", "unknown");
        for number in 0..CLIENT_VERSIONS + 10 {
            clients.count(Shape::BidiStream, Some(&format!("test {number}")));
        }
        assert_eq!((count("stream", "test 0"), count("unary", "test 0")), (1, 0));
        assert_eq!(count("stream", "unknown") - before, 10);
        assert_eq!(clients.known.read().len(), CLIENT_VERSIONS + 1);
    }
}

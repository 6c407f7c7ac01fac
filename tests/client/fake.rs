//! A server that does as it is told: each call is shown to the test, which says how it goes.

use etcd::pb::etcdserverpb::{
    kv_server::{Kv, KvServer},
    lease_server::{Lease, LeaseServer},
    watch_server::{Watch, WatchServer},
    *,
};
use std::{
    convert::Infallible,
    future::Future,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};
use tokio::{runtime::Runtime, sync::mpsc};
use tokio_stream::{
    Stream, StreamExt,
    wrappers::{ReceiverStream, TcpListenerStream},
};
use tonic::{Request, Response, Status, Streaming, metadata::MetadataMap};

/// What the test decides for a unary call.
pub type Answer = Result<(), Status>;

/// Decides, given the method and its count from 1.
pub type Script = dyn Fn(&'static str, usize) -> Answer + Send + Sync;

/// One open stream, in the test's hands.
pub struct OpenStream<Q, A> {
    /// That came with it; empty when none did.
    pub token: String,
    pub requests: Streaming<Q>,
    pub answers: mpsc::Sender<Result<A, Status>>,
}

impl<Q, A> OpenStream<Q, A> {
    /// The next request of the client.
    pub async fn next(&mut self) -> Q {
        self.requests.next().await.expect("a request").expect("a sound request")
    }

    pub async fn answer(&self, answer: A) {
        assert!(self.answers.send(Ok(answer)).await.is_ok(), "the client listens");
    }

    pub async fn fail(self, status: Status) {
        assert!(self.answers.send(Err(status)).await.is_ok(), "the client listens");
    }
}

/// A running server. Dropping it cuts all its connections.
pub struct Fake {
    pub address: SocketAddr,
    pub watches: mpsc::Receiver<OpenStream<WatchRequest, WatchResponse>>,
    pub keep_alives: mpsc::Receiver<OpenStream<LeaseKeepAliveRequest, LeaseKeepAliveResponse>>,
    state: Arc<State>,
    runtime: Option<Runtime>,
}

struct State {
    script: Box<Script>,
    calls: Mutex<Vec<(&'static str, MetadataMap)>>,
    watches: mpsc::Sender<OpenStream<WatchRequest, WatchResponse>>,
    keep_alives: mpsc::Sender<OpenStream<LeaseKeepAliveRequest, LeaseKeepAliveResponse>>,
}

impl Fake {
    /// A server that answers every unary call.
    pub fn start() -> Self {
        Self::scripted(|_, _| Ok(()))
    }

    pub fn scripted(script: impl Fn(&'static str, usize) -> Answer + Send + Sync + 'static) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let (watches, watches_seen) = mpsc::channel(8);
        let (keep_alives, keep_alives_seen) = mpsc::channel(8);
        let state = Arc::new(State { script: Box::new(script), calls: Mutex::default(), watches, keep_alives });
        let services = Services(state.clone());
        runtime.spawn(async move {
            let listener = TcpListenerStream::new(tokio::net::TcpListener::from_std(listener).expect("a listener"));
            let server = tonic::transport::Server::builder()
                .add_service(KvServer::new(services.clone()))
                .add_service(LeaseServer::new(services.clone()))
                .add_service(WatchServer::new(services.clone()))
                .add_service(Login(services));
            server.serve_with_incoming(listener).await
        });
        Self { address, watches: watches_seen, keep_alives: keep_alives_seen, state, runtime: Some(runtime) }
    }

    /// How often a method was called.
    pub fn count(&self, method: &str) -> usize {
        self.state.calls.lock().unwrap().iter().filter(|(called, _)| *called == method).count()
    }

    /// The metadata of the last call.
    pub fn last_metadata(&self) -> MetadataMap {
        self.state.calls.lock().unwrap().last().expect("a call").1.clone()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.runtime.take().expect("dropped once").shutdown_background();
    }
}

#[derive(Clone)]
struct Services(Arc<State>);

impl Services {
    fn decide<Q, A: Default>(&self, method: &'static str, request: &Request<Q>) -> Result<Response<A>, Status> {
        let mut calls = self.0.calls.lock().unwrap();
        calls.push((method, request.metadata().clone()));
        let count = calls.iter().filter(|(called, _)| *called == method).count();
        drop(calls);
        (self.0.script)(method, count).map(|()| Response::new(A::default()))
    }
}

fn token_of<Q>(request: &Request<Q>) -> String {
    let token = request.metadata().get("token").and_then(|token| token.to_str().ok());
    token.unwrap_or_default().to_owned()
}

type Answers<A> = Pin<Box<dyn Stream<Item = Result<A, Status>> + Send>>;

#[tonic::async_trait]
impl Kv for Services {
    type RangeStreamStream = Answers<RangeStreamResponse>;

    async fn range(&self, request: Request<RangeRequest>) -> Result<Response<RangeResponse>, Status> {
        self.decide("range", &request)
    }
    async fn range_stream(&self, _: Request<RangeRequest>) -> Result<Response<Self::RangeStreamStream>, Status> {
        Err(Status::unimplemented("not here"))
    }
    async fn put(&self, request: Request<PutRequest>) -> Result<Response<PutResponse>, Status> {
        self.decide("put", &request)
    }
    async fn delete_range(
        &self,
        request: Request<DeleteRangeRequest>,
    ) -> Result<Response<DeleteRangeResponse>, Status> {
        self.decide("delete_range", &request)
    }
    async fn txn(&self, request: Request<TxnRequest>) -> Result<Response<TxnResponse>, Status> {
        self.decide("txn", &request)
    }
    async fn compact(&self, request: Request<CompactionRequest>) -> Result<Response<CompactionResponse>, Status> {
        self.decide("compact", &request)
    }
}

#[tonic::async_trait]
impl Watch for Services {
    type WatchStream = Answers<WatchResponse>;

    async fn watch(&self, request: Request<Streaming<WatchRequest>>) -> Result<Response<Self::WatchStream>, Status> {
        let (answers, receiver) = mpsc::channel(8);
        let token = token_of(&request);
        let open = OpenStream { token, requests: request.into_inner(), answers };
        self.0.watches.send(open).await.map_err(|_| Status::cancelled("the test is over"))?;
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }
}

#[tonic::async_trait]
impl Lease for Services {
    type LeaseKeepAliveStream = Answers<LeaseKeepAliveResponse>;

    async fn lease_keep_alive(
        &self,
        request: Request<Streaming<LeaseKeepAliveRequest>>,
    ) -> Result<Response<Self::LeaseKeepAliveStream>, Status> {
        let (answers, receiver) = mpsc::channel(8);
        let token = token_of(&request);
        let open = OpenStream { token, requests: request.into_inner(), answers };
        self.0.keep_alives.send(open).await.map_err(|_| Status::cancelled("the test is over"))?;
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }
    async fn lease_grant(&self, request: Request<LeaseGrantRequest>) -> Result<Response<LeaseGrantResponse>, Status> {
        self.decide("lease_grant", &request)
    }
    async fn lease_revoke(
        &self,
        request: Request<LeaseRevokeRequest>,
    ) -> Result<Response<LeaseRevokeResponse>, Status> {
        self.decide("lease_revoke", &request)
    }
    async fn lease_time_to_live(
        &self,
        request: Request<LeaseTimeToLiveRequest>,
    ) -> Result<Response<LeaseTimeToLiveResponse>, Status> {
        self.decide("lease_time_to_live", &request)
    }
    async fn lease_leases(
        &self,
        request: Request<LeaseLeasesRequest>,
    ) -> Result<Response<LeaseLeasesResponse>, Status> {
        self.decide("lease_leases", &request)
    }
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The one method of the auth service that a client calls by itself.
#[derive(Clone)]
struct Login(Services);

impl tonic::server::NamedService for Login {
    const NAME: &'static str = "etcdserverpb.Auth";
}

impl tonic::server::UnaryService<AuthenticateRequest> for Login {
    type Response = AuthenticateResponse;
    type Future = Boxed<Result<Response<AuthenticateResponse>, Status>>;

    fn call(&mut self, request: Request<AuthenticateRequest>) -> Self::Future {
        let login: Result<Response<AuthenticateResponse>, _> = self.0.decide("authenticate", &request);
        let count = self.0.0.calls.lock().unwrap().iter().filter(|(called, _)| *called == "authenticate").count();
        let token = format!("{}.{count}", request.get_ref().name);
        Box::pin(async move { login.map(|_| Response::new(AuthenticateResponse { token, ..Default::default() })) })
    }
}

impl tower_service::Service<http::Request<tonic::body::Body>> for Login {
    type Response = http::Response<tonic::body::Body>;
    type Error = Infallible;
    type Future = Boxed<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> Self::Future {
        let login = self.clone();
        let mut grpc = tonic::server::Grpc::new(tonic_prost::ProstCodec::default());
        Box::pin(async move { Ok(grpc.unary(login, request).await) })
    }
}

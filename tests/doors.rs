//! Who comes in by a certificate: its common name is a user's, unless somebody asks for others (CVE-2018-16886).
//!
//! The services are asked as a connection asks them; what a connection finds out about a certificate is TLS's matter.

mod support;

use etcd::{
    pb::etcdserverpb::{
        AuthEnableRequest, AuthRoleAddRequest, AuthRoleGrantPermissionRequest, AuthUserAddRequest,
        AuthUserGrantRoleRequest, RangeRequest,
    },
    rpc::Services,
    server::{
        Proposal, Server,
        auth::{Tokens, Users},
        config::Config,
    },
};
use http_body_util::{BodyExt, Full};
use prost::Message;
use support::config;
use tempfile::TempDir;
use tower::{Service, ServiceExt};

/// A call of the range `key`, as a gRPC client sends it: the code and the text of its status.
async fn get(services: &Services, key: &str, headers: &[(&str, &str)]) -> (String, String) {
    let message = RangeRequest { key: key.to_owned().into(), serializable: true, ..Default::default() }.encode_to_vec();
    let frame = [&[0][..], &(message.len() as u32).to_be_bytes(), &message].concat();
    let mut request = http::Request::post("/etcdserverpb.KV/Range").header("content-type", "application/grpc");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(frame.into())).expect("a request");
    let mut services = services.clone();
    let response = ServiceExt::<http::Request<Full<bytes::Bytes>>>::ready(&mut services).await.expect("it is ready");
    let response = response.call(request).await.expect("an answer");
    let (head, body) = response.into_parts();
    let trailers = body.collect().await.expect("a body").trailers().cloned().unwrap_or_default();
    let field = |name: &str| {
        let value = trailers.get(name).or_else(|| head.headers.get(name));
        value.map_or(String::new(), |value| value.to_str().expect("text").replace("%20", " "))
    };
    (field("grpc-status"), field("grpc-message"))
}

async fn ask<P: Proposal>(server: &Server, request: P) {
    server.handle().propose(request).await.unwrap_or_else(|failure| panic!("{failure}"));
}

/// A member with the users `root` and `alice`, who may read `k`, and authentication on.
async fn member(dir: &TempDir, users: Users) -> Server {
    let server = Server::start(Config { users, ..config::alone(dir.path()) }).await.expect("a server");
    server.ready().await;
    for name in ["root", "alice"] {
        ask(&server, AuthUserAddRequest { name: name.into(), ..Default::default() }).await;
        ask(&server, AuthRoleAddRequest { name: name.into() }).await;
        ask(&server, AuthUserGrantRoleRequest { user: name.into(), role: name.into() }).await;
    }
    let perm = Some(etcd::pb::authpb::Permission { perm_type: 0, key: "k".into(), range_end: "".into() });
    ask(&server, AuthRoleGrantPermissionRequest { name: "alice".into(), perm }).await;
    ask(&server, AuthEnableRequest {}).await;
    server
}

fn is(answer: (String, String), code: &str, text: &str) {
    assert_eq!((answer.0.as_str(), answer.1.as_str()), (code, text));
}

const EMPTY: (&str, &str) = ("3", "etcdserver: user name is empty");
const DENIED: (&str, &str) = ("7", "etcdserver: permission denied");
const INVALID: (&str, &str) = ("16", "etcdserver: invalid auth token");

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_stands_for_the_user_of_its_common_name() {
    for users in [Users::default(), Users { tokens: Tokens::None, ..Users::default() }] {
        let dir = TempDir::new().expect("a temporary folder");
        let server = member(&dir, users).await;
        let all = Services::new(server.handle().clone());
        let [nobody, alice, stranger, root] =
            [None, Some("alice"), Some("bob"), Some("root")].map(|name| all.of(None, name.map(Into::into)));

        is(get(&nobody, "k", &[]).await, EMPTY.0, EMPTY.1);
        is(get(&alice, "k", &[]).await, "0", "");
        is(get(&alice, "l", &[]).await, DENIED.0, DENIED.1);
        is(get(&stranger, "k", &[]).await, DENIED.0, DENIED.1);
        is(get(&root, "l", &[]).await, "0", "");
        // Who brings a token is who that says, or nobody.
        is(get(&root, "l", &[("token", "AbCdEfGhIjKlMnOp.1")]).await, INVALID.0, INVALID.1);
        is(get(&root, "l", &[("authorization", "Bearer AbCdEfGhIjKlMnOp.1")]).await, INVALID.0, INVALID.1);
        // A gateway from JSON has a certificate of its own and asks for anybody.
        for services in [&alice, &root] {
            is(get(services, "k", &[("grpcgateway-accept", "*/*")]).await, EMPTY.0, EMPTY.1);
            is(get(services, "k", &[("grpcgateway-accept", "")]).await, EMPTY.0, EMPTY.1);
        }
        server.stop().await;
    }
}

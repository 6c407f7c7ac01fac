//! Users in a cluster: what is issued by one member is good at every other, and what is secret is nowhere to be read.

use crate::process::{Process, Together, WAIT_MAX};
use crate::support::member::Program;
use etcd::pb::etcdserverpb::{
    AuthEnableRequest, AuthRoleAddRequest, AuthUserAddRequest, AuthUserChangePasswordRequest, AuthUserDeleteRequest,
    AuthUserGrantRoleRequest, AuthenticateRequest, PutRequest, RangeRequest, auth_client::AuthClient,
    kv_client::KvClient,
};
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tonic::{Code, Request, Status};

const PASSWORD: &str = "a-password-of-its-own";

fn by<T>(token: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("token", token.parse().expect("a token is ASCII"));
    request
}

fn user(name: &str) -> AuthUserAddRequest {
    AuthUserAddRequest { name: name.into(), password: PASSWORD.into(), ..Default::default() }
}

/// Makes `root`, turns authentication on, and makes `poor`, who may nothing.
async fn enable(member: &Process) {
    let mut auth = AuthClient::new(member.channel());
    auth.user_add(user("root")).await.expect("a user");
    auth.user_add(user("poor")).await.expect("a user");
    auth.role_add(AuthRoleAddRequest { name: "root".into() }).await.expect("a role");
    let grant = AuthUserGrantRoleRequest { user: "root".into(), role: "root".into() };
    auth.user_grant_role(grant).await.expect("a grant");
    auth.auth_enable(AuthEnableRequest {}).await.expect("it is on");
}

async fn login(member: &Process, name: &str, password: &str) -> Result<String, Status> {
    let request = AuthenticateRequest { name: name.into(), password: password.into() };
    AuthClient::new(member.channel()).authenticate(request).await.map(|answer| answer.into_inner().token)
}

async fn put(member: &Process, token: &str) -> Result<(), Status> {
    let put = PutRequest { key: "k".into(), value: "v".into(), ..Default::default() };
    KvClient::new(member.channel()).put(by(token, put)).await.map(drop)
}

/// Of what all have agreed on before: who asks is looked at behind that.
async fn get(member: &Process, token: &str) -> Result<(), Status> {
    let range = RangeRequest { key: "k".into(), ..Default::default() };
    KvClient::new(member.channel()).range(by(token, range)).await.map(drop)
}

/// Of what this member has, whatever the others may have by now.
async fn get_here(member: &Process, token: &str) -> Result<(), Status> {
    let range = RangeRequest { key: "k".into(), serializable: true, ..Default::default() };
    KvClient::new(member.channel()).range(by(token, range)).await.map(drop)
}

async fn tokens_are_good_everywhere(programs: [&Program; 3]) {
    let mut cluster = Together::start(&programs, &["--bcrypt-cost=4"]);
    enable(&cluster.members[0]).await;
    let deadline = Instant::now() + WAIT_MAX;
    for number in 0..12 {
        // Whoever is behind has to wait for the entry, rather than say that it knows no such token.
        let token = login(&cluster.members[number % 3], "root", PASSWORD).await.expect("a token");
        for member in &cluster.members {
            while let Err(status) = get_here(member, &token).await {
                // An etcd waits for the entry before, and may still not have the one that issued it.
                assert!(
                    !member.program.is_ours() && status.code() == Code::Unauthenticated,
                    "{}: {status}",
                    member.name
                );
                assert!(Instant::now() < deadline, "{} never knows the token", member.name);
            }
        }
        put(&cluster.members[(number + 1) % 3], &token).await.expect("a put");
    }
    // One that no entry has issued, and that nobody would have to wait for.
    let [made_up, token] = ["AbCdEfGhIjKlMnOp.3", &login(&cluster.members[1], "root", PASSWORD).await.unwrap()];
    for member in &cluster.members {
        assert_eq!(get_here(member, made_up).await.unwrap_err().code(), Code::Unauthenticated, "{}", member.name);
    }
    // In memory only: a member that returns knows none, and the others still do. (What a kill leaves to be applied again issues
    // its tokens again.)
    cluster.members[2].terminate();
    cluster.restart(2);
    let refused = put(&cluster.members[2], token).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::Unauthenticated, "etcdserver: invalid auth token"));
    put(&cluster.members[0], token).await.expect("a put");
    // What becomes of a user is known everywhere.
    let poor = login(&cluster.members[0], "poor", PASSWORD).await.expect("a token");
    let denied = put(&cluster.members[1], &poor).await.unwrap_err();
    assert_eq!((denied.code(), denied.message()), (Code::PermissionDenied, "etcdserver: permission denied"));
    let delete = AuthUserDeleteRequest { name: "poor".into() };
    AuthClient::new(cluster.members[0].channel()).user_delete(by(token, delete)).await.expect("it is gone");
    for member in &cluster.members {
        assert_eq!(get(member, &poor).await.unwrap_err().code(), Code::Unauthenticated, "{}", member.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_one_member_is_good_at_every_other() {
    let ours = Program::ours();
    tokens_are_good_everywhere([&ours, &ours, &ours]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn and_with_real_etcds_among_them() {
    let Some(oracle) = Program::current_oracle() else { return };
    let ours = Program::ours();
    tokens_are_good_everywhere([&ours, &oracle, &ours]).await;
    tokens_are_good_everywhere([&oracle, &ours, &oracle]).await;
}

/// The whole text of a page.
async fn page(member: &Process, path: &str) -> String {
    let url = member.client_url();
    let address = url.strip_prefix("http://").expect("a URL without TLS");
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    let mut text = Vec::new();
    stream.read_to_end(&mut text).await.expect("an answer");
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_and_tokens_are_nowhere_to_be_read() {
    let ours = Program::ours();
    // Every request is told of.
    let flags = ["--bcrypt-cost=4", "--log-level=debug", "--warning-unary-request-duration=1ns"];
    let mut cluster = Together::start(&[&ours, &ours, &ours], &flags);
    let member = &cluster.members[0];
    enable(member).await;
    let token = login(member, "root", PASSWORD).await.expect("a token");
    let (wrong, other, made_up) = ("a-wrong-password", "another-password", "LettersOfNoToken.7");
    let mut refusals = vec![
        login(member, "root", wrong).await.unwrap_err(),
        login(member, "nobody", wrong).await.unwrap_err(),
        put(member, made_up).await.unwrap_err(),
    ];
    put(member, &token).await.expect("a put");
    let mut auth = AuthClient::new(member.channel());
    let change = |name: &str, password: &str| {
        let (name, password) = (name.into(), password.into());
        AuthUserChangePasswordRequest { name, password, ..Default::default() }
    };
    refusals.push(auth.user_change_password(by(&token, change("nobody", other))).await.unwrap_err());
    refusals.push(auth.user_change_password(by(made_up, change("root", other))).await.unwrap_err());
    auth.user_change_password(by(&token, change("root", other))).await.expect("another password");
    refusals.push(put(member, &token).await.unwrap_err());
    let hashed = ["$2a$", "JDJhJ"];
    let secrets = [PASSWORD, wrong, other, made_up, &token].into_iter().chain(hashed);
    let secrets: Vec<String> = secrets.map(|secret| secret.trim_end_matches(".7").to_owned()).collect();
    let mut texts: Vec<String> = refusals.iter().map(|status| format!("{status:?}")).collect();
    for path in ["/metrics", "/debug/vars", "/health", "/config/local/log"] {
        texts.push(page(&cluster.members[0], path).await);
    }
    for member in &mut cluster.members {
        let (_, said) = member.terminate();
        assert!(said.iter().any(|line| line.contains("request stats")) || member.name != "m1");
        texts.extend(said);
    }
    for secret in secrets {
        let told = texts.iter().find(|text| text.contains(&secret));
        assert_eq!(told, None, "{secret}");
    }
}

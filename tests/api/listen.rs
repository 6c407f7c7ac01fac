//! Where a member listens: only a process of its own reads flags.

use crate::support::member::{Member, Program};
use crate::{
    page,
    target::{settle, start_process},
};
use etcd::pb::etcdserverpb::{PutRequest, kv_client::KvClient};
use hyper_util::rt::TokioIo;
use std::path::PathBuf;
use tokio::net::UnixStream;
use tonic::transport::{Channel, Endpoint};

async fn start(program: &Program, flag: String) -> Member {
    start_process(program, vec!["--unsafe-no-fsync".into(), flag]).await
}

async fn put(channel: Channel) {
    let request = PutRequest { key: "k".into(), value: "v".into(), ..Default::default() };
    let response = KvClient::new(channel).put(request).await.expect("an answer").into_inner();
    assert_eq!(response.header.expect("a header").revision, 2);
}

fn on_socket(path: PathBuf) -> Channel {
    // The address is for the host name that is sent; the connection goes to the socket.
    let endpoint = Endpoint::from_static("http://localhost");
    endpoint.connect_with_connector_lazy(tower::service_fn(move |_| {
        let path = path.clone();
        async move { UnixStream::connect(path).await.map(TokioIo::new) }
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_are_files() {
    for program in Program::all_current() {
        // Without a slash in front it is a file in the folder that the member runs in, whatever it looks like.
        let mut member = start(&program, "--listen-client-urls=unix://localhost:20000".into()).await;
        assert_eq!(member.address(), "localhost:20000");
        let path = member.work_dir().join("localhost:20000");
        put(on_socket(path.clone())).await;
        // A kill leaves the file behind; it is in nobody's way.
        member.kill();
        assert!(path.exists());
        tokio::task::block_in_place(|| member.restart());
        tokio::task::block_in_place(|| member.terminate());
        assert!(!path.exists());

        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("socket");
        let member = start(&program, format!("--listen-client-urls=unix://{}", path.display())).await;
        assert_eq!(member.address(), path.display().to_string());
        put(on_socket(path)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_system_chooses_a_port() {
    for program in Program::all_current() {
        for (url, host) in
            [("http://[::1]:0", "[::1]"), ("http://localhost:0", "127.0.0.1"), ("http://0.0.0.0:0", "[::]")]
        {
            let member = start(&program, format!("--listen-client-urls={url}")).await;
            let (host_found, port) = member.address().rsplit_once(':').expect("host:port");
            assert!(port.parse::<u16>().expect("a port") > 0);
            assert_eq!(host_found, host, "{program:?}");
            put(member.channel()).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_peer_port_tells_its_version() {
    for program in Program::all_current() {
        let member = start(&program, "--listen-peer-urls=http://localhost:0".into()).await;
        settle(member.channel()).await;
        let peer = member.peer_address();
        let version = r#""{\"etcdserver\":\"3.7.1\",\"etcdcluster\":\"3.7.0\",\"storage\":\"3.7.0\"}""#;
        assert_eq!(page::ask(peer, "GET", "/version").await, ["200 application/json", version], "{program:?}");
        let refused = ["405 text/plain; charset=utf-8 nosniff allow=GET", "\"Method Not Allowed\\n\""];
        for method in ["POST", "OPTIONS"] {
            assert_eq!(page::ask(peer, method, "/version").await, refused, "{program:?}");
        }
        let missing = ["404 text/plain; charset=utf-8 nosniff", "\"404 page not found\\n\""];
        for path in ["/", "/nothing", "/health", "/metrics", "/v3/kv/range", "/version/"] {
            assert_eq!(page::ask(peer, "GET", path).await, missing, "{program:?} {path}");
        }
        // What is for clients is not served here, and what is for peers not there.
        assert_eq!(page::ask(member.address(), "GET", "/raft").await[0], format!("{} origin=*", missing[0]));
    }
}

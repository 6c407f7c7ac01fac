//! What ends calls from the server's side: the server stops, or the client's time is up.

use crate::{
    target::Options,
    targets,
    wire::{End, call},
};
use etcd::pb::etcdserverpb::{
    LeaseGrantRequest, LeaseKeepAliveRequest, RangeRequest, WatchCreateRequest, WatchRequest,
    lease_client::LeaseClient, watch_client::WatchClient, watch_request::RequestUnion,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Code, Status, Streaming};

fn watch_all() -> WatchRequest {
    let create = WatchCreateRequest { key: "k".into(), ..Default::default() };
    WatchRequest { request_union: Some(RequestUnion::CreateRequest(create)) }
}

/// How a stream ends that is read to its end.
async fn end<T>(mut stream: Streaming<T>) -> Result<(), Status> {
    while stream.message().await?.is_some() {}
    Ok(())
}

/// etcd waits seven seconds for its streams to end and then cuts their connections. Ours tells them, at once, what Go's
/// client makes of such a cut: the server is not available, try another. Both never say that a watch was canceled, since that would
/// be for good.
#[tokio::test(flavor = "multi_thread")]
async fn streams_under_way_end_when_the_server_stops() {
    for target in targets() {
        let server = target.start(Options::default()).await;
        let (watches, requests) = mpsc::unbounded_channel();
        watches.send(watch_all()).unwrap();
        let mut watch = WatchClient::new(server.channel());
        let mut watch = watch.watch(UnboundedReceiverStream::new(requests)).await.unwrap().into_inner();
        assert!(watch.message().await.unwrap().unwrap().created);
        let (keep_alives, requests) = mpsc::unbounded_channel();
        let mut lease = LeaseClient::new(server.channel());
        lease.lease_grant(LeaseGrantRequest { id: 7, ttl: 60 }).await.unwrap();
        keep_alives.send(LeaseKeepAliveRequest { id: 7 }).unwrap();
        let mut renewals = lease.lease_keep_alive(UnboundedReceiverStream::new(requests)).await.unwrap().into_inner();
        assert_eq!(renewals.message().await.unwrap().unwrap().ttl, 60);
        let (watch, renewals) = (tokio::spawn(end(watch)), tokio::spawn(end(renewals)));
        server.stop().await;
        for stream in [watch, renewals] {
            let status = stream.await.unwrap().unwrap_err();
            if target.is_ours() {
                assert_eq!((status.code(), status.message()), (Code::Unavailable, "etcdserver: server stopped"));
            } else {
                assert_eq!(status.code(), Code::Unknown, "the connection was cut: {status}");
            }
        }
    }
}

async fn range(address: &str, timeout: &str) -> End {
    call(address, "/etcdserverpb.KV/Range", timeout, &RangeRequest { key: "k".into(), ..Default::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_has_only_the_time_that_its_client_gives_it() {
    for target in targets() {
        let server = target.start(Options::default()).await;
        let status = |code: Code, text: &str| End::Status(code as i32, text.into());
        for plenty in ["10S", "99999999H"] {
            assert_eq!(range(server.address(), plenty).await, status(Code::Ok, ""), "{target:?}");
        }
        let exceeded = status(Code::DeadlineExceeded, "context deadline exceeded");
        assert_eq!(range(server.address(), "0S").await, exceeded, "{target:?}");
        for (timeout, reason) in [
            ("1", "transport: timeout string is too short: \"1\""),
            ("1x", "transport: timeout unit is not recognized: \"1x\""),
            ("123456789S", "transport: timeout string is too long: \"123456789S\""),
            ("-1S", "strconv.ParseUint: parsing \"-1\": invalid syntax"),
        ] {
            let malformed = status(Code::Internal, &format!("malformed grpc-timeout: {reason}"));
            assert_eq!(range(server.address(), timeout).await, malformed, "{target:?}");
        }
        // A stream ends too, though nobody asks it to. In etcd the end of the call and the reset of its stream are a race.
        let watched = call(server.address(), "/etcdserverpb.Watch/Watch", "100m", &watch_all()).await;
        assert!(watched == exceeded || (watched == End::Reset && !target.is_ours()), "{target:?}: {watched:?}");
    }
}

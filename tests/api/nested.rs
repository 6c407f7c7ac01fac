//! Transactions within transactions, far deeper than anybody means it.

use crate::{
    target::Options,
    targets,
    wire::{End, framed, send},
};
use etcd::pb::etcdserverpb::{PutRequest, kv_client::KvClient};

/// A transaction of so many, each the only operation of the one around it: whoever reads it calls himself as often.
fn nested(depth: usize) -> Vec<u8> {
    // Written from its end: an operation (field 2) that is a transaction (field 4), again and again.
    let mut reversed = Vec::new();
    for field in [4u8, 2].repeat(depth) {
        let mut head = vec![field << 3 | 2];
        prost::encoding::encode_varint(reversed.len() as u64, &mut head);
        reversed.extend(head.iter().rev());
    }
    reversed.reverse();
    reversed
}

#[tokio::test(flavor = "multi_thread")]
async fn depth_without_end_is_refused_and_ends_nothing() {
    for target in targets() {
        let server = target.start(Options::default()).await;
        for depth in [90, 200, 5_000, 100_000] {
            let end =
                send(server.address(), "/etcdserverpb.KV/Txn", ("te", "trailers"), framed(0, &nested(depth))).await;
            assert!(matches!(end, End::Status(..)), "{target:?} {depth}: {end:?}");
            // Fifty within each other are read, and no more.
            if target.is_ours() {
                assert_ne!(end, End::Status(0, String::new()), "{depth}");
            }
        }
        let put = PutRequest { key: "k".into(), ..Default::default() };
        KvClient::new(server.channel()).put(put).await.expect("an answer");
    }
}

//! Messages that are compressed, or say so.

use crate::{
    target::Options,
    targets,
    wire::{End, framed, send},
};
use etcd::pb::etcdserverpb::{PutRequest, RangeRequest, kv_client::KvClient};
use flate2::{Compression, write::GzEncoder};
use prost::Message;
use std::io::Write;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn put(length: usize) -> Vec<u8> {
    PutRequest { key: "k".into(), value: vec![b'v'; length].into(), ..Default::default() }.encode_to_vec()
}

/// As etcd 3.7.1 answers.
#[tokio::test(flavor = "multi_thread")]
async fn compressed_messages_are_taken_up_to_the_size_of_others() {
    let refused = |code, text: &str| End::Status(code, text.into());
    let fine = refused(0, "");
    let snappy = refused(12, r#"grpc: Decompressor is not installed for grpc-encoding "snappy""#);
    let bomb = refused(8, "grpc: received message after decompression larger than max 2097152");
    let cases = [
        ("gzip", framed(1, &gzip(&put(9))), fine.clone()),
        ("gzip", framed(1, &gzip(&put(1 << 20))), fine.clone()),
        // Not compressed after all.
        ("gzip", framed(0, &put(9)), fine),
        ("identity", framed(1, &put(9)), refused(13, "grpc: compressed flag set with identity or empty encoding")),
        ("snappy", framed(1, &put(9)), snappy.clone()),
        ("snappy", framed(0, &put(9)), snappy),
        ("gzip", framed(1, &put(9)), refused(13, "grpc: failed to decompress the message: gzip: invalid header")),
        (
            "gzip",
            framed(1, &gzip(&put(1 << 20))[..300]),
            refused(13, "grpc: failed to read decompressed data: unexpected EOF"),
        ),
        ("gzip", framed(2, &put(9)), refused(13, "grpc: received unexpected payload format 2")),
        // A thousandth of it is sent.
        ("gzip", framed(1, &gzip(&put(4 << 20))), bomb.clone()),
        ("gzip", framed(1, &gzip(&put(64 << 20))), bomb),
    ];
    for target in targets() {
        let server = target.start(Options::default()).await;
        for (number, (encoding, body, expected)) in cases.iter().enumerate() {
            let header = ("grpc-encoding", *encoding);
            let end = send(server.address(), "/etcdserverpb.KV/Put", header, body.clone()).await;
            assert_eq!(&end, expected, "{target:?} {number}");
        }
        // A stream is refused in the same way.
        let end = send(
            server.address(),
            "/etcdserverpb.Lease/LeaseKeepAlive",
            ("grpc-encoding", "gzip"),
            cases[10].1.clone(),
        );
        assert_eq!(end.await, cases[10].2, "{target:?}");
        let value = KvClient::new(server.channel()).range(RangeRequest { key: "k".into(), ..Default::default() }).await;
        assert_eq!(value.expect("an answer").into_inner().kvs[0].version, 3, "{target:?}");
    }
}

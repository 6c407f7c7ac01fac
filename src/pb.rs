//! etcd's messages, clients and servers, generated from `proto/` under etcd's own package names.
//!
//! On the wire and on disk these are etcd 3.7's bytes. Byte fields are [`bytes::Bytes`], so what was decoded from a
//! connection shares its receive buffer: copy what outlives the request. Enums are `i32` in the messages, since a peer may
//! know more of them than we do.

pub use raft_proto::eraftpb as raftpb;

/// The API, and the requests as they stand in the raft log.
#[allow(missing_docs, clippy::all)]
pub mod etcdserverpb {
    tonic::include_proto!("etcdserverpb");
}

/// Keys and events.
#[allow(missing_docs, clippy::all)]
pub mod mvccpb {
    tonic::include_proto!("mvccpb");
}

/// Users and roles.
#[allow(missing_docs, clippy::all)]
pub mod authpb {
    tonic::include_proto!("authpb");
}

/// Members, as the raft log tells of them.
#[allow(missing_docs, clippy::all)]
pub mod membershippb {
    tonic::include_proto!("membershippb");
}

/// Leases on disk and between members.
#[allow(missing_docs, clippy::all)]
pub mod leasepb {
    tonic::include_proto!("leasepb");
}

/// Records of the write-ahead log.
#[allow(missing_docs, clippy::all)]
pub mod walpb {
    tonic::include_proto!("walpb");
}

/// The envelope of a snapshot file.
#[allow(missing_docs, clippy::all)]
pub mod snappb {
    tonic::include_proto!("snappb");
}

/// The lock service.
#[allow(missing_docs, clippy::all)]
pub mod v3lockpb {
    tonic::include_proto!("v3lockpb");
}

/// The election service.
#[allow(missing_docs, clippy::all)]
pub mod v3electionpb {
    tonic::include_proto!("v3electionpb");
}

/// gRPC's health service, package `grpc.health.v1`.
#[allow(missing_docs, clippy::all)]
pub mod health {
    tonic::include_proto!("grpc.health.v1");
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use prost::Message;

    /// Checks both directions.
    #[track_caller]
    fn golden<M: Message + Default + PartialEq + std::fmt::Debug>(message: M, bytes: &[u8]) {
        assert_eq!(message.encode_to_vec(), bytes);
        assert_eq!(M::decode(bytes).unwrap(), message);
    }

    #[test]
    fn key_value() {
        let kv = mvccpb::KeyValue {
            key: Bytes::from_static(b"k"),
            create_revision: 2,
            mod_revision: 300,
            version: 4,
            value: Bytes::from_static(b"vv"),
            lease: -1,
        };
        golden(kv, b"\x0a\x01k\x10\x02\x18\xac\x02\x20\x04\x2a\x02vv\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
        // A tombstone.
        golden(mvccpb::KeyValue { key: Bytes::from_static(b"k"), ..Default::default() }, b"\x0a\x01k");
    }

    #[test]
    fn raft_request() {
        let request = etcdserverpb::InternalRaftRequest {
            header: Some(etcdserverpb::RequestHeader { id: 1, username: "u".into(), auth_revision: 2 }),
            put: Some(etcdserverpb::PutRequest {
                key: Bytes::from_static(b"a"),
                value: Bytes::from_static(b"b"),
                ..Default::default()
            }),
            ..Default::default()
        };
        golden(request, b"\x22\x06\x0a\x01a\x12\x01b\xa2\x06\x07\x08\x01\x12\x01u\x18\x02");
        // Far numbers, and an ID of an old member.
        let request = etcdserverpb::InternalRaftRequest {
            id: 7,
            downgrade_version_test: Some(etcdserverpb::DowngradeVersionTestRequest { ver: "x".into() }),
            ..Default::default()
        };
        golden(request, b"\x08\x07\xe2\xea\x04\x03\x0a\x01x");
    }

    #[test]
    fn records_of_the_log_write_their_zeros() {
        golden(walpb::Record { r#type: 4, crc: 0, data: None }, b"\x08\x04\x10\x00");
        golden(walpb::Record { r#type: 2, crc: 0, data: Some(Bytes::new()) }, b"\x08\x02\x10\x00\x1a\x00");
        golden(walpb::Snapshot::default(), b"\x08\x00\x10\x00");
        golden(etcdserverpb::Metadata::default(), b"\x08\x00\x10\x00");
        golden(snappb::Snapshot { crc: 0, data: Bytes::from_static(b"d") }, b"\x08\x00\x12\x01d");
        // A missing field reads as zero.
        assert_eq!(walpb::Record::decode(&b"\x08\x01"[..]).unwrap(), walpb::Record { r#type: 1, ..Default::default() });
    }

    #[test]
    fn a_snapshot_record_carries_its_conf_state() {
        let conf = raftpb::ConfState { voters: vec![1, 300], ..Default::default() };
        let bytes = walpb::Snapshot { index: 5, term: 6, conf_state: Some(conf) }.encode_to_vec();
        assert!(bytes.starts_with(b"\x08\x05\x10\x06\x1a"));
        let conf = walpb::Snapshot::decode(&bytes[..]).unwrap().conf_state.unwrap();
        assert_eq!(conf.voters, [1, 300]);
    }

    #[test]
    fn odd_numbers() {
        let compare = etcdserverpb::Compare {
            target_union: Some(etcdserverpb::compare::TargetUnion::ModRevision(0)),
            range_end: Bytes::from_static(b"\0"),
            ..Default::default()
        };
        golden(compare, b"\x30\x00\x82\x04\x01\x00");
        let response = etcdserverpb::WatchResponse { events: vec![Default::default()], ..Default::default() };
        golden(response, b"\x5a\x00");
        golden(leasepb::Lease { id: 1, ttl: 2, remaining_ttl: 3 }, b"\x08\x01\x10\x02\x18\x03");
    }
}

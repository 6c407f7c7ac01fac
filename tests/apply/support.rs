//! A state machine over a disk in memory, and the entries it is fed with.

use crate::language::users::NOW;
use bytes::Bytes;
use etcd::{
    apply::{
        Applied, Asked, Identity, Outcome, Response, Settings, StateMachine, Unanswered, is_read_only, needs, read,
    },
    auth::{self, AuthRefusal},
    backend::{Backend, BackendConfig},
    disk::mem::MemDisk,
    id::{ClusterId, MemberId},
    pb::{
        etcdserverpb::{InternalRaftRequest, RequestHeader, ResponseHeader},
        raftpb::Entry,
    },
};
use prost::Message;
use std::{path::Path, sync::Arc};

pub const IDENTITY: Identity = Identity { cluster_id: ClusterId(0xc1), member_id: MemberId(0xa1) };
const TERM: u64 = 3;

/// From `APPLY_SEED`, or drawn; printed, so that a failure can be run again.
pub fn chance() -> fastrand::Rng {
    let seed = std::env::var("APPLY_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
    println!("APPLY_SEED={seed}");
    fastrand::Rng::with_seed(seed)
}

pub struct Machine {
    pub disk: MemDisk,
    pub backend: Backend,
    pub inner: StateMachine,
}

impl Machine {
    pub fn new() -> Self {
        Self::open(MemDisk::new())
    }

    pub fn open(disk: MemDisk) -> Self {
        let backend = Backend::open(Arc::new(disk.clone()), Path::new("/db"), &BackendConfig::default()).unwrap();
        let inner = StateMachine::open(backend.clone(), IDENTITY, Settings::default()).unwrap();
        Self { disk, backend, inner }
    }

    /// Applies the request as the next entry.
    pub fn request(&mut self, request: InternalRaftRequest) -> Applied {
        let request = self.as_of_now(request);
        let entry = entry(self.inner.applied().0 + 1, &request);
        self.inner.apply(&entry).unwrap()
    }

    /// Puts the revision of users and roles where one asks as of now.
    fn as_of_now(&self, mut request: InternalRaftRequest) -> InternalRaftRequest {
        if let Some(header) = request.header.as_mut().filter(|header| header.auth_revision == NOW) {
            header.auth_revision = self.inner.auth().revision();
        }
        request
    }

    /// May this be answered from a view?
    fn check(&self, request: &InternalRaftRequest) -> Result<(), AuthRefusal> {
        let header = request.header.clone().unwrap_or_default();
        let by = auth::Identity::new(&header.username, header.auth_revision);
        let asked = match request {
            InternalRaftRequest { range: Some(range), .. } => Asked::Range(range),
            InternalRaftRequest { txn: Some(txn), .. } => Asked::Txn(txn),
            _ => return Ok(()),
        };
        self.inner.auth().authorise(&by, &needs(&asked, &self.inner.leases()))
    }

    /// As a server does: what only reads is judged and answered from a view, all else is applied.
    pub fn answer(&mut self, request: InternalRaftRequest) -> Outcome {
        let request = self.as_of_now(request);
        if let Err(refusal) = self.check(&request) {
            return Outcome::Refused(refusal.into());
        }
        let header = ResponseHeader { cluster_id: 0xc1, member_id: 0xa1, revision: 0, raft_term: TERM };
        let reader = self.inner.reader();
        let response = match &request {
            InternalRaftRequest { range: Some(range), .. } => read::range(&reader, range, header).map(Response::Range),
            InternalRaftRequest { txn: Some(txn), .. } if is_read_only(txn) => {
                read::txn(&reader, txn, header).map(Response::Txn)
            }
            _ => return self.request(request).outcome.unwrap(),
        };
        match response {
            Ok(response) => Outcome::Done(response),
            Err(Unanswered::Refused(refusal)) => Outcome::Refused(refusal),
            Err(Unanswered::Fatal(fatal)) => panic!("{fatal}"),
        }
    }

    /// Is whatever header there is complete?
    pub fn check_header(&self, outcome: &Outcome) {
        let Outcome::Done(response) = outcome else { return };
        if matches!(response, Response::Members(_) | Response::Empty) {
            return;
        }
        let header = response.header().unwrap();
        assert_eq!((header.cluster_id, header.member_id, header.raft_term), (0xc1, 0xa1, TERM));
    }
}

pub fn entry(index: u64, request: &InternalRaftRequest) -> Entry {
    let header = Some(RequestHeader { id: index, ..request.header.clone().unwrap_or_default() });
    let data = InternalRaftRequest { header, ..request.clone() }.encode_to_vec();
    raw_entry(index, data.into())
}

pub fn raw_entry(index: u64, data: Bytes) -> Entry {
    Entry { index, term: TERM, data, ..Default::default() }
}

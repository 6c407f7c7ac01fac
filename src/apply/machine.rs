//! [`StateMachine`]: the owner of everything that is replicated, and the one match over what can happen to it.

use super::{
    admit::admit,
    command::Command,
    delete,
    meta::Meta,
    outcome::{Applied, Fatal, LeaseChange, Outcome, Refusal, Response, Unanswered},
    put, read, txn,
};
use crate::{
    alarm::{Alarms, AlarmsView},
    backend::{Backend, Batch},
    id::{ClusterId, LeaseId, MemberId},
    key::KeyRange,
    lease::{LeaseView, Leases},
    membership::{Change, Cluster, Downgrade, MembersView, Version},
    mvcc::{Changes, Compactor, Ranges, Reader, Store, WriteTxn},
    pb::{
        etcdserverpb::{
            AlarmMember, AlarmRequest, AlarmResponse, CompactionRequest, CompactionResponse, LeaseCheckpointRequest,
            LeaseGrantRequest, LeaseGrantResponse, LeaseRevokeRequest, LeaseRevokeResponse, ResponseHeader,
            alarm_request::AlarmAction,
        },
        membershippb::{ClusterMemberAttrSetRequest, ClusterVersionSetRequest, DowngradeInfoSetRequest},
        raftpb::{ConfChange, ConfState, Entry, EntryType},
    },
};
use prost::Message;

/// Whose answers these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The cluster.
    pub cluster_id: ClusterId,
    /// This member of it.
    pub member_id: MemberId,
}

/// What decides outcomes and does not stand in the log. As in etcd, every member must have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Leases live at least this long: one and a half election timeouts, in seconds, rounded up.
    pub lease_ttl_min_s: i64,
    /// So many members may be learners (`--max-learners`).
    pub learners_max: usize,
}

impl Default for Settings {
    /// etcd's, with its election timeout of one second.
    fn default() -> Self {
        Self { lease_ttl_min_s: 2, learners_max: 1 }
    }
}

/// See the module [`apply`](super).
#[derive(Debug)]
pub struct StateMachine {
    identity: Identity,
    backend: Backend,
    meta: Meta,
    store: Store,
    reader: Reader,
    leases: Leases,
    cluster: Cluster,
    alarms: Alarms,
}

impl StateMachine {
    /// Finds everything again in the backend.
    pub fn open(backend: Backend, identity: Identity, settings: Settings) -> Result<Self, Fatal> {
        let meta = Meta::open(&backend)?;
        let (store, attachments) = Store::open(backend.clone())?;
        let leases = Leases::open(&backend, &attachments, settings.lease_ttl_min_s)?;
        let cluster = Cluster::open(&backend, settings.learners_max)?;
        let alarms = Alarms::open(&backend)?;
        let reader = store.reader();
        Ok(Self { identity, backend, meta, store, reader, leases, cluster, alarms })
    }

    /// Index and term of the last entry that was applied; zeros before the first.
    pub fn applied(&self) -> (u64, u64) {
        (self.meta.index, self.meta.term)
    }

    /// The voters, as of the last conf change; none before the first.
    pub fn conf_state(&self) -> Option<ConfState> {
        self.meta.conf_state.clone()
    }

    /// The version in which the backend is written; none until the cluster has one.
    pub fn storage_version(&self) -> Option<Version> {
        self.meta.storage_version
    }

    /// Reads of the store, at what was published.
    pub fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// Reads of the leases.
    pub fn leases(&self) -> LeaseView {
        self.leases.view()
    }

    /// Reads of the cluster.
    pub fn members(&self) -> MembersView {
        self.cluster.view()
    }

    /// Reads of the alarms.
    pub fn alarms(&self) -> AlarmsView {
        self.alarms.view()
    }

    /// The owner of the background work of compactions.
    pub fn compactor(&self) -> Compactor {
        self.store.compactor()
    }

    /// Applies a committed normal entry: its effects and the note that it was applied are staged together, then
    /// published. One that was applied before does nothing and answers nothing.
    pub fn apply(&mut self, entry: &Entry) -> Result<Applied, Fatal> {
        if !self.is_next(entry)? {
            return Ok(Applied::default());
        }
        if entry.entry_type != EntryType::EntryNormal as i32 {
            return Err(unusable(entry, format!("of type {} among normal ones", entry.entry_type)));
        }
        let mut batch = Batch::new();
        let applied = if entry.data.is_empty() {
            Applied::default()
        } else {
            let command = Command::read(&entry.data).map_err(|reason| unusable(entry, reason))?;
            match self.run(&command, entry.term, &mut batch) {
                Ok(applied) => applied,
                Err(Unanswered::Fatal(fatal)) => return Err(fatal),
                Err(Unanswered::Refused(refusal)) => {
                    debug_assert!(batch.is_empty(), "what is refused leaves nothing behind");
                    Applied { outcome: Some(Outcome::Refused(refusal)), ..Applied::default() }
                }
            }
        };
        self.finish(entry, batch);
        Ok(applied)
    }

    /// The change that a committed conf change entry asks for, or why it may not have it. To be asked before raft is
    /// told: a refused one must reach raft as a change of node 0, and [`StateMachine::apply_conf_change`] as none.
    pub fn check_conf_change(&self, entry: &Entry) -> Result<Result<ConfChange, Refusal>, Fatal> {
        if entry.entry_type != EntryType::EntryConfChange as i32 {
            return Err(unusable(entry, format!("of type {}, which etcd does not propose", entry.entry_type)));
        }
        let raw = ConfChange::decode(entry.data.clone()).map_err(|error| unusable(entry, error.to_string()))?;
        let change = Change::read(&raw)?;
        Ok(self.cluster.check(&change).map(|()| raw).map_err(Refusal::from))
    }

    /// Applies a committed conf change entry after raft has: `change` is what [`StateMachine::check_conf_change`] gave, none
    /// when it refused; `conf_state` is what raft came to.
    pub fn apply_conf_change(
        &mut self,
        entry: &Entry,
        change: Option<&ConfChange>,
        conf_state: &ConfState,
    ) -> Result<Applied, Fatal> {
        if !self.is_next(entry)? {
            return Ok(Applied::default());
        }
        let mut batch = Batch::new();
        let outcome = match (self.check_conf_change(entry)?, change) {
            (Err(refusal), None) => Outcome::Refused(refusal),
            (Ok(raw), Some(given)) if raw == *given => {
                self.cluster.make(&Change::read(&raw)?, &mut batch);
                self.meta.set_conf_state(conf_state, &mut batch);
                Outcome::Done(Response::Members(self.cluster.view().list().iter().map(Into::into).collect()))
            }
            (checked, given) => {
                return Err(unusable(entry, format!("raft was told {given:?} of a change that is {checked:?}")));
            }
        };
        self.finish(entry, batch);
        let membership_changed = matches!(outcome, Outcome::Done(_));
        Ok(Applied { outcome: Some(outcome), membership_changed, ..Applied::default() })
    }

    /// Is this the entry whose turn it is? One of the past is passed over, one with a gap before it is a bug.
    fn is_next(&self, entry: &Entry) -> Result<bool, Fatal> {
        match self.meta.index {
            applied if entry.index <= applied => Ok(false),
            applied if entry.index == applied + 1 => Ok(true),
            applied => Err(unusable(entry, format!("comes right after entry {applied}"))),
        }
    }

    fn finish(&mut self, entry: &Entry, mut batch: Batch) {
        self.meta.advance(entry.index, entry.term, &mut batch);
        self.backend.stage(batch);
        self.store.publish();
    }

    /// The one match. `batch` takes the effects; after a refusal it is as empty as before.
    fn run(&mut self, command: &Command, term: u64, batch: &mut Batch) -> Result<Applied, Unanswered> {
        admit(command, &self.alarms.view())?;
        let header = self.header(term);
        match command {
            Command::Range(request) => Ok(done(Response::Range(read::range(&self.reader, request, header)?))),
            Command::Put(request) => self.transact(batch, |txn, leases| {
                put::check(txn, &|id| leases.contains(id), request)?;
                Ok(Response::Put(put::run(txn, request, header)?))
            }),
            Command::DeleteRange(request) => {
                self.transact(batch, |txn, _| Ok(Response::DeleteRange(delete::run(txn, request, header)?)))
            }
            Command::Txn(request) => self.transact(batch, |txn, leases| {
                Ok(Response::Txn(txn::run(txn, &|id| leases.contains(id), request, header)?))
            }),
            Command::Compact(request) => self.compact(request, header, batch),
            Command::LeaseGrant(request) => self.grant(request, header, batch),
            Command::LeaseRevoke(request) => self.revoke(request, header, batch),
            Command::LeaseCheckpoint(request) => Ok(self.checkpoint(request, batch)),
            Command::Alarm(request) => Ok(self.alarm(request, header, batch)),
            Command::ClusterVersion(request) => self.set_cluster_version(request, batch),
            Command::MemberAttributes(request) => self.set_member_attributes(request, batch),
            Command::Downgrade(request) => Ok(self.set_downgrade(request, batch)),
            Command::Nothing => Ok(done(Response::Empty)),
            Command::Unsupported(name) => Err(Refusal::Unsupported(name).into()),
        }
    }

    /// The header of an answer that changes no key.
    fn header(&self, raft_term: u64) -> ResponseHeader {
        ResponseHeader {
            cluster_id: self.identity.cluster_id.0,
            member_id: self.identity.member_id.0,
            revision: self.reader.revision(),
            raft_term,
        }
    }

    /// Runs one transaction of the store, and lets the leases follow what it did.
    fn transact(
        &mut self,
        batch: &mut Batch,
        body: impl FnOnce(&mut WriteTxn<'_>, &Leases) -> Result<Response, Unanswered>,
    ) -> Result<Applied, Unanswered> {
        let mut txn = self.store.write(batch);
        let response = body(&mut txn, &self.leases);
        let changes = txn.end();
        let applied = done(response?);
        self.leases.follow(&changes.events);
        Ok(Applied { events: some(changes), ..applied })
    }

    fn compact(
        &mut self,
        request: &CompactionRequest,
        header: ResponseHeader,
        batch: &mut Batch,
    ) -> Result<Applied, Unanswered> {
        self.store.compact(request.revision, batch)?;
        let applied = done(Response::Compact(CompactionResponse { header: Some(header) }));
        Ok(Applied { compacted: Some(request.revision), ..applied })
    }

    fn grant(
        &mut self,
        request: &LeaseGrantRequest,
        header: ResponseHeader,
        batch: &mut Batch,
    ) -> Result<Applied, Unanswered> {
        let id = LeaseId(request.id);
        let ttl_s = self.leases.grant(id, request.ttl, batch)?;
        let response =
            LeaseGrantResponse { header: Some(header), id: request.id, ttl: ttl_s, error: String::new() };
        Ok(Applied { leases: vec![LeaseChange::Granted { id, ttl_s }], ..done(Response::LeaseGrant(response)) })
    }

    /// The lease's row and its keys go in one batch, the keys in one revision. Without keys the revision stays.
    fn revoke(
        &mut self,
        request: &LeaseRevokeRequest,
        header: ResponseHeader,
        batch: &mut Batch,
    ) -> Result<Applied, Unanswered> {
        let id = LeaseId(request.id);
        let keys = self.leases.revoke(id, batch)?;
        let mut txn = self.store.write(batch);
        for key in keys {
            txn.delete_range(&KeyRange::Point(key));
        }
        let changes = txn.end();
        let header = ResponseHeader { revision: changes.revision, ..header };
        let response = Response::LeaseRevoke(LeaseRevokeResponse { header: Some(header) });
        Ok(Applied { leases: vec![LeaseChange::Revoked { id }], events: some(changes), ..done(response) })
    }

    fn checkpoint(&mut self, request: &LeaseCheckpointRequest, batch: &mut Batch) -> Applied {
        let mut leases = Vec::new();
        for checkpoint in &request.checkpoints {
            let (id, remaining_s) = (LeaseId(checkpoint.id), checkpoint.remaining_ttl);
            if self.leases.checkpoint(id, remaining_s, batch) {
                leases.push(LeaseChange::Checkpointed { id, remaining_s });
            }
        }
        Applied { leases, ..done(Response::Empty) }
    }

    /// GET looks at the type alone, though the request has room for a member. An action that does not exist does nothing.
    fn alarm(&mut self, request: &AlarmRequest, header: ResponseHeader, batch: &mut Batch) -> Applied {
        let alarm = AlarmMember { member_id: request.member_id, alarm: request.alarm };
        let alarms = match AlarmAction::try_from(request.action) {
            Ok(AlarmAction::Get) => self.alarms.view().list(request.alarm),
            Ok(AlarmAction::Activate) => self.alarms.activate(alarm, batch).into_iter().collect(),
            Ok(AlarmAction::Deactivate) => self.alarms.deactivate(alarm, batch).into_iter().collect(),
            Err(_) => Vec::new(),
        };
        done(Response::Alarm(AlarmResponse { header: Some(header), alarms }))
    }

    fn set_cluster_version(
        &mut self,
        request: &ClusterVersionSetRequest,
        batch: &mut Batch,
    ) -> Result<Applied, Unanswered> {
        let version = self.cluster.set_version(&request.ver, batch)?;
        self.meta.raise_storage_version(version, batch);
        Ok(done(Response::Empty))
    }

    fn set_member_attributes(
        &mut self,
        request: &ClusterMemberAttrSetRequest,
        batch: &mut Batch,
    ) -> Result<Applied, Unanswered> {
        let attributes = request.member_attributes.clone().unwrap_or_default();
        let id = MemberId(request.member_id);
        self.cluster.set_attributes(id, &attributes.name, &attributes.client_urls, batch)?;
        Ok(Applied { membership_changed: true, ..done(Response::Empty) })
    }

    fn set_downgrade(&mut self, request: &DowngradeInfoSetRequest, batch: &mut Batch) -> Applied {
        self.cluster.set_downgrade(Downgrade { target: request.ver.clone(), enabled: request.enabled }, batch);
        done(Response::Empty)
    }
}

fn done(response: Response) -> Applied {
    Applied { outcome: Some(Outcome::Done(response)), ..Applied::default() }
}

fn some(changes: Changes) -> Option<Changes> {
    (!changes.events.is_empty()).then_some(changes)
}

fn unusable(entry: &Entry, reason: String) -> Fatal {
    Fatal::Entry { index: entry.index, reason }
}

//! [`StateMachine`]: the owner of everything that is replicated, and the one match over what can happen to it.

use super::{
    admit, auth,
    command::Command,
    delete, lease, messages,
    meta::Meta,
    notices,
    outcome::{Applied, Fatal, Outcome, Refusal, Response, Unanswered},
    put, read, slow,
    steps::Steps,
    timing::Timing,
    txn,
};
use crate::{
    alarm::{Alarms, AlarmsView},
    auth::{AuthStore, AuthView},
    backend::{Backend, Batch},
    clock::Stopwatch,
    id::{ClusterId, MemberId},
    lease::{LeaseView, Leases},
    membership::{Change, Cluster, MembersView, Version},
    mvcc::{Changes, Compactor, Ranges, Reader, Store, WriteTxn},
    pb::{
        etcdserverpb::{CompactionRequest, CompactionResponse, RequestHeader, ResponseHeader},
        raftpb::{ConfChange, ConfState, Entry, EntryType},
    },
};
use prost::Message;
use std::time::Duration;

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
    settings: Settings,
    pub(super) backend: Backend,
    pub(super) meta: Meta,
    pub(super) store: Store,
    /// The store's revision, published or not.
    pub(super) revision: i64,
    pub(super) leases: Leases,
    pub(super) cluster: Cluster,
    pub(super) alarms: Alarms,
    pub(super) auth: AuthStore,
    timing: Timing,
}

impl StateMachine {
    /// Finds everything again in the backend.
    pub fn open(backend: Backend, identity: Identity, settings: Settings) -> Result<Self, Fatal> {
        let meta = Meta::open(&backend)?;
        let (store, attachments) = Store::open(backend.clone())?;
        let leases = Leases::open(&backend, &attachments, settings.lease_ttl_min_s)?;
        let cluster = Cluster::open(&backend, settings.learners_max)?;
        let alarms = Alarms::open(&backend)?;
        let auth = AuthStore::open(&backend)?;
        let revision = store.reader().revision();
        let timing = Timing::default();
        Ok(Self { identity, settings, backend, meta, store, revision, leases, cluster, alarms, auth, timing })
    }

    /// Tells from now on how long entries take, and warns of those that take longer than `warn_above`.
    pub fn timed(self, stopwatch: Stopwatch, warn_above: Duration) -> Self {
        Self { timing: Timing::new(stopwatch, warn_above), ..self }
    }

    /// The stopwatch that it was [`timed`](Self::timed) by.
    pub fn stopwatch(&self) -> Stopwatch {
        self.timing.stopwatch
    }

    /// Whose state it is.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// What it was opened with.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    fn ids(&self) -> (ClusterId, MemberId) {
        (self.identity.cluster_id, self.identity.member_id)
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
        self.store.reader()
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

    /// Reads of users and roles, and who may do what.
    pub fn auth(&self) -> AuthView {
        self.auth.view()
    }

    /// The owner of the background work of compactions.
    pub fn compactor(&self) -> Compactor {
        self.store.compactor()
    }

    /// Applies a committed normal entry: its effects and the note that it was applied are staged together, then
    /// published. One that was applied before does nothing and answers nothing.
    pub fn apply(&mut self, entry: &Entry) -> Result<Applied, Fatal> {
        self.apply_all([entry]).map(|applied| applied.into_iter().next().unwrap_or_default())
    }

    /// As [`StateMachine::apply`] for each in turn, staged and published as one: readers see all of them or none, and are
    /// held up once.
    pub fn apply_all<'a>(&mut self, entries: impl IntoIterator<Item = &'a Entry>) -> Result<Vec<Applied>, Fatal> {
        let mut batch = Batch::new();
        self.timing.start();
        let applied = entries.into_iter().map(|entry| self.apply_into(entry, &mut batch)).collect::<Result<_, _>>()?;
        self.publish(batch);
        Ok(applied)
    }

    fn apply_into(&mut self, entry: &Entry, batch: &mut Batch) -> Result<Applied, Fatal> {
        if !self.is_next(entry)? {
            return Ok(Applied::default());
        }
        if entry.entry_type != EntryType::EntryNormal as i32 {
            return Err(unusable(entry, format!("of type {} among normal ones", entry.entry_type)));
        }
        self.meta.advance(entry.index, entry.term);
        // The first entry of a leader is empty.
        if entry.data.is_empty() {
            return Ok(Applied::default());
        }
        let (command, header) = Command::read(&entry.data).map_err(|reason| unusable(entry, reason))?;
        let admitted = self.admit(&command, &header);
        if let (Err(Unanswered::Refused(refusal)), Command::Auth(command)) = (&admitted, &command)
            && command.is_for_root()
        {
            self.timing.start();
            return Ok(Applied::of(Outcome::Refused(*refusal)));
        }
        let mut applied = match admitted.and_then(|()| self.run(&command, entry.term, batch)) {
            Ok(applied) => applied,
            Err(Unanswered::Refused(refusal)) => Applied::of(Outcome::Refused(refusal)),
            Err(Unanswered::Fatal(fatal)) => return Err(fatal),
        };
        let told = slow::Entry { data: &entry.data, applied: &applied, header: self.header(entry.term) };
        (applied.course.began, applied.course.ended) = self.timing.lap(command.kind(), &told);
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
                let change = Change::read(&raw)?;
                let before = self.cluster.view().get(change.id());
                self.cluster.make(&change, &mut batch);
                messages::changed_members(self.ids(), &change, before.as_ref());
                self.meta.set_conf_state(conf_state, &mut batch);
                Outcome::Done(Response::Members(self.cluster.view().list().iter().map(Into::into).collect()))
            }
            (checked, given) => {
                return Err(unusable(entry, format!("raft was told {given:?} of a change that is {checked:?}")));
            }
        };
        self.meta.advance(entry.index, entry.term);
        self.publish(batch);
        Ok(Applied { membership_changed: matches!(outcome, Outcome::Done(_)), ..Applied::of(outcome) })
    }

    /// Is this the entry whose turn it is? One of the past is passed over, one with a gap before it is a bug.
    fn is_next(&self, entry: &Entry) -> Result<bool, Fatal> {
        match self.meta.index {
            applied if entry.index <= applied => Ok(false),
            applied if entry.index == applied + 1 => Ok(true),
            applied => Err(unusable(entry, format!("comes right after entry {applied}"))),
        }
    }

    /// Nothing of a batch is seen, nor can outlive a crash, before this.
    fn publish(&mut self, mut batch: Batch) {
        self.meta.write(&mut batch);
        self.backend.stage(batch);
        self.store.publish();
    }

    /// May it run?
    fn admit(&self, command: &Command, header: &RequestHeader) -> Result<(), Unanswered> {
        admit::under_alarms(command, &self.alarms.view())?;
        if self.auth.is_enabled() {
            admit::by_user(command, header, &self.auth.view(), &self.leases.view())?;
        }
        Ok(())
    }

    /// The one match. `batch` takes the effects; what is refused has none.
    fn run(&mut self, command: &Command, term: u64, batch: &mut Batch) -> Result<Applied, Unanswered> {
        let header = self.header(term);
        match command {
            Command::Range(request) => {
                self.transact(batch, |txn, _| Ok(Response::Range(read::range(txn, request, header)?)))
            }
            Command::Put(request) => self.transact(batch, |txn, leases| {
                Ok(Response::Put(put::run(txn, &|id| leases.contains(id), request, header)?))
            }),
            Command::DeleteRange(request) => {
                self.transact(batch, |txn, _| Ok(Response::DeleteRange(delete::run(txn, request, header)?)))
            }
            Command::Txn(request) => {
                let mut steps = Steps::of(request, self.timing.stopwatch);
                let mut applied = self.transact(batch, |txn, leases| {
                    Ok(Response::Txn(txn::run(txn, &|id| leases.contains(id), request, header, &mut steps)?))
                })?;
                applied.course.steps = steps.taken();
                Ok(applied)
            }
            Command::Compact(request) => self.compact(request, header, batch),
            Command::LeaseGrant(request) => lease::grant(&mut self.leases, request, header, batch),
            Command::LeaseRevoke(request) => {
                let keys = lease::revoke(&mut self.leases, request, batch)?;
                let applied =
                    self.transact(batch, |txn, _| Ok(Response::LeaseRevoke(lease::delete(txn, keys, header))))?;
                Ok(Applied { leases: vec![lease::revoked(request)], ..applied })
            }
            Command::LeaseCheckpoint(request) => Ok(lease::checkpoint(&mut self.leases, request, batch)),
            Command::Alarm(request) => Ok(notices::alarm(&mut self.alarms, request, header, batch)),
            Command::ClusterVersion(request) => {
                let before = (self.cluster.view().version(), self.meta.storage_version);
                let applied = notices::cluster_version(&mut self.cluster, &mut self.meta, request, batch)?;
                messages::set_version(self.ids(), before.0, self.cluster.view().version());
                let downgrade = self.cluster.view().downgrade();
                messages::set_storage_version(before.1, self.meta.storage_version, &downgrade);
                Ok(applied)
            }
            Command::MemberAttributes(request) => notices::member_attributes(&mut self.cluster, request, batch),
            Command::Downgrade(request) => Ok(notices::downgrade(&mut self.cluster, request, batch)),
            Command::Nothing => Ok(Applied::of(Outcome::Done(Response::Empty))),
            Command::Auth(command) => auth::run(&mut self.auth, command, self.meta.index, header, batch),
        }
    }

    /// The header of an answer that changes no key.
    fn header(&self, raft_term: u64) -> ResponseHeader {
        ResponseHeader {
            cluster_id: self.identity.cluster_id.0,
            member_id: self.identity.member_id.0,
            revision: self.revision,
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
        let changes: Changes = txn.end();
        let applied = Applied::of(Outcome::Done(response?));
        self.revision = changes.revision;
        self.leases.follow(&changes.events);
        Ok(Applied { events: Some(changes).filter(|changes| !changes.events.is_empty()), ..applied })
    }

    fn compact(
        &mut self,
        request: &CompactionRequest,
        header: ResponseHeader,
        batch: &mut Batch,
    ) -> Result<Applied, Unanswered> {
        self.store.compact(request.revision, batch)?;
        // etcd reads a key, whichever, to learn the revision.
        let txn = self.store.write(batch);
        txn.count_range();
        txn.end();
        let response = Response::Compact(CompactionResponse { header: Some(header) });
        Ok(Applied { compacted: Some(request.revision), ..Applied::of(Outcome::Done(response)) })
    }
}

fn unusable(entry: &Entry, reason: String) -> Fatal {
    Fatal::Entry { index: entry.index, reason }
}

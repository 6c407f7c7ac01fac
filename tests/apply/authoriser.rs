//! The authoriser against the [`reference`](crate::reference), over random users, roles and requests, nested to depth 3.
//!
//! Three things are compared: what is decided before a request that only reads is answered, what is decided when an entry
//! is applied, and what came of it: no key is told or changed that the reference denies.
//!
//! `AUTH_CASES` says how many requests, `AUTH_SEED` which.

use crate::{
    reference::{self, Kind, Pair, Place, Touch, World},
    support::Machine,
};
use bytes::Bytes;
use etcd::{
    apply::{Applied, Asked, Outcome, Refusal, Response, needs},
    auth::{AuthRefusal, Identity},
    pb::{
        authpb::Permission,
        etcdserverpb::{
            AuthEnableRequest, AuthRoleAddRequest, AuthRoleDeleteRequest, AuthRoleGrantPermissionRequest,
            AuthRoleRevokePermissionRequest, AuthUserAddRequest, AuthUserGrantRoleRequest, AuthUserRevokeRoleRequest,
            Compare, DeleteRangeRequest, InternalRaftRequest, LeaseGrantRequest, LeaseKeepAliveRequest,
            LeaseRevokeRequest, LeaseTimeToLiveRequest, PutRequest, RangeRequest, RequestHeader, RequestOp, TxnRequest,
            TxnResponse, WatchCreateRequest, request_op::Request, response_op,
        },
        mvccpb::KeyValue,
    },
};
use fastrand::Rng;

const USERS: [&str; 4] = ["ann", "bob", "eve", "root"];
const ROLES: [&str; 4] = ["r", "s", "t", "u"];
const LEASES: i64 = 4;
/// So many requests are asked before users and roles change, and so many of a machine before a new one is taken.
const REQUESTS_A_WORLD: usize = 50;
const WORLDS_A_MACHINE: usize = 20;

#[test]
fn never_a_key_that_is_denied() {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seed = number("AUTH_SEED").unwrap_or_else(|| fastrand::u64(..));
    let cases = number("AUTH_CASES").unwrap_or(4_000) as usize;
    println!("AUTH_SEED={seed} AUTH_CASES={cases}");
    let mut chance = Rng::with_seed(seed);
    let mut counts = Counts::default();
    while counts.asked < cases {
        let mut case = Case::new();
        for _ in 0..WORLDS_A_MACHINE {
            (0..8).for_each(|_| case.change(&mut chance));
            for _ in 0..REQUESTS_A_WORLD {
                case.ask(&mut chance, &mut counts);
            }
        }
    }
    println!("{counts:?}");
    // What is nearly always refused, or never, would show little.
    assert!(counts.allowed * 5 > counts.asked && counts.denied * 5 > counts.asked, "{counts:?}");
}

#[derive(Debug, Default)]
struct Counts {
    asked: usize,
    allowed: usize,
    denied: usize,
}

struct Case {
    machine: Machine,
    world: World,
}

impl Case {
    /// All users, with authentication on.
    fn new() -> Self {
        let mut case = Self { machine: Machine::new(), world: World { revision: 1, ..World::default() } };
        for key in texts() {
            case.world.places.push(Place::Key([key.as_slice(), b"\0"].concat()));
            case.world.places.push(Place::Key(key));
        }
        case.world.places.push(Place::End);
        case.world.places.sort();
        for name in USERS {
            let add = AuthUserAddRequest { name: name.into(), ..Default::default() };
            case.carry_out(InternalRaftRequest { auth_user_add: Some(add), ..Default::default() });
            case.world.users.insert(name.into(), Vec::new());
        }
        case.grant("root", "root");
        case.carry_out(InternalRaftRequest { auth_enable: Some(AuthEnableRequest {}), ..Default::default() });
        // That alone does not count.
        case.world.revision -= 1;
        case
    }

    /// As root, and successfully.
    fn carry_out(&mut self, request: InternalRaftRequest) {
        let header = Some(RequestHeader { username: "root".into(), auth_revision: u64::MAX, ..Default::default() });
        let applied = self.machine.request(InternalRaftRequest { header, ..request });
        assert!(matches!(applied.outcome, Some(Outcome::Done(_))), "{applied:?}");
        self.world.revision += 1;
    }

    fn grant(&mut self, user: &str, role: &str) {
        let grant = AuthUserGrantRoleRequest { user: user.into(), role: role.into() };
        self.carry_out(InternalRaftRequest { auth_user_grant_role: Some(grant), ..Default::default() });
        self.world.users.get_mut(user).unwrap().push(role.into());
    }

    /// Some change of users and roles, done on both sides.
    fn change(&mut self, chance: &mut Rng) {
        let (user, role) = (*chance.choice(&USERS[..3]).unwrap(), *chance.choice(&ROLES).unwrap());
        let has_role = self.world.users[user].iter().any(|has| has == role);
        match (self.world.roles.contains_key(role), chance.u8(0..12)) {
            (false, _) => {
                let add = AuthRoleAddRequest { name: role.into() };
                self.carry_out(InternalRaftRequest { auth_role_add: Some(add), ..Default::default() });
                self.world.roles.insert(role.into(), Vec::new());
            }
            (true, 0) => {
                let delete = AuthRoleDeleteRequest { role: role.into() };
                self.carry_out(InternalRaftRequest { auth_role_delete: Some(delete), ..Default::default() });
                self.world.roles.remove(role);
                self.world.users.values_mut().for_each(|roles| roles.retain(|has| has != role));
            }
            (true, 1..4) if !has_role => self.grant(user, role),
            (true, 1) => {
                let revoke = AuthUserRevokeRoleRequest { name: user.into(), role: role.into() };
                self.carry_out(InternalRaftRequest { auth_user_revoke_role: Some(revoke), ..Default::default() });
                self.world.users.get_mut(user).unwrap().retain(|has| has != role);
            }
            (true, 2) if !self.world.roles[role].is_empty() => {
                self.forbid(role, chance.usize(..self.world.roles[role].len()));
            }
            (true, _) => self.permit(chance, role),
        }
    }

    fn permit(&mut self, chance: &mut Rng, role: &str) {
        let range = pair(chance);
        // A range that a role has already: etcd replaces its kind, or has it twice. Neither is looked at here.
        let permissions = &self.world.roles[role];
        if let Some(at) = permissions.iter().position(|(_, has)| *has == range) {
            self.forbid(role, at);
        } else if permissions.len() > 6 {
            self.forbid(role, chance.usize(..7));
        }
        let (kind, perm_type) = *chance.choice(&[(Kind::Read, 0), (Kind::Write, 1), (Kind::Both, 2)]).unwrap();
        let perm = Some(Permission { perm_type, key: range.0.clone().into(), range_end: range.1.clone().into() });
        let grant = AuthRoleGrantPermissionRequest { name: role.into(), perm };
        self.carry_out(InternalRaftRequest { auth_role_grant_permission: Some(grant), ..Default::default() });
        self.world.roles.get_mut(role).unwrap().push((kind, range));
    }

    fn forbid(&mut self, role: &str, at: usize) {
        let (key, range_end) = self.world.roles.get_mut(role).unwrap().swap_remove(at).1;
        let (key, range_end) = (key.into(), range_end.into());
        let forbid = AuthRoleRevokePermissionRequest { role: role.into(), key, range_end };
        self.carry_out(InternalRaftRequest { auth_role_revoke_permission: Some(forbid), ..Default::default() });
    }

    /// A random request by a random user.
    fn ask(&mut self, chance: &mut Rng, counts: &mut Counts) {
        let user = match chance.u8(0..20) {
            0 => "ghost",
            1 => "root",
            _ => chance.choice(&USERS[..3]).unwrap(),
        };
        let revision = match chance.u8(0..20) {
            0 => 0,
            1 => self.world.revision - 1,
            2 => self.world.revision + 1,
            _ => self.world.revision,
        };
        let expected = match chance.u8(0..8) {
            0 => self.ask_at_the_door(chance, user, revision),
            _ => self.ask_the_log(chance, user, revision),
        };
        counts.asked += 1;
        match expected {
            Ok(()) => counts.allowed += 1,
            Err(_) => counts.denied += 1,
        }
    }

    /// What is answered without the log.
    fn ask_at_the_door(&mut self, chance: &mut Rng, user: &str, revision: u64) -> Result<(), AuthRefusal> {
        let ((key, end), id) = (pair(chance), chance.i64(1..=LEASES));
        let (key, range_end) = (Bytes::from(key), Bytes::from(end));
        let range = RangeRequest { key: key.clone(), range_end: range_end.clone(), ..Default::default() };
        let watch = WatchCreateRequest { key: key.clone(), range_end: range_end.clone(), ..Default::default() };
        let ops = (0..chance.usize(0..4)).map(|_| op(Request::RequestRange(random_range(chance)))).collect();
        let txn = TxnRequest { success: ops, ..Default::default() };
        let (alive, ttl) = (LeaseKeepAliveRequest { id }, LeaseTimeToLiveRequest { id, keys: true });
        let world = &self.world;
        let of_range = world.judge(user, revision, &reference::range(&key, &range_end));
        let of_keys = |keys: Vec<Pair>, touch: fn(Pair) -> Touch| {
            let touches: Vec<Touch> = keys.into_iter().map(touch).collect();
            if world.is_root(user) { Ok(()) } else { world.judge(user, revision, &touches) }
        };
        let all = world.leases.keys().flat_map(|lease| world.keys(*lease)).collect();
        let (asked, expected) = match chance.u8(0..6) {
            0 => (Asked::Range(&range), of_range),
            1 => (Asked::WatchCreate(&watch), of_range),
            2 => (Asked::Txn(&txn), world.judge(user, revision, &reference::txn(&txn))),
            3 => (Asked::LeaseKeepAlive(&alive), of_keys(world.keys(id), Touch::Write)),
            4 => (Asked::LeaseTimeToLive(&ttl), of_keys(world.keys(id), Touch::Read)),
            _ => (Asked::LeaseLeases, of_keys(all, Touch::Read)),
        };
        let machine = &self.machine.inner;
        let by = Identity::new(user, revision);
        let decided = machine.auth().authorise(&by, &needs(&asked, &machine.leases()));
        assert_eq!(decided, expected, "{asked:?} by {user} as of {revision} in {world:#?}");
        expected
    }

    fn ask_the_log(&mut self, chance: &mut Rng, user: &str, revision: u64) -> Result<(), AuthRefusal> {
        let mut request = InternalRaftRequest::default();
        let touches = match chance.u8(0..12) {
            0..2 => {
                let put = random_put(chance);
                let touches = reference::put(&put);
                request.put = Some(put);
                touches
            }
            2 => {
                let delete = random_delete(chance);
                let touches = reference::delete(&delete);
                request.delete_range = Some(delete);
                touches
            }
            3 => {
                let range = random_range(chance);
                let touches = reference::range(&range.key, &range.range_end);
                request.range = Some(range);
                touches
            }
            4 => {
                let id = chance.i64(1..=LEASES);
                request.lease_revoke = Some(LeaseRevokeRequest { id });
                vec![Touch::WriteLease(id)]
            }
            5 => {
                request.lease_grant = Some(LeaseGrantRequest { id: chance.i64(1..=LEASES), ttl: 100 });
                Vec::new()
            }
            _ => {
                let txn = random_txn(chance, 3);
                let touches = reference::txn(&txn);
                request.txn = Some(txn);
                touches
            }
        };
        let expected = self.world.judge(user, revision, &touches);
        request.header = Some(RequestHeader { username: user.into(), auth_revision: revision, ..Default::default() });
        let applied = self.machine.request(request.clone());
        let refused = match &applied.outcome {
            Some(Outcome::Refused(Refusal::Auth(refusal))) => Err(*refusal),
            _ => Ok(()),
        };
        assert_eq!(refused, expected, "{request:?}\nin {:#?}", self.world);
        self.check_told(user, &applied, &request);
        self.follow(&applied, &request);
        expected
    }

    /// What came of it tells and changes nothing that the user may not see or change.
    fn check_told(&self, user: &str, applied: &Applied, request: &InternalRaftRequest) {
        let mut told = Vec::new();
        if let Some(Outcome::Done(response)) = &applied.outcome {
            collect(response, &mut told);
        }
        for kv in told {
            assert!(self.world.may_key(user, Kind::Read, &kv.key), "{user} was told {kv:?} by {request:?}");
        }
        for event in applied.events.iter().flat_map(|changes| &changes.events) {
            let key = &event.kv.as_ref().unwrap().key;
            assert!(self.world.may_key(user, Kind::Write, key), "{user} changed {key:?} by {request:?}");
        }
    }

    /// The reference learns which keys hang on which lease.
    fn follow(&mut self, applied: &Applied, request: &InternalRaftRequest) {
        let is_done = matches!(applied.outcome, Some(Outcome::Done(_)));
        let leases = &mut self.world.leases;
        if let (true, Some(grant)) = (is_done, &request.lease_grant) {
            leases.insert(grant.id, Default::default());
        }
        if let (true, Some(revoke)) = (is_done, &request.lease_revoke) {
            leases.remove(&revoke.id);
        }
        for event in applied.events.iter().flat_map(|changes| &changes.events) {
            let kv = event.kv.as_ref().unwrap();
            for keys in leases.values_mut() {
                keys.remove(kv.key.as_ref());
            }
            if let (0, Some(keys)) = (event.r#type, leases.get_mut(&kv.lease)) {
                keys.insert(kv.key.to_vec());
            }
        }
    }
}

fn collect<'a>(response: &'a Response, told: &mut Vec<&'a KeyValue>) {
    match response {
        Response::Range(response) => told.extend(&response.kvs),
        Response::Put(response) => told.extend(&response.prev_kv),
        Response::DeleteRange(response) => told.extend(&response.prev_kvs),
        Response::Txn(response) => collect_txn(response, told),
        _ => {}
    }
}

fn collect_txn<'a>(response: &'a TxnResponse, told: &mut Vec<&'a KeyValue>) {
    for op in &response.responses {
        match &op.response {
            Some(response_op::Response::ResponseRange(response)) => told.extend(&response.kvs),
            Some(response_op::Response::ResponsePut(response)) => told.extend(&response.prev_kv),
            Some(response_op::Response::ResponseDeleteRange(response)) => told.extend(&response.prev_kvs),
            Some(response_op::Response::ResponseTxn(response)) => collect_txn(response, told),
            None => {}
        }
    }
}

/// All keys, few enough to meet: one or two letters.
fn texts() -> Vec<Vec<u8>> {
    let letters = [b'a', b'b', b'c'];
    let two = letters.iter().flat_map(|one| letters.map(|other| vec![*one, other]));
    letters.iter().map(|one| vec![*one]).chain(two).collect()
}

fn key(chance: &mut Rng) -> Vec<u8> {
    chance.choice(texts()).unwrap()
}

/// A range with keys. Without any there is nothing to be read or written; what etcd makes of such a one is tested with
/// `auth::tree`.
fn pair(chance: &mut Rng) -> Pair {
    let (one, other) = (key(chance), key(chance));
    match chance.u8(0..8) {
        0 => (one, b"\0".to_vec()),
        1..5 if one < other => (one, other),
        1..5 if one > other => (other, one),
        _ => (one, Vec::new()),
    }
}

fn op(request: Request) -> RequestOp {
    RequestOp { request: Some(request) }
}

fn random_range(chance: &mut Rng) -> RangeRequest {
    let (key, end) = pair(chance);
    RangeRequest { key: key.into(), range_end: end.into(), ..Default::default() }
}

fn random_put(chance: &mut Rng) -> PutRequest {
    let lease = if chance.u8(0..3) == 0 { chance.i64(1..=LEASES) } else { 0 };
    PutRequest {
        key: key(chance).into(),
        value: "v".into(),
        lease,
        prev_kv: chance.u8(0..4) == 0,
        ..Default::default()
    }
}

fn random_delete(chance: &mut Rng) -> DeleteRangeRequest {
    let (key, end) = pair(chance);
    DeleteRangeRequest { key: key.into(), range_end: end.into(), prev_kv: chance.bool() }
}

/// That a key is put once at most is checked elsewhere, and does not matter here.
fn random_txn(chance: &mut Rng, depth: u8) -> TxnRequest {
    let mut txn = TxnRequest::default();
    for _ in 0..chance.u8(0..2) {
        let (key, end) = pair(chance);
        let (result, target) = (chance.i32(0..4), chance.i32(0..3));
        txn.compare.push(Compare { result, target, key: key.into(), range_end: end.into(), target_union: None });
    }
    for branch in [&mut txn.success, &mut txn.failure] {
        for _ in 0..chance.u8(0..3) {
            branch.push(match chance.u8(0..8) {
                0..2 => op(Request::RequestRange(random_range(chance))),
                2 => op(Request::RequestDeleteRange(random_delete(chance))),
                3 => RequestOp::default(),
                4..6 if depth > 0 => op(Request::RequestTxn(random_txn(chance, depth - 1))),
                _ => op(Request::RequestPut(random_put(chance))),
            });
        }
    }
    txn
}

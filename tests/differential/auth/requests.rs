//! Random calls by random callers: users and roles that change, and requests that some of them may make.
//!
//! What must hold, beside what holds for requests without users: `root` can always log in, and nothing is asked while that
//! depends on how far another member is.

use super::{
    differences::{goes_backwards, is_for_old},
    forged::Forgery,
    method::Method,
    model::{HASHED, Model, ROLES, USERS},
    what::What,
    who::{Caller, Form, Who},
};
use crate::{
    differences::Dialect,
    ops::{Op, Shape},
    requests::Generator,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use etcd::pb::{
    authpb::{Permission, UserAddOptions},
    etcdserverpb::{
        AlarmRequest, AuthRoleGrantPermissionRequest, AuthRoleRevokePermissionRequest, AuthUserAddRequest,
        AuthUserChangePasswordRequest, AuthUserGrantRoleRequest, AuthUserRevokeRoleRequest, AuthenticateRequest,
        DowngradeRequest, MemberAddRequest, MemberUpdateRequest,
    },
};
use fastrand::Rng;
use std::collections::VecDeque;

/// A call and its caller.
#[derive(Clone, Debug)]
pub struct Asked {
    pub caller: Caller,
    pub what: What,
}

impl Asked {
    /// Might theirs let in what ours refuses?
    pub fn may_be_hole(&self, dialect: Dialect) -> bool {
        dialect == Dialect::Old || matches!(self.caller.who, Who::Forged(_, Forgery::UserEmpty))
    }
}

/// How many members either side has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    Alone,
    /// Of ours; what members tell of each other is not asked.
    Cluster,
}

/// Draws calls.
#[derive(Debug)]
pub struct Calls {
    rng: Rng,
    pub plain: Generator,
    pub model: Model,
    size: Size,
    dialect: Dialect,
    /// There are locks and elections on either side.
    pub has_locks: bool,
    /// What comes next in any case.
    next: VecDeque<Asked>,
}

impl Calls {
    pub fn new(seed: u64, dialect: Dialect, shape: Shape, size: Size) -> Self {
        let rng = Rng::with_seed(seed ^ 0x5eed);
        let plain = Generator::new(seed, dialect, shape);
        Self { rng, plain, model: Model::default(), size, dialect, has_locks: false, next: first_users() }
    }

    fn one_in(&mut self, times: u32) -> bool {
        self.rng.u32(0..times) == 0
    }

    fn user(&mut self) -> String {
        if self.one_in(25) {
            return ["", "zed", "root ", "alice/bob"][self.rng.usize(0..4)].into();
        }
        USERS[self.rng.usize(0..USERS.len())].into()
    }

    fn role(&mut self) -> String {
        if self.one_in(25) {
            return ["", "none", "rööt"][self.rng.usize(0..3)].into();
        }
        ROLES[self.rng.usize(0..ROLES.len())].into()
    }

    /// The next call.
    pub fn call(&mut self, method: &Method) -> Asked {
        if let Some(next) = self.next.pop_front() {
            return next;
        }
        if !self.model.is_enabled && self.one_in(15) {
            self.next = enabling(&mut self.rng);
            return self.call(method);
        }
        let what = self.what();
        if self.dialect == Dialect::Old && !self.model.is_enabled {
            return Asked { caller: Caller::nobody(), what };
        }
        let is_of_root = self.dialect == Dialect::Old && is_of_root_in_old(&what, method);
        let caller = if is_of_root { Caller::user("root") } else { self.caller(method, &what) };
        let asked = Asked { caller, what };
        // Who has no token that may count gets one first, most of the time.
        if let Who::User(name) = &asked.caller.who
            && self.model.is_enabled
            && !self.model.has_session(name, method)
            && (is_of_root || !self.one_in(5))
            && let Some(Some(password)) = self.model.users.get(name).cloned()
        {
            let login = AuthenticateRequest { name: name.clone(), password };
            self.next.push_back(asked);
            return Asked { caller: Caller::nobody(), what: What::Login(login) };
        }
        asked
    }

    fn caller(&mut self, method: &Method, what: &What) -> Caller {
        let form = match Form::ALL[self.rng.usize(0..Form::ALL.len())] {
            Form::Bearer | Form::TokenWithBearer if self.dialect == Dialect::Old => Form::Token,
            form if self.one_in(15) => form,
            _ => Form::Token,
        };
        let root = if what.is_of_users() { 25 } else { 0 };
        let who = match self.rng.u32(0..100 + root) {
            0..55 => Who::User(self.user()),
            55..80 | 100.. => Who::User("root".into()),
            80..86 => Who::Old(self.rng.usize(0..12)),
            86..91 => Who::Nobody,
            // A drawn token is waited for until the member is as far as the one that gave it.
            91..93 if method.is_signed() => Who::Foreign(self.user()),
            _ if method.is_signed() && self.rng.bool() => match Forgery::ALL[self.rng.usize(0..Forgery::ALL.len())] {
                forgery if self.dialect == Dialect::Old && !is_for_old(forgery) => Who::Nobody,
                forgery => Who::Forged(self.user(), forgery),
            },
            _ => Who::Garbage(self.garbage()),
        };
        Caller { who, form }
    }

    fn garbage(&mut self) -> String {
        let index = self.rng.u32(0..30);
        match self.rng.u32(0..9) {
            0 => String::new(),
            1 => "abcdefghijklmnop".into(),
            2 => format!("abcdefghijklmnop.{index}"),
            3 => format!("abcdefghijklmnop.{index}.{index}"),
            4 => format!("abcdefghijklmnop.-{index}"),
            5 => format!("abcdefghijklmnop.+{index}"),
            6 => format!(".{index}"),
            7 => "abcdefghijklmnop.99999999999999999999".into(),
            _ => "..".into(),
        }
    }

    fn what(&mut self) -> What {
        if let Some(alarm) = self.model.alarms.first().copied()
            && self.one_in(8)
        {
            return What::Alarm(AlarmRequest { action: 2, member_id: 7, alarm });
        }
        match self.rng.u32(0..100) {
            0..74 => self.of_keys(),
            74..86 => self.of_users(),
            86..89 => self.login(),
            89..95 => self.of_members(),
            _ if self.has_locks => self.of_locks(),
            _ => self.of_keys(),
        }
    }

    /// As in the run without users; compactions are waited for.
    fn of_keys(&mut self) -> What {
        loop {
            match self.plain.op() {
                // Its end is marked by puts, which an alarm refuses.
                Op::Watch { .. } if !self.model.alarms.is_empty() => {}
                op if self.dialect == Dialect::Old && goes_backwards(&op) => {}
                // One that 3.5.1 refuses silences another.
                Op::Watch { mut requests, compacted } if self.dialect == Dialect::Old => {
                    requests.truncate(1);
                    return What::Plain(Op::Watch { requests, compacted });
                }
                Op::Compact(mut request) => {
                    request.physical = true;
                    return What::Plain(Op::Compact(request));
                }
                op => return What::Plain(op),
            }
        }
    }

    fn login(&mut self) -> What {
        let name = self.user();
        let known = self.model.users.get(&name).cloned().flatten();
        let password = match self.rng.u32(0..6) {
            0 => "wrong".into(),
            1 => String::new(),
            // Behind 72 bytes nobody looks.
            2 => known.unwrap_or_default() + "x",
            _ => known.unwrap_or_else(|| "guessed".into()),
        };
        What::Login(AuthenticateRequest { name, password })
    }

    fn of_users(&mut self) -> What {
        match self.rng.u32(0..40) {
            0 if self.one_in(3) => What::Disable,
            0 => What::Enable,
            1..4 => What::Status,
            4..7 => What::UserAdd(self.user_add()),
            7..10 => What::UserGet(self.user()),
            10 => What::UserList,
            11 => What::UserDelete(self.user()),
            12..14 => What::UserPassword(self.password()),
            14..20 => What::UserGrant(AuthUserGrantRoleRequest { user: self.user(), role: self.role() }),
            20..23 => What::UserRevoke(AuthUserRevokeRoleRequest { name: self.user(), role: self.role() }),
            23..25 => What::RoleAdd(self.role()),
            25..28 => What::RoleGet(self.role()),
            28 => What::RoleList,
            29 => What::RoleDelete(self.role()),
            30..37 => self.role_grant(),
            _ => self.role_revoke(),
        }
    }

    fn some_password(&mut self, name: &str) -> String {
        match self.rng.u32(0..12) {
            // Nobody could turn anything off any more.
            _ if name == "root" => format!("root-{}", self.rng.u32(0..4)),
            0 => String::new(),
            1 => "x".repeat(72),
            2 => "x".repeat(73),
            3 => "päss wörd".into(),
            _ => format!("{name}-{}", self.rng.u32(0..4)),
        }
    }

    fn user_add(&mut self) -> AuthUserAddRequest {
        let name = self.user();
        let no_password = name != "root" && self.one_in(6);
        let options = match self.rng.u32(0..3) {
            _ if no_password => Some(UserAddOptions { no_password }),
            0 => Some(UserAddOptions::default()),
            _ => None,
        };
        let password = self.some_password(&name);
        let hashed_password = if self.one_in(20) { hashed() } else { String::new() };
        AuthUserAddRequest { name, password, options, hashed_password }
    }

    fn password(&mut self) -> AuthUserChangePasswordRequest {
        let name = self.user();
        let password = self.some_password(&name);
        // With a hash of the client's own, and no password, that hash is kept.
        let hashed_password = match self.rng.u32(0..20) {
            0 => "no base64!".into(),
            1 => hashed(),
            _ => String::new(),
        };
        AuthUserChangePasswordRequest { name, password, hashed_password }
    }

    /// Wide ones are likelier, or else most transactions would be refused.
    fn permission(&mut self) -> Permission {
        let all = Bytes::from_static(b"\0");
        let key = self.plain.key();
        let (key, range_end) = match self.rng.u32(0..24) {
            0..3 => (all.clone(), all),
            3 => (Bytes::new(), all),
            4 => (Bytes::new(), Bytes::new()),
            5 => (Bytes::new(), key),
            6..9 => (key, all),
            9..12 => ("a".into(), "b".into()),
            12..14 => ("b".into(), "d".into()),
            14..18 => (key, Bytes::new()),
            _ => {
                let end = self.plain.range_end(&key);
                (key, end)
            }
        };
        let kind = match self.rng.i32(0..60) {
            0 => 7,
            1..10 => 0,
            10..20 => 1,
            _ => 2,
        };
        Permission { perm_type: kind, key, range_end }
    }

    fn role_grant(&mut self) -> What {
        let name = self.role();
        if self.model.is_full(&name, self.dialect) {
            return What::RoleDelete(name);
        }
        let perm = (!self.one_in(40)).then(|| self.permission());
        What::RoleGrant(AuthRoleGrantPermissionRequest { name, perm })
    }

    fn role_revoke(&mut self) -> What {
        let (role, permission) = (self.role(), self.permission());
        let (key, range_end) = (permission.key, permission.range_end);
        What::RoleRevoke(AuthRoleRevokePermissionRequest { role, key, range_end })
    }

    /// No root may get a yes to what would change the members.
    fn of_members(&mut self) -> What {
        let id = 7;
        let bad_urls = vec!["127.0.0.1".to_string()];
        match self.rng.u32(0..26) {
            0..3 => What::MemberList { linearizable: self.rng.bool() },
            3..7 => What::MemberStatus,
            7..10 => What::Alarm(self.alarm()),
            10 => What::Defragment,
            11 => What::Hash,
            12 | 13 => What::Snapshot,
            14..16 => What::Downgrade(self.downgrade()),
            16 => What::HealthList,
            17 | 18 => What::Health { service: ["", "", "etcdserverpb.KV"][self.rng.usize(0..3)].into() },
            _ if self.size == Size::Cluster => What::MemberList { linearizable: self.rng.bool() },
            19 => What::MoveLeader(id),
            20 => What::MemberAdd(MemberAddRequest { peer_urls: bad_urls, is_learner: self.rng.bool() }),
            21 => {
                let peer_urls = vec!["http://127.0.0.1:20001".to_string()];
                What::MemberAdd(MemberAddRequest { peer_urls, is_learner: self.rng.bool() })
            }
            22 => What::MemberUpdate(MemberUpdateRequest { id, peer_urls: vec!["http://127.0.0.1:20002".into()] }),
            23 | 24 => What::MemberRemove(id),
            _ => What::MemberPromote(id),
        }
    }

    fn alarm(&mut self) -> AlarmRequest {
        let (action, alarm) = match self.rng.u32(0..10) {
            0..5 => (0, self.rng.i32(0..3)),
            5..7 => (2, self.rng.i32(1..3)),
            7 => (1, 0),
            // With one on, 3.5.1 asks nobody any more.
            _ if self.dialect == Dialect::Old => (0, 0),
            8 => (1, 1),
            _ => (1, 2),
        };
        AlarmRequest { action, member_id: 7, alarm }
    }

    fn downgrade(&mut self) -> DowngradeRequest {
        let (action, version) = match self.rng.u32(0..6) {
            0 => (2, ""),
            1 => (0, "3"),
            2 => (0, "2.9"),
            3 => (1, "2.9"),
            4 => (1, "nonsense"),
            _ => (9, "3.6"),
        };
        DowngradeRequest { action, version: version.into() }
    }

    fn of_locks(&mut self) -> What {
        let (name, lease) = (self.plain.key(), self.rng.i64(1..=8));
        match self.rng.u32(0..4) {
            _ if !self.model.alarms.is_empty() => What::Unlock { key: name },
            0 => What::Lock { name, lease },
            1 => What::Unlock { key: name },
            2 => What::Campaign { name, lease },
            _ => What::Elected { name },
        }
    }
}

/// All that must be there before anything can be turned on, and a few permissions.
fn first_users() -> VecDeque<Asked> {
    let mut first: Vec<What> = ROLES[..6].iter().map(|role| What::RoleAdd((*role).into())).collect();
    first.extend(USERS[..6].iter().map(|name| What::UserAdd(new_user(name))));
    let roles =
        [("root", "root"), ("alice", "wide"), ("bob", "reader"), ("bob", "writer"), ("carol", "r1"), ("carol", "r2")];
    first.extend(
        roles.map(|(user, role)| What::UserGrant(AuthUserGrantRoleRequest { user: user.into(), role: role.into() })),
    );
    let permissions = [
        ("wide", 2, "\0", "\0"),
        ("reader", 0, "a", "\0"),
        ("writer", 1, "b", "\0"),
        ("r1", 2, "a", "b"),
        ("r1", 2, "b", "ba"),
        ("r2", 2, "ba", "c"),
        ("r2", 0, "c", ""),
    ];
    first.extend(permissions.map(|(role, kind, key, range_end)| {
        let perm = Permission { perm_type: kind, key: key.into(), range_end: range_end.into() };
        What::RoleGrant(AuthRoleGrantPermissionRequest { name: role.into(), perm: Some(perm) })
    }));
    first.push(What::Enable);
    first.into_iter().map(|what| Asked { caller: Caller::nobody(), what }).collect()
}

/// Is it asked of 3.5.1 by root only? What it decides differently about others, or with old tokens, has changed something
/// by then.
fn is_of_root_in_old(what: &What, method: &Method) -> bool {
    match what {
        What::Lock { .. } | What::Campaign { .. } | What::Elected { .. } => true,
        What::Plain(Op::Revoke(_)) => method.is_signed(),
        _ => false,
    }
}

/// Root is made again, if it is gone; sometimes it is tried without.
fn enabling(rng: &mut Rng) -> VecDeque<Asked> {
    let grant = AuthUserGrantRoleRequest { user: "root".into(), role: "root".into() };
    let mut steps =
        vec![What::UserAdd(new_user("root")), What::RoleAdd("root".into()), What::UserGrant(grant), What::Enable];
    if rng.u32(0..4) == 0 {
        steps.drain(..3);
    }
    steps.into_iter().map(|what| Asked { caller: Caller::nobody(), what }).collect()
}

/// What a member would keep of [`HASHED`].
fn hashed() -> String {
    let hash = bcrypt::hash_with_salt(HASHED, 4, *b"a salt of 16 B  ").expect("a hash");
    BASE64_STANDARD.encode(hash.to_string())
}

fn new_user(name: &str) -> AuthUserAddRequest {
    AuthUserAddRequest { name: name.into(), password: format!("{name}-0"), ..Default::default() }
}

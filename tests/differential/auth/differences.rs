//! When two answers count as equal where there are users, and what 3.5.1 decides differently.
//!
//! In all of it but one etcd 3.7.1 is right, and ours must answer as it does. Where a signed token has an empty user name, 3.7.1
//! takes it for one of somebody, who may do all that needs no right: grant leases, see members, look at leases. No member
//! signs such a token, and ours takes who shows one for nobody.
//!
//! Of nobody is asked: a role of more than twelve permissions, of which those on one key stand in no order that is meant
//! (`model.rs`); a drawn token of another member's making, which is waited for; a lock whose lease the member chooses.
//!
//! What 3.5.1 would let in and would change something is
//! asked of ours first; where ours refuses, 3.5.1 is not asked, or both would go their own ways from there.
//!
//! | 3.5.1 | closed or changed in | here |
//! |---|---|---|
//! | does not look into nested transactions | CVE-2026-33343 | not asked where ours refuses |
//! | of a put in a transaction, does not look at `prev_kv` and at the keys of its lease | 3.7.0, `checkPutAuth` | not asked where ours refuses |
//! | lets anybody, or any user, compact, grant and revoke leases, turn alarms on and off, move the leader, downgrade | CVE-2026-33413 | not asked where ours refuses |
//! | lets everybody write whatever an alarm allows, as long as it is on | 3.6.0, `uberApplier` | no alarm is turned on |
//! | tells anybody of leases, members and its own state | CVE-2026-33413 | must be told |
//! | keeps any lease alive for anybody | 3.5.25, `checkLeaseRenew` | must be told |
//! | a watch that is granted for a key goes on to all keys behind it | GHSA-xg4h-6gfc-h4m8 | watches are compared by their refusals only |
//! | refuses a watch with other words, and under its own id | 3.6.0, `isWatchPermitted` | as above |
//! | of a stream on which a watch was refused, another one may get no events | 3.6.0, as above | one watch a stream |
//! | takes permissions on ranges that there are none of | 3.6.0, `isValidPermissionRange` | not asked where ours refuses |
//! | takes passwords of more than 72 bytes | x/crypto 0.7 | not asked where ours refuses |
//! | tells of `AuthStatus` to root only | 3.7.0 | may be refused |
//! | shows the role root without permissions | 3.7.0, `rootPerm` | compared without them |
//! | refusals of maintenance, and of old tokens, have no codes | 3.5.2 and 3.6.0, `togRPCError` | compared by what they say |
//! | revokes a lease for a root whose token is old only if it has no keys | 3.7.0, `checkLeasePutsKeys` | asked with fresh tokens |
//! | a signed token without a user name or revision, or where they are no string and no number, ends the process | 3.5.11, `tokenJWT.info` | not asked |
//! | reads the times of a signed token more generously, or more strictly | jwt/v5 | not asked |
//! | does not know the word `Bearer` | 3.6.0, `AuthInfoFromCtx` | not asked |
//! | does not tell of downgrades in its status | 3.6.0, field `downgradeInfo` | must be told |
//! | answers of downgrades, which it knows little of | 3.6.0 | compared where they are refused for want of a right |
//! | has no `List` of the health service | 3.6.0, grpc 1.72 | must be refused as unknown |
//! | another opinion on who may read a range that ends before it begins | 3.6.0, `adt` | not asked |
//! | has permissions on one key in another order, where a role has more than six | Go 1.19, `sort` | no role gets so many |
//! | looks at tokens while users are not asked for | 3.5.5, `AuthInfoFromCtx` | asked without tokens then |
//! | knows no signatures by Edwards' curves | 3.6.0 | not asked |

use super::{
    ask::{Outcome, Told},
    forged::Forgery,
    requests::Asked,
    what::What,
    who::Who,
};
use crate::{
    ask::Answer,
    differences::{self, Dialect, Verdict},
    ops::Op,
};
use etcd::pb::etcdserverpb::{TxnRequest, request_op::Request};

/// Compares two answers to one call; all before the `compacted` revision was gone when it was asked.
pub fn compare(dialect: Dialect, asked: &Asked, mine: &Outcome, theirs: &Outcome, compacted: i64) -> Verdict {
    if mine == theirs {
        return Verdict::Equal;
    }
    if asked.may_be_hole(Dialect::Current)
        && let Some(reason) = hole(asked, mine)
    {
        return Verdict::Apart(reason);
    }
    // Who may not is refused before.
    if matches!(mine, Err((12, text)) if text.ends_with("is not supported yet")) && theirs.is_ok() {
        return Verdict::Apart("not there yet");
    }
    if dialect == Dialect::Old
        && let Some(reason) = old_reason(&asked.what, mine, theirs)
    {
        return Verdict::Apart(reason);
    }
    if let What::Plain(op) = &asked.what {
        let plain = |outcome: &Outcome| match outcome {
            Ok(Told::Plain(answer)) => Some(Ok(answer.clone())),
            Ok(_) => None,
            Err(refusal) => Some(Err(refusal.clone())),
        };
        if let (Some(mine), Some(theirs)) = (plain(mine), plain(theirs)) {
            return differences::compare(dialect, op, &mine, &theirs, compacted);
        }
    }
    Verdict::Different
}

/// Who asks may not.
const DENIALS: [&str; 5] = [
    "etcdserver: user name is empty",
    "etcdserver: permission denied",
    "etcdserver: revision of auth store is old",
    "etcdserver: user name not found",
    "etcdserver: invalid auth token",
];

fn denial(outcome: &Outcome) -> Option<&str> {
    let text = outcome.as_ref().err().map(|(_, text)| text.as_str());
    text.filter(|text| DENIALS.contains(text))
}

/// Why 3.5.1 gives another answer to this call, which changes nothing.
fn old_reason(what: &What, mine: &Outcome, theirs: &Outcome) -> Option<&'static str> {
    if let (Err((_, mine)), Err((_, theirs))) = (mine, theirs)
        && denial_of_auth(mine) == Some(theirs)
    {
        return Some("3.5.1 does not translate");
    }
    match what {
        What::Plain(Op::KeepAlive { .. } | Op::Leases | Op::TimeToLive { .. })
        | What::MemberList { .. }
        | What::MemberStatus
            if theirs.is_ok() && mine.is_err() =>
        {
            denial(mine).map(|_| "3.5.1 tells anybody")
        }
        What::MemberStatus if mine.is_ok() && theirs.is_ok() => Some("3.5.1 does not tell of downgrades"),
        What::Status => (mine.is_ok() && theirs.is_err()).then_some("3.5.1 tells root only"),
        What::RoleGet(role) if role == "root" && mine.is_ok() && theirs.is_ok() => {
            Some("3.5.1 does not show what root may")
        }
        What::Downgrade(_) if denial(mine).is_none() => Some("3.5.1 is not downgraded"),
        What::HealthList if matches!(theirs, Err((12, _))) => Some("3.5.1 has no list of what is healthy"),
        What::Plain(Op::Watch { .. }) => old_watch(mine, theirs),
        _ => None,
    }
}

/// What the store of users says within the server, where 3.5.1 lets it out as it is.
fn denial_of_auth(text: &str) -> Option<&'static str> {
    match text {
        "etcdserver: user name is empty" => Some("auth: user name is empty"),
        "etcdserver: permission denied" => Some("auth: permission denied"),
        "etcdserver: invalid auth token" => Some("auth: invalid auth token"),
        "etcdserver: user name not found" => Some("auth: user not found"),
        "etcdserver: revision of auth store is old" => Some("auth: revision in header is old"),
        _ => None,
    }
}

fn old_watch(mine: &Outcome, theirs: &Outcome) -> Option<&'static str> {
    let seen = |outcome: &Outcome| match outcome {
        Ok(Told::Plain(Answer::Watch(seen))) => Some(seen.created.clone()),
        _ => None,
    };
    let (mine, theirs) = (seen(mine)?, seen(theirs)?);
    let is_denied = |reason: &str| reason.starts_with("rpc error:") || reason == "etcdserver: permission denied";
    let is_denied_here = mine.iter().any(|created| is_denied(&created.cancel_reason));
    // Whom it refuses, we refuse.
    let are_stricter = mine.len() == theirs.len()
        && mine
            .iter()
            .zip(&theirs)
            .all(|(mine, theirs)| !is_denied(&theirs.cancel_reason) || is_denied(&mine.cancel_reason));
    (is_denied_here && are_stricter).then_some("3.5.1 refuses watches in other words, or not at all")
}

/// Why theirs, mostly an old etcd, would let that in, which is refused by ours.
pub fn hole(asked: &Asked, mine: &Outcome) -> Option<&'static str> {
    let Err((_, text)) = mine else { return None };
    if matches!(asked.caller.who, Who::Forged(_, Forgery::UserEmpty)) && text == DENIALS[0] {
        return Some("etcd takes a signed token of nobody for somebody's");
    }
    let is_denied = denial(mine).is_some_and(|text| text != "etcdserver: invalid auth token");
    match &asked.what {
        What::Plain(Op::Txn(request)) if is_denied && is_overlooked(request) => {
            Some("3.5.1 does not look into nested transactions, and not closely at puts in one")
        }
        What::Plain(Op::Grant(_) | Op::BriefGrant(_) | Op::Revoke(_) | Op::Compact(_))
        | What::Alarm(_)
        | What::MoveLeader(_)
        | What::Downgrade(_)
            if denial(mine).is_some() =>
        {
            Some("3.5.1 asks nobody who he is")
        }
        What::RoleGrant(_) if text == "etcdserver: invalid auth management" => Some("3.5.1 takes any range"),
        What::UserAdd(_) | What::UserPassword(_) if text.starts_with("bcrypt:") => Some("3.5.1 takes long passwords"),
        _ => None,
    }
}

/// Is there something in it that 3.5.1 does not look at?
fn is_overlooked(request: &TxnRequest) -> bool {
    request.success.iter().chain(&request.failure).filter_map(|op| op.request.as_ref()).any(|op| match op {
        Request::RequestTxn(_) => true,
        Request::RequestPut(put) => put.prev_kv || put.lease != 0,
        _ => false,
    })
}

/// May 3.5.1 be shown such a token?
pub fn is_for_old(forgery: Forgery) -> bool {
    use Forgery::{
        ExpiryAsText, ExpiryIsNull, ExpiryWithFraction, IssuedInFuture, NoClaims, Padded, RevisionAsText,
        RevisionMissing, UserIsNumber, UserMissing,
    };
    !matches!(
        forgery,
        ExpiryAsText
            | ExpiryIsNull
            | ExpiryWithFraction
            | IssuedInFuture
            | NoClaims
            | Padded
            | RevisionAsText
            | RevisionMissing
            | UserIsNumber
            | UserMissing
    )
}

/// Is there a range in it that ends before it begins?
pub fn goes_backwards(op: &Op) -> bool {
    match op {
        Op::Range(range) | Op::Stream(range) => is_backwards(&range.key, &range.range_end),
        Op::Delete(delete) => is_backwards(&delete.key, &delete.range_end),
        Op::Txn(request) => has_backwards(request),
        Op::Watch { requests, .. } => requests.iter().any(|watch| is_backwards(&watch.key, &watch.range_end)),
        _ => false,
    }
}

fn has_backwards(request: &TxnRequest) -> bool {
    let ops = request.success.iter().chain(&request.failure);
    request.compare.iter().any(|compare| is_backwards(&compare.key, &compare.range_end))
        || ops.filter_map(|op| op.request.as_ref()).any(|op| match op {
            Request::RequestRange(range) => is_backwards(&range.key, &range.range_end),
            Request::RequestDeleteRange(delete) => is_backwards(&delete.key, &delete.range_end),
            Request::RequestTxn(nested) => has_backwards(nested),
            Request::RequestPut(_) => false,
        })
}

fn is_backwards(key: &[u8], range_end: &[u8]) -> bool {
    !range_end.is_empty() && range_end != b"\0" && range_end <= key
}

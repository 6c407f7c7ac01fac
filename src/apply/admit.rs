//! May a request run? The one place where this is decided, from replicated state alone.
//!
//! ```text
//!   alarm      forbids
//!   CORRUPT    put, range, delete, txn, compaction, lease grant and revoke
//!   NOSPACE    put, lease grant, any txn that could put
//! ```
//!
//! Alarms themselves can always be raised and disarmed. While authentication is on, whoever asks must be allowed what the
//! request [needs](super::needs). The alarms are asked first, as in etcd.

use super::{
    command::Command,
    cost,
    needs::{Asked, needs_in_log},
    outcome::Refusal,
};
use crate::{
    alarm::AlarmsView,
    auth::{AuthRefusal, AuthView, Identity},
    lease::LeaseView,
    pb::etcdserverpb::{AlarmType, RequestHeader},
};

/// Do the alarms that are on let it pass? CORRUPT is asked for first, as in etcd.
pub(super) fn under_alarms(command: &Command, alarms: &AlarmsView) -> Result<(), Refusal> {
    let touches_data = match command {
        Command::Range(_)
        | Command::Put(_)
        | Command::DeleteRange(_)
        | Command::Txn(_)
        | Command::Compact(_)
        | Command::LeaseGrant(_)
        | Command::LeaseRevoke(_) => true,
        Command::LeaseCheckpoint(_)
        | Command::Alarm(_)
        | Command::ClusterVersion(_)
        | Command::MemberAttributes(_)
        | Command::Downgrade(_)
        | Command::Nothing
        | Command::Auth(_) => false,
    };
    if touches_data && alarms.is_on(AlarmType::Corrupt) {
        return Err(Refusal::Corrupt);
    }
    let takes_room = match command {
        Command::Put(_) | Command::LeaseGrant(_) => true,
        Command::Txn(request) => cost::of_txn(request) > 0,
        _ => false,
    };
    if takes_room && alarms.is_on(AlarmType::Nospace) {
        return Err(Refusal::NoSpace);
    }
    Ok(())
}

/// Do users and roles let it pass, asked by whom the entry names?
pub(super) fn by_user(
    command: &Command,
    header: &RequestHeader,
    auth: &AuthView,
    leases: &LeaseView,
) -> Result<(), AuthRefusal> {
    let by = Identity::new(&header.username, header.auth_revision);
    let asked = match command {
        Command::Range(request) => Asked::Range(request),
        Command::Put(request) => Asked::Put(request),
        Command::DeleteRange(request) => Asked::DeleteRange(request),
        Command::Txn(request) => Asked::Txn(request),
        Command::Compact(_) => Asked::Compact,
        Command::LeaseGrant(_) => Asked::LeaseGrant,
        Command::LeaseRevoke(request) => Asked::LeaseRevoke(request),
        Command::Alarm(request) => Asked::Alarm(request),
        Command::Auth(command) => command.asked(),
        // Members propose these, no client can.
        Command::LeaseCheckpoint(_)
        | Command::ClusterVersion(_)
        | Command::MemberAttributes(_)
        | Command::Downgrade(_)
        | Command::Nothing => return Ok(()),
    };
    auth.authorise(&by, &needs_in_log(&asked, leases))
}

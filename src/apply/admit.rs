//! May a request run? The one place where this is decided, from replicated state alone.
//!
//! ```text
//!   alarm      forbids
//!   CORRUPT    put, range, delete, txn, compaction, lease grant and revoke
//!   NOSPACE    put, lease grant, any txn that could put
//! ```
//!
//! Alarms themselves can always be raised and disarmed. What a user may do is decided here too, once there are users.

use super::{command::Command, cost, outcome::Refusal};
use crate::{alarm::AlarmsView, pb::etcdserverpb::AlarmType};

/// Ok, or why not. CORRUPT is asked for first, as in etcd.
pub(super) fn admit(command: &Command, alarms: &AlarmsView) -> Result<(), Refusal> {
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
        | Command::Unsupported(_) => false,
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

//! Alarms: what is wrong with which member, for everybody to know until somebody disarms it.
//!
//! ```text
//!   bucket alarm: key = AlarmMember{memberID, alarm} as on the wire, no value
//! ```
//!
//! The set is replicated. It only remembers; what an alarm forbids is decided in `apply`.

use crate::{
    backend::{Backend, BackendError, Batch, Bucket},
    id::MemberId,
    metrics::metrics,
    pb::etcdserverpb::{AlarmMember, AlarmType},
};
use bytes::Bytes;
use parking_lot::RwLock;
use prometheus::IntGauge;
use prost::Message;
use std::{collections::BTreeSet, sync::Arc};

/// Why the alarms could not be read.
#[derive(Debug, thiserror::Error)]
pub enum AlarmError {
    /// The backend failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// A row that is no alarm.
    #[error("bucket alarm, key {key:02x?}: {reason}")]
    Damaged {
        /// The row's key.
        key: Vec<u8>,
        /// What is wrong with it.
        reason: prost::DecodeError,
    },
}

/// Number of the alarm's type, which may be one that we do not know, and the member it is about.
type Alarm = (i32, u64);

/// All alarms that are on. Owned by `apply`; readers hold an [`AlarmsView`].
#[derive(Debug)]
pub struct Alarms {
    /// Locked because readers look from other threads, at every health check.
    on: Arc<RwLock<BTreeSet<Alarm>>>,
}

impl Alarms {
    /// Reads them.
    pub fn open(backend: &Backend) -> Result<Self, AlarmError> {
        let mut on = BTreeSet::new();
        for (key, _) in backend.range(Bucket::Alarm, b"", None, usize::MAX)? {
            let row =
                AlarmMember::decode(key.clone()).map_err(|reason| AlarmError::Damaged { key: key.to_vec(), reason })?;
            on.insert((row.alarm, row.member_id));
        }
        Ok(Self { on: Arc::new(RwLock::new(on)) })
    }

    /// Takes over all of `other`'s; views show them from here on.
    pub fn replace(&mut self, other: Self) {
        let new = std::mem::take(&mut *other.on.write());
        let old = std::mem::replace(&mut *self.on.write(), new.clone());
        let member = |(alarm, member_id): &Alarm| AlarmMember { member_id: *member_id, alarm: *alarm };
        old.difference(&new).map(member).for_each(|alarm| gauge(alarm).set(0));
        new.difference(&old).map(member).for_each(|alarm| gauge(alarm).set(1));
    }

    /// The readers' side.
    pub fn view(&self) -> AlarmsView {
        AlarmsView { on: self.on.clone() }
    }

    /// Raises an alarm; one that is on stays on. The answer is the alarm, none for type NONE, which is no alarm.
    pub fn activate(&mut self, alarm: AlarmMember, batch: &mut Batch) -> Option<AlarmMember> {
        if alarm.alarm == AlarmType::None as i32 {
            return None;
        }
        if self.on.write().insert((alarm.alarm, alarm.member_id)) {
            batch.put(Bucket::Alarm, &alarm.encode_to_vec(), Bytes::new());
            gauge(alarm).set(1);
        }
        Some(alarm)
    }

    /// Disarms an alarm; none when it was not on.
    pub fn deactivate(&mut self, alarm: AlarmMember, batch: &mut Batch) -> Option<AlarmMember> {
        if !self.on.write().remove(&(alarm.alarm, alarm.member_id)) {
            return None;
        }
        batch.delete(Bucket::Alarm, &alarm.encode_to_vec());
        gauge(alarm).set(0);
        Some(alarm)
    }
}

/// The alarm in metrics. Set here as well as when somebody looks: one that comes and goes in between shows too.
fn gauge(alarm: AlarmMember) -> IntGauge {
    let kind = AlarmType::try_from(alarm.alarm).unwrap_or_default().as_str_name();
    metrics().alarms.with_label_values(&[MemberId(alarm.member_id).to_string().as_str(), kind])
}

/// Reads alarms from any thread. Clones share.
#[derive(Clone, Debug)]
pub struct AlarmsView {
    on: Arc<RwLock<BTreeSet<Alarm>>>,
}

impl AlarmsView {
    /// Is there an alarm of this type, whoever it is about?
    pub fn is_on(&self, alarm: AlarmType) -> bool {
        self.on.read().range((alarm as i32, 0)..=(alarm as i32, u64::MAX)).next().is_some()
    }

    /// Those of one type number, all for NONE; by type, then member. (etcd's order is chance.)
    pub fn list(&self, alarm: i32) -> Vec<AlarmMember> {
        let wanted = |on: &&Alarm| alarm == AlarmType::None as i32 || on.0 == alarm;
        let member = |(alarm, member_id): &Alarm| AlarmMember { member_id: *member_id, alarm: *alarm };
        self.on.read().iter().filter(wanted).map(member).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AlarmType::{Corrupt, None as Any, Nospace};

    fn alarm(kind: AlarmType, member_id: u64) -> AlarmMember {
        AlarmMember { member_id, alarm: kind as i32 }
    }

    #[test]
    fn raised_once_and_disarmed_once() {
        let mut alarms = Alarms { on: Arc::default() };
        let view = alarms.view();
        let mut batch = Batch::new();
        assert_eq!(alarms.activate(alarm(Any, 1), &mut batch), None);
        assert_eq!(alarms.deactivate(alarm(Nospace, 1), &mut batch), None);
        assert!(batch.is_empty() && !view.is_on(Nospace));

        for _ in 0..2 {
            assert_eq!(alarms.activate(alarm(Nospace, 1), &mut batch), Some(alarm(Nospace, 1)));
        }
        alarms.activate(alarm(Nospace, u64::MAX), &mut batch);
        alarms.activate(alarm(Corrupt, 0), &mut batch);
        assert!(view.is_on(Nospace) && view.is_on(Corrupt));
        assert_eq!(view.list(0), [alarm(Nospace, 1), alarm(Nospace, u64::MAX), alarm(Corrupt, 0)]);
        assert_eq!(view.list(Corrupt as i32), [alarm(Corrupt, 0)]);

        assert_eq!(alarms.deactivate(alarm(Corrupt, 0), &mut batch), Some(alarm(Corrupt, 0)));
        assert!(!view.is_on(Corrupt));
    }
}

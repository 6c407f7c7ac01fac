//! Gauges that tell where the member stands. They are read off its handle whenever somebody asks for metrics, so that the
//! way of a request does not pass by here.

use crate::{
    id::MemberId,
    limits::QUOTA_BYTES,
    metrics::metrics,
    mvcc::Ranges,
    pb::etcdserverpb::AlarmType,
    server::{Handle, Status},
};
use prometheus::{
    IntGaugeVec,
    core::Collector,
    proto::{LabelPair, MetricFamily},
};

/// Sets what never changes while the member runs.
pub fn set_fixed(handle: &Handle) {
    metrics().server_id.with_label_values(&[&handle.member_id().to_string()]).set(1);
}

/// Sets what changes.
pub fn set(handle: &Handle) {
    let status = handle.status();
    set_standing(handle.member_id(), &status);
    if let Some(version) = status.cluster_version.as_deref() {
        set_ones(&metrics().cluster_version, &[vec![major_minor(version).into()]]);
    }
    let local = handle.member_id().to_string();
    let peers = handle.members().into_iter().map(|member| vec![local.clone(), MemberId(member.id).to_string()]);
    set_ones(&metrics().known_peers, &peers.collect::<Vec<_>>());
    let alarms = handle.alarms().list(AlarmType::None as i32).into_iter().map(|alarm| {
        let kind = AlarmType::try_from(alarm.alarm).unwrap_or_default().as_str_name();
        vec![MemberId(alarm.member_id).to_string(), kind.into()]
    });
    set_ones(&metrics().alarms, &alarms.collect::<Vec<_>>());
    let reader = handle.reader();
    metrics().keys.set(reader.live_keys());
    metrics().current_revision.set(reader.revision());
    metrics().compact_revision.set(reader.compact_revision());
}

fn set_standing(member: MemberId, status: &Status) {
    metrics().has_leader.set(i64::from(status.leader != 0));
    metrics().is_leader.set(i64::from(status.leader == member.0));
    metrics().is_learner.set(i64::from(status.is_learner));
    metrics().proposals_committed.set(status.raft_index as i64);
    metrics().proposals_applied.set(status.raft_applied_index as i64);
    metrics().db_size_bytes.set(status.db_size);
    metrics().db_size_in_use_bytes.set(status.db_size_in_use);
    metrics().quota_bytes.set(if status.quota_bytes == 0 { QUOTA_BYTES } else { status.quota_bytes });
}

/// Sets the children with these labels to one. What was one before and is none of them is zero from now on, as in etcd.
fn set_ones(family: &IntGaugeVec, ones: &[Vec<String>]) {
    let Some(names) = family.desc().first().map(|desc| &desc.variable_labels) else { return };
    for shown in family.collect().iter().flat_map(MetricFamily::get_metric) {
        let value = |name: &String| shown.get_label().iter().find(|pair| pair.name() == name).map(LabelPair::value);
        let labels: Vec<&str> = names.iter().filter_map(value).collect();
        if ones.iter().all(|one| *one != labels) {
            family.with_label_values(&labels).set(0);
        }
    }
    ones.iter().for_each(|one| family.with_label_values(one).set(1));
}

/// `3.7.0` is shown as `3.7`.
fn major_minor(version: &str) -> &str {
    version.match_indices('.').nth(1).map_or(version, |(at, _)| &version[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_one_is_zero() {
        let family = IntGaugeVec::new(prometheus::Opts::new("test", "test"), &["b", "a"]).unwrap();
        let value = |labels: [&str; 2]| family.with_label_values(&labels).get();
        let one = |labels: [&str; 2]| labels.map(String::from).to_vec();
        set_ones(&family, &[one(["1", "2"]), one(["3", "4"])]);
        assert_eq!([value(["1", "2"]), value(["3", "4"])], [1, 1]);
        set_ones(&family, &[one(["3", "4"])]);
        assert_eq!([value(["1", "2"]), value(["3", "4"])], [0, 1]);
    }

    #[test]
    fn a_version_without_its_patch() {
        assert_eq!(["3.7.0", "3.7", "3", ""].map(major_minor), ["3.7", "3.7", "3", ""]);
    }
}

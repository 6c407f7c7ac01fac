//! What members tell each other through the log: alarms, and news of the cluster.

use super::{
    meta::Meta,
    outcome::{Applied, Outcome, Response, Unanswered},
};
use crate::{
    alarm::Alarms,
    backend::Batch,
    id::MemberId,
    membership::{Cluster, Downgrade},
    pb::{
        etcdserverpb::{AlarmMember, AlarmRequest, AlarmResponse, ResponseHeader, alarm_request::AlarmAction},
        membershippb::{ClusterMemberAttrSetRequest, ClusterVersionSetRequest, DowngradeInfoSetRequest},
    },
};

/// GET looks at the type alone, though the request has room for a member. An action that does not exist does nothing.
pub(super) fn alarm(alarms: &mut Alarms, request: &AlarmRequest, header: ResponseHeader, batch: &mut Batch) -> Applied {
    let alarm = AlarmMember { member_id: request.member_id, alarm: request.alarm };
    let answer = match AlarmAction::try_from(request.action) {
        Ok(AlarmAction::Get) => alarms.view().list(request.alarm),
        Ok(AlarmAction::Activate) => alarms.activate(alarm, batch).into_iter().collect(),
        Ok(AlarmAction::Deactivate) => alarms.deactivate(alarm, batch).into_iter().collect(),
        Err(_) => Vec::new(),
    };
    Applied::of(Outcome::Done(Response::Alarm(AlarmResponse { header: Some(header), alarms: answer })))
}

/// The cluster's version changes, and the storage's with it.
pub(super) fn cluster_version(
    cluster: &mut Cluster,
    meta: &mut Meta,
    request: &ClusterVersionSetRequest,
    batch: &mut Batch,
) -> Result<Applied, Unanswered> {
    let before = cluster.view().version();
    let version = cluster.set_version(&request.ver, batch)?;
    meta.follow_version(version, batch);
    let version_lowered = before.is_some_and(|before| version < before);
    Ok(Applied { version_lowered, ..Applied::of(Outcome::Done(Response::Empty)) })
}

/// A member that has started tells its name and client URLs.
pub(super) fn member_attributes(
    cluster: &mut Cluster,
    request: &ClusterMemberAttrSetRequest,
    batch: &mut Batch,
) -> Result<Applied, Unanswered> {
    let attributes = request.member_attributes.clone().unwrap_or_default();
    cluster.set_attributes(MemberId(request.member_id), &attributes.name, &attributes.client_urls, batch)?;
    Ok(Applied { membership_changed: true, ..Applied::of(Outcome::Done(Response::Empty)) })
}

/// A downgrade begins or ends.
pub(super) fn downgrade(cluster: &mut Cluster, request: &DowngradeInfoSetRequest, batch: &mut Batch) -> Applied {
    cluster.set_downgrade(Downgrade { target: request.ver.clone(), enabled: request.enabled }, batch);
    Applied::of(Outcome::Done(Response::Empty))
}

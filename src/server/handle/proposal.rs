//! Which response belongs to which request: a proposal names its own, so that an asker cannot expect another kind.

use crate::{
    apply::Response,
    pb::etcdserverpb::{
        AlarmRequest, AlarmResponse, CompactionRequest, CompactionResponse, DeleteRangeRequest, DeleteRangeResponse,
        InternalRaftRequest, LeaseGrantRequest, LeaseGrantResponse, LeaseRevokeRequest, LeaseRevokeResponse,
        PutRequest, PutResponse, TxnRequest, TxnResponse,
    },
};

/// A request that goes through the log.
pub trait Proposal {
    /// What it is answered when it was carried out.
    type Response;

    /// The request as the log has it, without a header.
    fn into_request(self) -> InternalRaftRequest;

    /// The answer, if apply gave one of the kind: another would be a bug of ours, and is never passed on.
    fn answer(response: Response) -> Option<Self::Response>;
}

/// Any request; whoever proposes it so reads the response as it comes.
impl Proposal for InternalRaftRequest {
    type Response = Response;

    fn into_request(self) -> InternalRaftRequest {
        self
    }

    fn answer(response: Response) -> Option<Response> {
        Some(response)
    }
}

macro_rules! proposals {
    ($($request:ident $field:ident $kind:ident $response:ident,)*) => {$(
        impl Proposal for $request {
            type Response = $response;

            fn into_request(self) -> InternalRaftRequest {
                InternalRaftRequest { $field: Some(self), ..Default::default() }
            }

            fn answer(response: Response) -> Option<$response> {
                match response {
                    Response::$kind(response) => Some(response),
                    _ => None,
                }
            }
        }
    )*};
}

proposals! {
    PutRequest put Put PutResponse,
    DeleteRangeRequest delete_range DeleteRange DeleteRangeResponse,
    TxnRequest txn Txn TxnResponse,
    CompactionRequest compaction Compact CompactionResponse,
    LeaseGrantRequest lease_grant LeaseGrant LeaseGrantResponse,
    LeaseRevokeRequest lease_revoke LeaseRevoke LeaseRevokeResponse,
    AlarmRequest alarm Alarm AlarmResponse,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_of_another_kind_is_none() {
        let put = || Response::Put(PutResponse::default());
        assert_eq!(PutRequest::answer(put()), Some(PutResponse::default()));
        assert_eq!(TxnRequest::answer(put()), None);
        assert_eq!(LeaseGrantRequest::answer(Response::Empty), None);
        assert_eq!(InternalRaftRequest::answer(Response::Empty), Some(Response::Empty));
        let request = AlarmRequest { member_id: 7, ..Default::default() }.into_request();
        assert_eq!(request.alarm.map(|alarm| alarm.member_id), Some(7));
    }
}

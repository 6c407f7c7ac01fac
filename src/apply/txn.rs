//! Transactions that may write.
//!
//! ```text
//!   choose the path, all conditions on the state before  -->  check the path, on the same  -->  run it
//!                                                              refused: nothing happens         cannot fail
//! ```

use super::{
    compare::{Op, Path},
    delete,
    outcome::{Fatal, Unanswered},
    put, read,
    steps::{self, Steps},
};
use crate::{
    id::LeaseId,
    mvcc::{Ranges, WriteTxn},
    pb::etcdserverpb::{ResponseHeader, ResponseOp, TxnRequest, TxnResponse, response_op::Response},
};

/// Carries a transaction out, in the one revision of `txn`. What is left of `header` to fill in is the revision.
pub(super) fn run(
    txn: &mut WriteTxn<'_>,
    lease_exists: &impl Fn(LeaseId) -> bool,
    request: &TxnRequest,
    header: ResponseHeader,
    steps: &mut Steps,
) -> Result<TxnResponse, Unanswered> {
    let path = Path::choose(txn, request)?;
    steps.mark(steps::COMPARE);
    check(txn, lease_exists, request, &path)?;
    txn.end_part();
    steps.mark(steps::CHECK);
    let mut response = execute(txn, request, &path, steps).map_err(|error| match error {
        Unanswered::Refused(refusal) => Fatal::HalfDone(format!("{refusal:?}")),
        Unanswered::Fatal(fatal) => fatal,
    })?;
    response.header = Some(ResponseHeader { revision: txn.revision(), ..header });
    Ok(response)
}

/// Looks at every operation of the path in order, on the state before any of them. The first no is the answer.
fn check(
    from: &WriteTxn<'_>,
    lease_exists: &impl Fn(LeaseId) -> bool,
    request: &TxnRequest,
    path: &Path,
) -> Result<(), Unanswered> {
    for op in path.ops(request) {
        match op {
            Op::Range(request) => read::check(from, request)?,
            Op::Put(request) => put::check(from, lease_exists, request)?,
            Op::Txn(request, path) => check(from, lease_exists, request, path)?,
            Op::DeleteRange(_) | Op::Unset => {}
        }
    }
    Ok(())
}

/// Each operation sees those before it. Their headers carry the revision alone; that of a nested transaction is there
/// and empty, as in etcd.
fn execute(
    txn: &mut WriteTxn<'_>,
    request: &TxnRequest,
    path: &Path,
    steps: &mut Steps,
) -> Result<TxnResponse, Unanswered> {
    let header = ResponseHeader::default();
    let mut responses = Vec::new();
    for op in path.ops(request) {
        let response = match op {
            Op::Range(request) => Some(Response::ResponseRange(read::range_of_txn(txn, request, steps)?)),
            Op::Put(request) => {
                let response = put::run_checked(txn, request, header)?;
                steps.mark_op(steps::STORE, || steps::Op::put(request));
                Some(Response::ResponsePut(response))
            }
            Op::DeleteRange(request) => Some(Response::ResponseDeleteRange(delete::run(txn, request, header)?)),
            Op::Txn(request, path) => Some(Response::ResponseTxn(execute(txn, request, path, steps)?)),
            Op::Unset => None,
        };
        responses.push(ResponseOp { response });
    }
    Ok(TxnResponse { header: Some(header), succeeded: path.succeeded, responses })
}

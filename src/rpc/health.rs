//! `grpc.health.v1.Health`: requests are served only once the member is ready, so whoever gets an answer gets SERVING.
//!
//! There is one service, without a name: the server as a whole.

use super::{answers::Outbox, status};
use crate::{
    pb::health::{
        HealthCheckRequest, HealthCheckResponse, HealthListRequest, HealthListResponse,
        health_check_response::ServingStatus,
    },
    server::Handle,
};
use tonic::Status;

const ALL: &str = "";

/// Is it serving?
pub async fn check(_: Handle, request: HealthCheckRequest) -> Result<HealthCheckResponse, Status> {
    if request.service == ALL { Ok(response(ServingStatus::Serving)) } else { Err(status::unknown_health()) }
}

/// The same, and then whenever it changes: it does not. A service that is not known may yet come to be.
pub async fn watch(_: Handle, request: HealthCheckRequest, out: Outbox<HealthCheckResponse>) -> Result<(), Status> {
    let known = request.service == ALL;
    out.send(response(if known { ServingStatus::Serving } else { ServingStatus::ServiceUnknown })).await;
    std::future::pending().await
}

/// All services.
pub async fn list(_: Handle, _: HealthListRequest) -> Result<HealthListResponse, Status> {
    Ok(HealthListResponse { statuses: [(ALL.into(), response(ServingStatus::Serving))].into() })
}

fn response(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse { status: status as i32 }
}

//! From our failures to etcd's codes and texts: the one place that knows them.
//!
//! Go's client tells errors apart by their text alone, so a text is as much interface as a field number. Two texts have
//! a code that etcd did not intend (`Unknown`, since its table points at the wrong value); clients see that code, so
//! they see it here as well.

use super::{check::Malformed, method::Unknown};
use crate::{
    apply::Refusal,
    auth::AuthRefusal,
    mvcc::ReadError,
    server::{Failure, Unavailable},
    watch::WatchRefusal,
};
use tonic::{Code, Status};

/// The names of all codes, by number, as metrics have them.
pub const CODE_NAMES: [&str; 17] = [
    "OK",
    "Canceled",
    "Unknown",
    "InvalidArgument",
    "DeadlineExceeded",
    "NotFound",
    "AlreadyExists",
    "PermissionDenied",
    "ResourceExhausted",
    "FailedPrecondition",
    "Aborted",
    "OutOfRange",
    "Unimplemented",
    "Internal",
    "Unavailable",
    "DataLoss",
    "Unauthenticated",
];

/// The place in [`CODE_NAMES`] of a call that succeeded.
pub const OK: usize = Code::Ok as usize;
/// The place in [`CODE_NAMES`] of a call whose client went away.
pub const CANCELED: usize = Code::Cancelled as usize;

/// The place of a status in [`CODE_NAMES`].
pub fn place(status: &Status) -> usize {
    status.code() as usize
}

impl From<Malformed> for Status {
    fn from(malformed: Malformed) -> Self {
        let text = match malformed {
            Malformed::EmptyKey => "key is not provided",
            // Of an operation that is none etcd says that its key is not found.
            Malformed::EmptyOperation => "key not found",
            Malformed::ValueProvided => "value is provided",
            Malformed::LeaseProvided => "lease is provided",
            Malformed::SortOption => "invalid sort option",
            Malformed::TooManyOperations => "too many operations in txn request",
            Malformed::DuplicateKey => "duplicate key given in txn request",
            Malformed::StreamedOrder => {
                return Status::unimplemented("RangeStream does not support custom sort orders");
            }
            Malformed::StreamedFilters => {
                return Status::unimplemented("RangeStream does not support revision filters");
            }
        };
        Status::invalid_argument(etcd(text))
    }
}

/// What a request without an outcome is answered.
pub fn of_failure(failure: Failure) -> Status {
    match failure {
        Failure::Refused(refusal) => of_refusal(&refusal),
        Failure::Unavailable(unavailable) => of_unavailable(unavailable),
        Failure::Mismatched => Status::internal(etcd("the outcome is of another kind than the request")),
    }
}

/// The text alone, for answers that are not gRPC's.
pub fn text_of(failure: Failure) -> String {
    of_failure(failure).message().into()
}

fn of_refusal(refusal: &Refusal) -> Status {
    let (code, text) = match refusal {
        Refusal::KeyNotFound => (Code::InvalidArgument, "key not found"),
        Refusal::LeaseNotFound => (Code::NotFound, "requested lease not found"),
        Refusal::LeaseExists => (Code::FailedPrecondition, "lease already exists"),
        Refusal::LeaseTtlTooLarge => (Code::OutOfRange, "too large lease TTL"),
        Refusal::Compacted => (Code::OutOfRange, COMPACTED),
        Refusal::FutureRevision => (Code::OutOfRange, "mvcc: required revision is a future revision"),
        Refusal::NoSpace => (Code::ResourceExhausted, "mvcc: database space exceeded"),
        Refusal::Corrupt => (Code::DataLoss, "corrupt cluster"),
        Refusal::MemberNotFound => (Code::NotFound, "member not found"),
        Refusal::MemberExists => (Code::FailedPrecondition, "member ID already exist"),
        Refusal::PeerUrlExists => (Code::FailedPrecondition, "Peer URLs already exists"),
        Refusal::MemberNotLearner => (Code::FailedPrecondition, "can only promote a learner member"),
        Refusal::TooManyLearners => (Code::FailedPrecondition, "too many learner members in cluster"),
        Refusal::NoVersion => (Code::InvalidArgument, "wrong downgrade target version format"),
        Refusal::BadDowngradeTarget => (Code::InvalidArgument, "invalid downgrade target version"),
        Refusal::Downgrading => (Code::FailedPrecondition, "cluster has a downgrade job in progress"),
        Refusal::NotDowngrading => (Code::FailedPrecondition, "no inflight downgrade job"),
        // Meant to be FailedPrecondition.
        Refusal::NoClusterVersion => (Code::Unknown, "cluster version not found during downgrade"),
        Refusal::BadTransferee => (Code::FailedPrecondition, "bad leader transferee"),
        Refusal::Auth(refusal) => return of_auth(*refusal),
    };
    Status::new(code, etcd(text))
}

/// What is refused by users and roles, or about them.
fn of_auth(refusal: AuthRefusal) -> Status {
    let (code, text) = match refusal {
        AuthRefusal::RootUserNotExist => (Code::FailedPrecondition, "root user does not exist"),
        AuthRefusal::RootRoleNotExist => (Code::FailedPrecondition, "root user does not have root role"),
        AuthRefusal::UserExists => (Code::FailedPrecondition, "user name already exists"),
        AuthRefusal::UserEmpty => (Code::InvalidArgument, "user name is empty"),
        AuthRefusal::UserNotFound => (Code::FailedPrecondition, "user name not found"),
        AuthRefusal::RoleExists => (Code::FailedPrecondition, "role name already exists"),
        AuthRefusal::RoleNotFound => (Code::FailedPrecondition, "role name not found"),
        AuthRefusal::RoleEmpty => (Code::InvalidArgument, "role name is empty"),
        AuthRefusal::PermissionNotGiven => (Code::InvalidArgument, "permission not given"),
        AuthRefusal::Failed => (Code::InvalidArgument, "authentication failed, invalid user ID or password"),
        AuthRefusal::PermissionDenied => (Code::PermissionDenied, "permission denied"),
        AuthRefusal::RoleNotGranted => (Code::FailedPrecondition, "role is not granted to the user"),
        AuthRefusal::PermissionNotGranted => (Code::FailedPrecondition, "permission is not granted to the role"),
        AuthRefusal::NotEnabled => (Code::FailedPrecondition, "authentication is not enabled"),
        AuthRefusal::OldRevision => (Code::InvalidArgument, "revision of auth store is old"),
        AuthRefusal::InvalidToken => (Code::Unauthenticated, "invalid auth token"),
        AuthRefusal::InvalidManagement => (Code::InvalidArgument, "invalid auth management"),
        // etcd has no code for these: its own text goes out.
        AuthRefusal::NoPasswordUser | AuthRefusal::VerifyOnly => return Status::unknown(refusal.to_string()),
    };
    Status::new(code, etcd(text))
}

fn of_unavailable(unavailable: Unavailable) -> Status {
    let (code, text) = match unavailable {
        Unavailable::Stopped => (Code::Unavailable, "server stopped"),
        Unavailable::TimedOut => (Code::Unavailable, "request timed out"),
        Unavailable::TimedOutByLeader => {
            (Code::Unavailable, "request timed out, possibly due to previous leader failure")
        }
        Unavailable::TimedOutByConnection => (Code::Unavailable, "request timed out, possibly due to connection lost"),
        Unavailable::NotApplied => {
            (Code::Unavailable, "request timed out, waiting for the applied index took too long")
        }
        Unavailable::Unhealthy => (Code::Unavailable, "unhealthy cluster"),
        // Meant to be FailedPrecondition.
        Unavailable::NotEnoughStarted => (Code::Unknown, "re-configuration failed due to not enough started members"),
        Unavailable::LearnerBehind => {
            (Code::FailedPrecondition, "can only promote a learner member which is in sync with leader")
        }
        Unavailable::NoLeader => (Code::Unavailable, NO_LEADER),
        Unavailable::LeaderChanged => (Code::Unavailable, "leader changed"),
        // Meant to be ResourceExhausted.
        Unavailable::TooManyRequests => (Code::Unknown, "too many requests"),
        Unavailable::NotLeader => (Code::FailedPrecondition, "not leader"),
        // Has no code of its own in etcd.
        Unavailable::TransferTimedOut => (Code::Unknown, "request timed out, leader transfer took too long"),
        Unavailable::PasswordTooLong => return Status::unknown(unavailable.to_string()),
        Unavailable::DiskFull => return Status::unknown("no space left on device"),
        Unavailable::Failed => return Status::unknown("input/output error"),
        Unavailable::RequestTooLarge => (Code::InvalidArgument, "request is too large"),
    };
    Status::new(code, etcd(text))
}

/// What a read that did not go through a proposal is answered.
pub fn of_read(error: ReadError) -> Status {
    match error {
        ReadError::Compacted => of_refusal(&Refusal::Compacted),
        ReadError::FutureRevision => of_refusal(&Refusal::FutureRevision),
        ReadError::Fatal(error) => Status::unknown(error.to_string()),
    }
}

/// Why a watch was not created, or was ended: the `cancel_reason` of its response.
pub fn cancel_reason(refusal: WatchRefusal) -> String {
    match refusal {
        WatchRefusal::DuplicateId => "mvcc: duplicate watch ID provided on the WatchStream".into(),
        WatchRefusal::EmptyRange => "mvcc: watcher range is empty".into(),
        WatchRefusal::NoRoom => etcd("too many watches on one stream"),
        WatchRefusal::NegativeRevision => etcd(COMPACTED),
        WatchRefusal::Denied(refusal) => {
            let denied = match refusal {
                AuthRefusal::InvalidToken | AuthRefusal::OldRevision | AuthRefusal::UserEmpty => refusal,
                _ => AuthRefusal::PermissionDenied,
            };
            let status = of_auth(denied);
            format!("rpc error: code = {} desc = {}", CODE_NAMES[place(&status)], status.message())
        }
    }
}

/// There is no leader, and the client asked for one.
pub fn no_leader() -> Status {
    of_unavailable(Unavailable::NoLeader)
}

/// What a learner does not do.
pub fn not_for_learners() -> Status {
    Status::failed_precondition(etcd("rpc not supported for learner"))
}

/// An action of a kind that etcd does not know.
pub fn unknown_action() -> Status {
    Status::unknown(etcd("unknown method"))
}

/// A member to be added has no URL, or one that is none.
pub fn bad_urls() -> Status {
    Status::invalid_argument(etcd("given member URLs are invalid"))
}

/// The text of an error that Maintenance/Status lists.
pub fn no_leader_text() -> String {
    etcd(NO_LEADER)
}

/// The member stops. Of a stream etcd cuts the connection, which its client takes as unavailable and tries elsewhere;
/// "watch canceled" would end the client's watches for good.
pub fn stopped() -> Status {
    of_unavailable(Unavailable::Stopped)
}

/// The client's time is up.
pub fn deadline_exceeded() -> Status {
    Status::deadline_exceeded("context deadline exceeded")
}

/// `grpc-timeout` that is none.
pub fn malformed_timeout(reason: &str) -> Status {
    Status::internal(format!("malformed grpc-timeout: {reason}"))
}

/// `client-api-version` that is no text.
pub fn invalid_client_version() -> Status {
    Status::invalid_argument(etcd("invalid client api version"))
}

/// Something that etcd does and this version does not.
pub fn not_supported(what: &str) -> Status {
    Status::unimplemented(format!("etcdserver: {what} is not supported yet"))
}

/// A service that the health service does not know.
pub fn unknown_health() -> Status {
    Status::not_found("unknown service")
}

/// A path without a method, in the words of Go's gRPC.
pub fn of_unknown(unknown: Unknown) -> Status {
    Status::unimplemented(match unknown {
        Unknown::Malformed(path) => format!("malformed method name: {path:?}"),
        Unknown::Service(service) => format!("unknown service {service}"),
        Unknown::Method { service, name } => format!("unknown method {name} for service {service}"),
    })
}

/// A message that does not decode, in the words of Go's gRPC. It tells two faults apart.
pub fn of_undecodable(call: Undecodable, error: &prost::DecodeError) -> Status {
    let what = match error.to_string().contains("UTF-8") {
        true => "string field contains invalid UTF-8",
        false => "proto: cannot parse invalid wire-format data",
    };
    Status::internal(match call {
        Undecodable::Request => format!("grpc: error unmarshalling request: {what}"),
        Undecodable::Message => format!("grpc: failed to unmarshal the received message: {what}"),
    })
}

/// Which message did not decode: Go's gRPC has words for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undecodable {
    /// The one of a unary call.
    Request,
    /// One of many.
    Message,
}

/// What tonic says of a message that it cannot take becomes what Go's gRPC says; everything else stays.
pub fn of_transport(status: Status) -> Status {
    foreign(&status).unwrap_or(status)
}

/// The same for a whole response, which has its status in its header when there is no message.
pub fn of_transport_response<B: Default>(response: http::Response<B>) -> http::Response<B> {
    const CODES: [&[u8]; 4] = [b"8", b"11", b"12", b"13"];
    let may_be = response.headers().get(Status::GRPC_STATUS).is_some_and(|code| CODES.contains(&code.as_bytes()));
    let status = may_be.then(|| Status::from_header_map(response.headers())).flatten();
    match status.and_then(|status| foreign(&status)) {
        Some(status) => status.into_http(),
        None => response,
    }
}

/// Go's words for what tonic says of a message: that it is too large, or that it is packed in a way that cannot be read. No status of ours
/// looks like one of these.
fn foreign(status: &Status) -> Option<Status> {
    let text = status.message();
    let after = |prefix: &str| text.strip_prefix(prefix);
    if let Some((size, limit)) = after("Error, decoded message length too large: found ").and_then(oversize) {
        let text = format!("grpc: received message larger than max ({size} vs. {limit})");
        return Some(Status::resource_exhausted(text));
    }
    if let Some(rest) = after("Error decompressing: size limit, of ") {
        let (limit, _) = rest.split_once(" bytes")?;
        let text = format!("grpc: received message after decompression larger than max {limit}");
        return Some(Status::resource_exhausted(text));
    }
    if let Some(rest) = after("Error decompressing: ") {
        let reason = rest.strip_suffix(", while sending request")?;
        return Some(Status::internal(match reason {
            "invalid gzip header" => "grpc: failed to decompress the message: gzip: invalid header".into(),
            "unexpected end of file" | "incomplete deflate stream" => {
                "grpc: failed to read decompressed data: unexpected EOF".into()
            }
            reason => format!("grpc: failed to read decompressed data: {reason}"),
        }));
    }
    if let Some(rest) = after("Content is compressed with `") {
        let (encoding, _) = rest.split_once('`')?;
        let text = format!("grpc: Decompressor is not installed for grpc-encoding \"{encoding}\"");
        return Some(Status::unimplemented(text));
    }
    if let Some(rest) = after("protocol error: received message with invalid compression flag: ") {
        let (flag, _) = rest.split_once(' ')?;
        return Some(Status::internal(format!("grpc: received unexpected payload format {flag}")));
    }
    after("protocol error: received message with compressed-flag but no grpc-encoding was specified")
        .map(|_| Status::internal("grpc: compressed flag set with identity or empty encoding"))
}

/// Size and limit of a message that is too large.
fn oversize(rest: &str) -> Option<(u64, u64)> {
    let (size, rest) = rest.split_once(" bytes, the limit is: ")?;
    Some((size.parse().ok()?, rest.strip_suffix(" bytes")?.parse().ok()?))
}

const COMPACTED: &str = "mvcc: required revision has been compacted";
const NO_LEADER: &str = "no leader";

fn etcd(text: &str) -> String {
    format!("etcdserver: {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn says(status: Status, code: Code, text: &str) {
        assert_eq!((status.code(), status.message()), (code, text));
    }

    /// Texts and codes as etcd 3.7.1 sends them (reference 1.11).
    #[test]
    fn refusals() {
        use Refusal::*;
        let cases = [
            (KeyNotFound, Code::InvalidArgument, "etcdserver: key not found"),
            (LeaseNotFound, Code::NotFound, "etcdserver: requested lease not found"),
            (LeaseExists, Code::FailedPrecondition, "etcdserver: lease already exists"),
            (LeaseTtlTooLarge, Code::OutOfRange, "etcdserver: too large lease TTL"),
            (Compacted, Code::OutOfRange, "etcdserver: mvcc: required revision has been compacted"),
            (FutureRevision, Code::OutOfRange, "etcdserver: mvcc: required revision is a future revision"),
            (NoSpace, Code::ResourceExhausted, "etcdserver: mvcc: database space exceeded"),
            (Corrupt, Code::DataLoss, "etcdserver: corrupt cluster"),
            (MemberNotFound, Code::NotFound, "etcdserver: member not found"),
            (MemberExists, Code::FailedPrecondition, "etcdserver: member ID already exist"),
            (PeerUrlExists, Code::FailedPrecondition, "etcdserver: Peer URLs already exists"),
            (MemberNotLearner, Code::FailedPrecondition, "etcdserver: can only promote a learner member"),
            (TooManyLearners, Code::FailedPrecondition, "etcdserver: too many learner members in cluster"),
            (Auth(AuthRefusal::PermissionDenied), Code::PermissionDenied, "etcdserver: permission denied"),
        ];
        for (refusal, code, text) in cases {
            says(of_failure(Failure::Refused(refusal)), code, text);
        }
    }

    #[test]
    fn local_failures() {
        use Unavailable::*;
        let cases = [
            (Stopped, Code::Unavailable, "etcdserver: server stopped"),
            (TimedOut, Code::Unavailable, "etcdserver: request timed out"),
            (NoLeader, Code::Unavailable, "etcdserver: no leader"),
            (LeaderChanged, Code::Unavailable, "etcdserver: leader changed"),
            (TooManyRequests, Code::Unknown, "etcdserver: too many requests"),
            (RequestTooLarge, Code::InvalidArgument, "etcdserver: request is too large"),
        ];
        for (unavailable, code, text) in cases {
            says(of_failure(Failure::Unavailable(unavailable)), code, text);
        }
    }

    #[test]
    fn shapes() {
        use Malformed::*;
        let cases = [
            (EmptyKey, Code::InvalidArgument, "etcdserver: key is not provided"),
            (EmptyOperation, Code::InvalidArgument, "etcdserver: key not found"),
            (ValueProvided, Code::InvalidArgument, "etcdserver: value is provided"),
            (LeaseProvided, Code::InvalidArgument, "etcdserver: lease is provided"),
            (SortOption, Code::InvalidArgument, "etcdserver: invalid sort option"),
            (TooManyOperations, Code::InvalidArgument, "etcdserver: too many operations in txn request"),
            (DuplicateKey, Code::InvalidArgument, "etcdserver: duplicate key given in txn request"),
            (StreamedOrder, Code::Unimplemented, "RangeStream does not support custom sort orders"),
            (StreamedFilters, Code::Unimplemented, "RangeStream does not support revision filters"),
        ];
        for (malformed, code, text) in cases {
            says(malformed.into(), code, text);
        }
    }

    /// Texts as Go's gRPC sends them, observed.
    #[test]
    fn what_the_transport_says() {
        let unknown = |path| of_unknown(super::super::method::Method::of_path(path).unwrap_err());
        says(unknown("/no.Such/Foo"), Code::Unimplemented, "unknown service no.Such");
        says(unknown("/etcdserverpb.KV/Foo"), Code::Unimplemented, "unknown method Foo for service etcdserverpb.KV");
        says(unknown("/foo"), Code::Unimplemented, "malformed method name: \"/foo\"");
        let tonics = || {
            Status::out_of_range(
                "Error, decoded message length too large: found 4000007 bytes, the limit is: 2097152 bytes",
            )
        };
        let gos = "grpc: received message larger than max (4000007 vs. 2097152)";
        says(of_transport(tonics()), Code::ResourceExhausted, gos);
        let response = of_transport_response(tonics().into_http::<String>());
        says(Status::from_header_map(response.headers()).unwrap(), Code::ResourceExhausted, gos);
        let response = of_transport_response(of_refusal(&Refusal::Compacted).into_http::<String>());
        let compacted = "etcdserver: mvcc: required revision has been compacted";
        says(Status::from_header_map(response.headers()).unwrap(), Code::OutOfRange, compacted);
    }

    #[test]
    fn every_code_has_its_name() {
        assert_eq!(CODE_NAMES[place(&Status::unauthenticated(""))], "Unauthenticated");
        assert_eq!((CODE_NAMES[OK], CODE_NAMES[CANCELED]), ("OK", "Canceled"));
        assert_eq!(CODE_NAMES[place(&Status::data_loss(""))], "DataLoss");
    }
}

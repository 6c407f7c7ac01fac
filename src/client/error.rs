//! What can go wrong with a call, said as etcd's clients say it.

use super::known;
use std::fmt;
pub use tonic::Code;

/// Why a call failed. Its text is what `etcdctl` prints behind `Error: `.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientError {
    origin: Origin,
    code: Code,
    description: String,
    detail: Option<String>,
}

/// Who made the error; decides how it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// A status that came over the wire.
    Server,
    /// The connection broke under the call: the request may have been carried out.
    Connection,
    /// This client, before or instead of sending anything.
    Client,
}

impl ClientError {
    /// The deadline passed. `detail` is the last obstacle met on the way, for logs.
    pub fn deadline(detail: Option<String>) -> Self {
        Self { detail, ..Self::local(Code::DeadlineExceeded, "context deadline exceeded") }
    }

    /// An error of the client's own, shown as it stands.
    pub fn local(code: Code, description: impl Into<String>) -> Self {
        Self { origin: Origin::Client, code, description: description.into(), detail: None }
    }

    /// An error that reads like a status, whoever made it.
    pub fn status(code: Code, description: impl Into<String>) -> Self {
        Self { origin: Origin::Server, code, description: description.into(), detail: None }
    }

    /// The connection broke.
    pub(super) fn broken(reason: impl fmt::Display) -> Self {
        let description = format!("error reading from server: {reason}");
        Self { origin: Origin::Connection, code: Code::Unavailable, description, detail: None }
    }

    /// Reads what tonic makes of an answer. A status with a source did not come from the server: the transport failed.
    pub(super) fn from_status(status: &tonic::Status) -> Self {
        if let Some(source) = std::error::Error::source(status) {
            return match crate::tls::explain(source) {
                Some(text) => Self::broken(text),
                None => Self::broken(root_of(source)),
            };
        }
        match too_large(status.message()) {
            Some(description) if status.code() == Code::OutOfRange => {
                Self::status(Code::ResourceExhausted, description)
            }
            _ => Self::status(status.code(), status.message()),
        }
    }

    /// The gRPC code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The description alone, such as `etcdserver: key not found`.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Is this etcd's error with that text, `etcdserver: ` included?
    pub fn is(&self, text: &str) -> bool {
        self.description == text
    }

    /// Did the connection break under the call?
    pub fn is_broken(&self) -> bool {
        self.origin == Origin::Connection
    }

    /// Did the deadline pass, or did the caller give up?
    pub fn is_deadline(&self) -> bool {
        self.origin == Origin::Client && self.code == Code::DeadlineExceeded
    }

    /// The error with its code and whatever obstacle lay behind it, for logs.
    pub fn full(&self) -> String {
        let desc = self.detail.as_deref().unwrap_or(&self.description);
        format!("rpc error: code = {} desc = {desc}", name_of(self.code))
    }

    /// Is the token that came with the call at fault, so that a new login may help?
    pub fn refuses_token(&self) -> bool {
        self.is("etcdserver: invalid auth token")
            || self.is("etcdserver: revision of auth store is old")
            || self.is("etcdserver: user name is empty")
    }

    /// May a stream make progress when it is opened again? Go's client: only after Unavailable and Internal, and not when
    /// the caller demanded a leader and there is none.
    pub fn ends_streams(&self) -> bool {
        !matches!(self.code, Code::Unavailable | Code::Internal) || self.is("etcdserver: no leader")
    }
}

/// The innermost cause: hyper's own words above it name nothing.
fn root_of<'a>(mut error: &'a (dyn std::error::Error + 'static)) -> &'a (dyn std::error::Error + 'static) {
    while let Some(source) = error.source() {
        error = source;
    }
    error
}

/// Go's words for an answer above the receive limit, made from tonic's.
fn too_large(message: &str) -> Option<String> {
    let rest = message.strip_prefix("Error, decoded message length too large: found ")?;
    let (found, rest) = rest.split_once(" bytes, the limit is: ")?;
    let limit = rest.strip_suffix(" bytes")?;
    Some(format!("grpc: received message larger than max ({found} vs. {limit})"))
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.origin == Origin::Client || known::is_known(&self.description) {
            f.write_str(&self.description)
        } else {
            write!(f, "rpc error: code = {} desc = {}", name_of(self.code), self.description)
        }
    }
}

impl std::error::Error for ClientError {}

/// The code as Go's gRPC prints it.
fn name_of(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "Canceled",
        Code::Unknown => "Unknown",
        Code::InvalidArgument => "InvalidArgument",
        Code::DeadlineExceeded => "DeadlineExceeded",
        Code::NotFound => "NotFound",
        Code::AlreadyExists => "AlreadyExists",
        Code::PermissionDenied => "PermissionDenied",
        Code::ResourceExhausted => "ResourceExhausted",
        Code::FailedPrecondition => "FailedPrecondition",
        Code::Aborted => "Aborted",
        Code::OutOfRange => "OutOfRange",
        Code::Unimplemented => "Unimplemented",
        Code::Internal => "Internal",
        Code::Unavailable => "Unavailable",
        Code::DataLoss => "DataLoss",
        Code::Unauthenticated => "Unauthenticated",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_texts_stand_alone_and_others_bring_their_code() {
        let known = ClientError::status(Code::InvalidArgument, "etcdserver: key is not provided");
        assert_eq!(known.to_string(), "etcdserver: key is not provided");
        let unknown = ClientError::status(Code::Cancelled, "etcdserver: watch canceled");
        assert_eq!(unknown.to_string(), "rpc error: code = Canceled desc = etcdserver: watch canceled");
        assert_eq!(ClientError::deadline(Some("refused".into())).to_string(), "context deadline exceeded");
        assert_eq!(
            ClientError::deadline(Some("refused".into())).full(),
            "rpc error: code = DeadlineExceeded desc = refused"
        );
    }

    #[test]
    fn an_answer_above_the_limit_reads_as_in_go() {
        let status = tonic::Status::out_of_range(
            "Error, decoded message length too large: found 26 bytes, the limit is: 10 bytes",
        );
        let error = ClientError::from_status(&status);
        assert_eq!(
            error.to_string(),
            "rpc error: code = ResourceExhausted desc = grpc: received message larger than max (26 vs. 10)"
        );
    }

    #[test]
    fn streams_end_unless_the_trouble_may_pass() {
        assert!(!ClientError::status(Code::Unavailable, "etcdserver: leader changed").ends_streams());
        assert!(ClientError::status(Code::Unavailable, "etcdserver: no leader").ends_streams());
        assert!(ClientError::status(Code::PermissionDenied, "etcdserver: permission denied").ends_streams());
    }
}

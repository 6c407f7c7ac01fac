//! What can be wrong with bytes from a peer.

/// Bytes that no healthy peer sends. The connection is of no use any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// A length above the limit. The text is etcd's.
    #[error("rafthttp: error limit exceeded")]
    TooLong {
        /// What the length said.
        bytes: u64,
    },
    /// More entries than any append has.
    #[error("append of {0} entries")]
    TooManyEntries(u64),
    /// A kind of frame that the append stream does not have. The text is etcd's.
    #[error("failed to parse type {0} in msgappv2 stream")]
    UnknownFrame(u8),
    /// Entries that follow an append, and none was before them.
    #[error("entries that follow no append")]
    OutOfPlace,
    /// No message where one should be.
    #[error("proto: cannot parse invalid wire-format data: {0}")]
    Malformed(#[from] prost::DecodeError),
    /// The bytes ended within a frame. The text is Go's.
    #[error("unexpected EOF")]
    CutOff,
}

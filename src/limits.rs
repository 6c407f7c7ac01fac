//! Every size, count, depth and interval that is fixed rather than configured, each with its reason and with what
//! happens when it is reached.
//!
//! What an operator can set lives in the configuration; the defaults of those settings are here too, so that flags,
//! tests and the simulator agree on them. Numbers that only one function needs may stay beside it.

use std::time::Duration;

// --- Requests ---

/// Default of `--max-request-bytes`: the encoded proposal of a larger request is refused as too large.
pub const REQUEST_BYTES: usize = 1_572_864;

/// What a message may be larger than a proposal before the transport refuses it: etcd leaves room for the envelope, so a
/// request that is a little too large gets etcd's own answer and only a much larger one gets the transport's.
pub const REQUEST_OVERHEAD_BYTES: usize = 512 * 1024;

/// Above this `--max-request-bytes` the server warns: one entry then takes noticeable time on disk and network.
pub const REQUEST_BYTES_RECOMMENDED: usize = 10 * 1024 * 1024;

/// Default of `--max-txn-ops`: compares, or operations of one branch. More are refused.
pub const TXN_OPS: usize = 128;

/// Default of `--max-concurrent-streams` on one connection; more wait at the client.
pub const CONCURRENT_STREAMS: u32 = u32::MAX;

/// Proposals are refused as too many while more committed entries than this wait to be applied; etcd's value.
pub const APPLY_GAP: u64 = 5000;

/// How long a request may take before it is answered with a time-out, beside two election time-outs: time for a slow
/// disk and for a new leader to be found.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// [`REQUEST_TIMEOUT`] with the elections that may fall into it.
pub fn request_timeout(election_timeout: Duration) -> Duration {
    REQUEST_TIMEOUT + 2 * election_timeout
}

/// Keys in the first piece of a streamed range; later pieces double or halve to come near `--max-request-bytes`.
pub const RANGE_STREAM_FIRST_KEYS: i64 = 10;

/// The most distinct values of a client's `client-api-version` that metrics tell apart; what comes after them is
/// counted as unknown. Real clients send a handful, and a label costs memory for good.
pub const CLIENT_VERSIONS: usize = 64;

// --- Storage ---

/// Default of `--quota-backend-bytes`: 2 GiB. When it is reached writes are refused and an alarm is raised.
pub const QUOTA_BYTES: i64 = 2 * 1024 * 1024 * 1024;

/// Above this quota the server warns: starting and repairing a member then takes long.
pub const QUOTA_BYTES_RECOMMENDED: i64 = 8 * 1024 * 1024 * 1024;

// --- TLS ---

/// How long a handshake may take, with the checks behind it that look up names; then the connection is closed. etcd's
/// value since GHSA-6vch-q96h-7gc3.
pub const TLS_HANDSHAKE: Duration = Duration::from_secs(10);

/// How long a list of revoked certificates that cannot be read is passed over for the one that was read before: it may be
/// about to be replaced. Then nobody is let in, as in etcd.
pub const TLS_LIST_GRACE: Duration = Duration::from_secs(5);

/// A certificate is said to expire soon when it has less than this left.
pub const TLS_EXPIRES_SOON: Duration = Duration::from_secs(30 * 24 * 3600);

/// Time until it is said again that a certificate expires.
pub const TLS_EXPIRY_SAID: Duration = Duration::from_secs(24 * 3600);

/// Time between two looks at when certificates expire.
pub const TLS_EXPIRY_LOOK: Duration = Duration::from_secs(60);

// --- Watches ---

/// Messages that wait for one stream. When it is full the hub sets the stream's watchers aside and lets them catch up
/// from history, so a slow reader costs no memory.
pub const WATCH_STREAM_ITEMS: usize = 128;

/// Watches of one stream: far above what any client is known to open, and below what makes a member run out of memory (350 bytes
/// each). One more is refused. etcd has no such bound: a client that opens watches in a loop, and forgets them, takes the
/// member with it.
pub const STREAM_WATCHES: usize = 1 << 20;

/// Bytes of the keys and range ends of the watches of one stream. A watch that needs more is refused: each of these may be as
/// long as a request.
pub const STREAM_WATCHES_KEY_BYTES: usize = 256 * 1024 * 1024;

/// Distinct revisions in one piece of history, so that catching up is interleaved with everything else.
pub const HISTORY_REVISIONS: usize = 1000;

/// Default of `--watch-progress-notify-interval`.
pub const WATCH_PROGRESS_INTERVAL: Duration = Duration::from_secs(600);

/// The shortest progress interval that is taken; shorter ones are raised to it.
pub const WATCH_PROGRESS_INTERVAL_MIN: Duration = Duration::from_millis(100);

/// Responses that a stream's producer may be ahead of the connection. They are encoded together into one write.
pub const STREAM_RESPONSES_AHEAD: usize = 16;

// --- Connections ---

/// Default of `--grpc-keepalive-interval`: how long a connection may be silent before the server pings.
pub const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(2 * 60 * 60);

/// Default of `--grpc-keepalive-timeout`: how long the answer to a ping may take before the connection is closed.
pub const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// Default of `--grpc-keepalive-min-time`: a client that pings more often, and is sent nothing in between, loses its connection.
pub const PING_INTERVAL_MIN: Duration = Duration::from_secs(5);

/// The same where that is set to zero: what etcd's library has by itself.
pub const PING_INTERVAL_MIN_UNSET: Duration = Duration::from_secs(5 * 60);

/// Pings that may come too early, one after the other; etcd's value.
pub const H2_PING_STRIKES: u32 = 2;

/// HTTP/2 flow-control window of one stream. Larger than any request with default settings, so that a put never waits
/// for a window update.
pub const H2_STREAM_WINDOW_BYTES: u32 = 2 * 1024 * 1024;

/// HTTP/2 flow-control window of a connection: many streams share it.
pub const H2_CONNECTION_WINDOW_BYTES: u32 = 8 * 1024 * 1024;

/// Bytes of answers that one HTTP/2 stream may buffer before its producer waits.
pub const H2_SEND_BUFFER_BYTES: usize = 1024 * 1024;

/// The largest header block taken; a larger one resets the stream. Tokens are the largest thing in it.
pub const HEADER_BYTES: u32 = 1024 * 1024;

/// Calls of a connection that the client took back before the member had looked at them: each has cost it its head, and is in
/// memory. One more ends the connection. Who means well takes few calls back, and not at once (CVE-2023-44487).
pub const H2_PENDING_RESETS: usize = 20;

/// Calls of a connection, over its life, that the member took back because of a fault in their frames. One more ends the
/// connection: the library of a client that means well makes no such faults (CVE-2025-8671).
pub const H2_OWN_RESETS: usize = 1024;

/// Changes of its settings that a client may make over the life of an HTTP/2 connection; with the next one the connection ends.
/// Each costs a walk over all streams that are open. Clients make one, and those that measure the way about ten.
pub const H2_SETTINGS_FRAMES: u32 = 100;

/// How long a client may take over the head of a request, or over its first words; etcd's value, which it has for HTTP/1 alone.
pub const HTTP1_HEADER_TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// Connections that wait to be accepted on one port; more are turned away by the system. As many as Go asks for.
pub const LISTEN_BACKLOG: u32 = 4096;

/// How often the system asks the other side of a silent connection whether it is still there; etcd's value.
pub const KEEPALIVE_PROBE: Duration = Duration::from_secs(30);

/// A connection whose other side does not answer, or takes nothing of what it is sent, is ended after this long. The ten
/// probes of the system take as long, so etcd notices a client that is gone at the same time; that an answer which nobody
/// reads does not stay in memory for ever is our own addition.
pub const SILENT_PEER: Duration = Duration::from_secs(5 * 60);

/// File descriptors that are never given to clients: the member's own files, its peers and its metrics need some; etcd's
/// value.
pub const RESERVED_FILES: usize = 150;

/// Connections that one port for other members takes at least. Each of them keeps a handful, and a cluster has seven members
/// at most.
pub const PEER_CONNECTIONS_MIN: usize = 48;

/// Connections to one of `--listen-metrics-urls` at a time, out of the reserve above, so that a member that is full of clients
/// can still be looked at. More wait.
pub const METRICS_CONNECTIONS: usize = 32;

/// How long a stopping listener waits for requests under way. Streams are told to end at once, so this is only for
/// answers that wait for disk or quorum; what is left then is cut off.
pub const DRAIN: Duration = Duration::from_secs(5);

/// Pause after a failed `accept`, which mostly means that file descriptors ran out: without it the loop would spin.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Elections that a member must be without a leader before streams that asked for one are ended: opening many streams
/// again costs more than a short wait.
pub const LEADERLESS_ELECTIONS: u32 = 3;

// --- Inside the server ---

/// Inputs that wait for the core; askers wait when it is full. Deep enough for a burst from many connections while one
/// fsync lasts, shallow enough that what waits is answered before clients give up.
pub const CORE_QUEUE: usize = 4096;

/// Inputs that the core takes in one turn: a batch for one append to the log. Above this the first of them would wait
/// noticeably for the last.
pub const CORE_BATCH: usize = 1024;

/// Bytes of changes in memory that the backend's file does not have yet. The flush task writes them down at its own pace;
/// when writes come faster than the disk takes them, the core waits at this point until all is written, and askers
/// with it (etcd's applier waits at its batch limit). A turn ends there too, so that what it still has to apply waits in
/// the log. A flush of this size takes some tenths of a second, well below an election.
pub const STAGED_BYTES: usize = 64 * 1024 * 1024;

/// Messages that wait for the hub of watches; the core waits when it is full.
pub const HUB_QUEUE: usize = 1024;

/// Messages that the hub takes in one turn before it looks at its watchers again.
pub const HUB_BATCH: usize = 256;

/// How long a read index may be under way before it is asked for again; etcd's value.
pub const READ_INDEX_RETRY: Duration = Duration::from_millis(500);

/// Pause between two attempts to tell the cluster how this member is reached.
pub const ANNOUNCE_RETRY: Duration = Duration::from_millis(100);

/// Leases whose revocation is proposed at once; the next batch follows when the last one is applied, so the log's own
/// speed is the rate. A write that comes meanwhile waits for one batch at most.
pub const LEASE_REVOKES_AT_ONCE: usize = 256;

/// How often it is written down what is left of a long lease, where that is wanted; etcd's value.
pub const LEASE_CHECKPOINT_INTERVAL: Duration = Duration::from_secs(5 * 60);

/// Leases in one proposal of checkpoints, and proposals in one tick. What does not fit waits for the next tick.
pub const LEASE_CHECKPOINTS: (usize, usize) = (1000, 10);

/// Snapshots that are sent at once; etcd's figure. One more fails, and is asked for again.
pub const SNAPSHOTS_SENT_AT_ONCE: usize = 16;

/// Bytes of a piece of a snapshot on its way to the network, about.
pub const SNAPSHOT_PIECE_BYTES: usize = 256 << 10;

/// So many pieces wait for the network; whoever makes them waits then.
pub const SNAPSHOT_PIECES: usize = 4;

/// For so long after a snapshot was sent, the entries behind it are kept in memory; etcd's figure.
pub const SNAPSHOT_AFTERMATH: Duration = Duration::from_secs(30);

/// Pause between two pieces of a log file that is made ahead: a sync of the log comes in between.
pub const SEGMENT_PAUSE: Duration = Duration::from_millis(5);

/// The least pause between two pieces of a defragmentation; it pauses for as long as a piece took, otherwise.
pub const DEFRAGMENT_PAUSE: Duration = Duration::from_millis(1);

/// How often a keep-alive of a lease that has run out looks whether its revocation is applied; etcd's value is similar.
pub const LEASE_REVOKE_POLL: Duration = Duration::from_millis(10);

/// Simple tokens that a member keeps; with more, those go whose time ends first. A login costs a bcrypt, so that within the time
/// of a token no member hands out as many; a token takes about 150 bytes.
pub const SIMPLE_TOKENS: usize = 100_000;

/// Passwords that wait to be hashed or compared; more are told that there are too many requests. A machine of four processors
/// gets through them in half a minute.
pub const PASSWORDS_WAITING: usize = 1024;

/// Requests that wait for the entry that their token was issued by; more are told that the token is not known.
pub const TOKEN_WAITERS: usize = 4096;

// --- The client ---

/// Above every request that a server of default settings takes (1.5 MiB and gRPC's overhead): what is larger is refused
/// before anything is sent. The value of etcd's clients.
pub const CLIENT_REQUEST_BYTES: usize = 2 * 1024 * 1024;

/// No limit in practice: an answer may hold any number of values. The value of etcd's clients.
pub const CLIENT_RESPONSE_BYTES: usize = i32::MAX as usize;

/// Attempts at one call, the first included; then its last error counts. The value of etcd's clients.
pub const CLIENT_ATTEMPTS: u32 = 100;

/// Wait between two attempts, once a majority of the endpoints has been asked; etcd's value.
pub const CLIENT_RETRY_WAIT: Duration = Duration::from_millis(25);

/// New logins that one call, or one stream in a row, may bring about: tokens get old with each change of users and roles, of
/// which many may come in a row. Beyond, the refusal counts. etcd's clients go on to [`CLIENT_ATTEMPTS`], which for a refusal
/// that no login helps against is a hundred logins.
pub const CLIENT_LOGINS: u32 = 10;

/// First and last wait between two attempts to connect to one endpoint. They cost the other side little, and whoever waits
/// for the only server should not wait much longer than it takes to start.
pub const CLIENT_REDIAL_WAITS: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(3));

/// A connection is not probed more often than this: servers take it for an attack, and close the connection.
pub const CLIENT_KEEPALIVE_TIME_MIN: Duration = Duration::from_secs(10);

/// Watch responses that wait for a slow reader; beyond, the stream's flow control holds the server back.
pub const CLIENT_WATCH_RESPONSES: usize = 16;

/// Requests under way on a watch's stream: the creation, and questions for progress. When so many questions wait, a further
/// one is dropped: the answer to one of them serves it too.
pub const CLIENT_WATCH_REQUESTS: usize = 16;

/// First and last wait before the lost stream of a watch is opened again.
pub const CLIENT_WATCH_REOPEN_WAITS: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(500));

/// Renewals of a lease that wait for their reader. A reader that falls behind misses the newest: they only say that all is
/// well.
pub const CLIENT_RENEWALS: usize = 16;

/// Pause before the lost stream of a lease's renewals is opened again; etcd's value.
pub const CLIENT_RENEWAL_REOPEN_WAIT: Duration = Duration::from_millis(500);

/// Lines of `watch -i` that are read ahead of what is being done; then the input waits.
pub const INTERACTIVE_LINES: usize = 16;

// --- Peers ---

/// The largest message taken from a stream or a pipeline; etcd's value. A larger length ends the stream: it is damage.
pub const PEER_MESSAGE_BYTES: usize = 512 * 1024 * 1024;

/// The largest message in front of a database; etcd's value. The database behind it has no limit.
pub const PEER_SNAPSHOT_MESSAGE_BYTES: usize = 64 * 1024 * 1024;

/// Entries of one append. etcd's hold a mebibyte, and an entry takes six bytes at least, so that more are damage.
pub const PEER_APPEND_ENTRIES: usize = 1 << 20;

/// Messages that wait for one stream, of either urgency. When it is full the message is dropped, and raft is told that the
/// peer cannot be reached; etcd's value.
pub const PEER_STREAM_MESSAGES: usize = 4096;

/// Messages that wait for the pipeline of one peer, of either urgency; beyond, as above. etcd's value.
pub const PEER_PIPELINE_MESSAGES: usize = 64;

/// Posts to one peer that are under way at once; etcd's value.
pub const PEER_PIPELINE_POSTS: usize = 4;

/// Bytes that a stream gathers into one piece before it hands them to the connection. Above this, an urgent message would wait
/// noticeably for what is before it.
pub const PEER_STREAM_PIECE_BYTES: usize = 64 * 1024;

/// Default of `--raft-read-timeout` and `--raft-write-timeout`: a connection that is silent or stuck for so long is broken.
pub const PEER_IO_TIMEOUT: Duration = Duration::from_secs(5);

/// The least time between two attempts to open the same stream; etcd's value.
pub const PEER_REDIAL: Duration = Duration::from_millis(100);

/// How long a post may take for each mebibyte of its message, beside the time-outs of the connection.
pub const PEER_POST_PER_MIB: Duration = Duration::from_secs(1);

/// How long the other side may take nothing of a database before the transfer is given up.
pub const PEER_SNAPSHOT_STALL: Duration = Duration::from_secs(60);

/// How long the other side may take to make a whole database safe on its disk.
pub const PEER_SNAPSHOT_SAVE: Duration = Duration::from_secs(600);

/// Senders that are not known as members but are answered all the same, since this member may be behind. Further ones are
/// not answered until it has caught up.
pub const PEER_STRANGERS: usize = 64;

/// Bytes of an answer's body that are read; a longer one is no answer of a peer's.
pub const PEER_ANSWER_BYTES: usize = 64 * 1024;

/// Bytes of what a member says when it is asked, as of a lease with all its keys. More is an error, as in etcd.
pub const PEER_ASKED_BYTES: usize = 100 * 1024 * 1024;

/// Messages from peers that wait for the core, as many as etcd holds. More are dropped, and the peer is told; raft sends
/// again.
pub const PEER_INBOX_MESSAGES: usize = 4096;

/// Time between two looks for requests that nobody waits for any more.
pub const FORGET_INTERVAL: Duration = Duration::from_secs(1);

/// Bytes of a question about a lease, as in etcd. More are refused.
pub const PEER_QUESTION_BYTES: usize = 64 * 1024;

/// How long such a question may take to come in; then it is refused. etcd gives every request of a peer as long.
pub const PEER_QUESTION_TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// Time between two looks at the versions of the members, as in etcd.
pub const VERSION_INTERVAL: Duration = Duration::from_secs(4);

/// How long a member must have been reached to count as well, as in etcd.
pub const MEMBER_HEALTH: Duration = Duration::from_secs(5);

/// Time between two tries to reach the leader with what only it can do, as in etcd.
pub const LEADER_RETRY: Duration = Duration::from_millis(50);

/// How long what is committed may take to be applied before a question about a lease is refused, as in etcd.
pub const APPLY_WAIT: Duration = Duration::from_secs(1);

/// How long a member lives on that was removed, so that the others hear of it, as in etcd.
pub const REMOVED_LIFE: Duration = Duration::from_secs(1);

/// How long a joining member waits for one that is to tell it of the cluster, as in etcd.
pub const JOIN_ASK: Duration = Duration::from_secs(10);

/// How long a founder waits for others that may know it already, as in etcd.
pub const BOOTSTRAP_ASK: Duration = Duration::from_secs(1);

/// How long addresses in two lists of peer URLs may take to be looked up, as in etcd.
pub const RESOLVE: Duration = Duration::from_secs(30);

/// How long a member waits for connections before it leaves its election timeout as it is, and between two looks, as in
/// etcd.
pub const FIRST_CONNECTIONS: (Duration, Duration) = (Duration::from_secs(5), Duration::from_millis(50));

/// Time between two looks at the way to a peer and its clock. Below the time-out of a silent connection, which is thereby kept.
pub const PEER_PROBE_INTERVAL: Duration = Duration::from_secs(4);

/// Time between two log lines about a peer that cannot be probed, and between two looks at one that can; etcd's values.
pub const PEER_PROBE_REPORTS: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(30));

/// Clocks of two members that are further apart are worth a log line; etcd's value.
pub const PEER_CLOCK_DRIFT: Duration = Duration::from_secs(1);

//! Ends HTTP/2 connections that do what the library below lets them do without end.
//!
//! ```text
//!   settings   a change of the window with which streams begin is applied to each stream that is open: fifteen bytes from a
//!              client cost the member a walk over all of them (0.4 ms with 20,000), and the neighbours on its thread wait
//!   pings      are answered one by one; a client has no reason to send many, unless it is sent something
//!   heads      the head of a request that never ends is kept for as long as the connection lives
//! ```
//!
//! So the heads of frames are read as they come in and go out, between the socket and the library. A client changes its settings at the
//! beginning, and some change them a few times more while they find out how much the way takes. Pings are counted as etcd's library does
//! it, but for one thing: a connection without calls may ping as often as one that has some. What HTTP/1 allows for the head of
//! a request is enough for one of HTTP/2.
//!
//! What must hold: bytes pass as they are; a connection that is none of HTTP/2 is left alone from its first bytes on.

mod frames;

use crate::limits::{H2_PING_STRIKES, H2_SETTINGS_FRAMES};
use frames::{Head, Step, Walk};
use std::{
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

const ENHANCE_YOUR_CALM: u8 = 11;

/// What clients may do.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// How long the head of a request may take.
    pub head_timeout: Duration,
    /// The least time between two pings, when nothing but answers to them was sent in between.
    pub ping_interval_min: Duration,
}

/// A stream that fails when the client at its other end goes too far.
#[derive(Debug)]
pub struct Guarded<S> {
    stream: S,
    rules: Rules,
    incoming: Walk,
    outgoing: Walk,
    /// Changes of settings.
    settings: u32,
    pings: Pings,
    ask: Ask,
    /// Runs while the head of a request has begun, and is not through.
    timer: Option<Pin<Box<Sleep>>>,
}

/// The pings of a client.
#[derive(Debug, Default)]
struct Pings {
    last: Option<Instant>,
    /// Those that came too early.
    strikes: u32,
    /// The client was sent a head or data since the last one: it may be measuring the way.
    has_reason: bool,
}

impl Pings {
    /// One more. Was it one too many?
    fn count(&mut self, now: Instant, interval_min: Duration) -> bool {
        let last = self.last.replace(now);
        if std::mem::take(&mut self.has_reason) {
            self.strikes = 0;
        } else if last.is_some_and(|last| now.duration_since(last) < interval_min) {
            self.strikes += 1;
        }
        self.strikes > H2_PING_STRIKES
    }
}

/// The head of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Ask {
    /// None has begun, or it has ended.
    #[default]
    Whole,
    /// It goes on after this frame.
    Begun,
    /// It ends with this frame.
    Ending,
}

impl<S> Guarded<S> {
    /// Begins with the first bytes of a connection.
    pub fn new(stream: S, rules: Rules) -> Self {
        Self {
            stream,
            rules,
            incoming: Walk::of_client(),
            outgoing: Walk::of_server(),
            settings: 0,
            pings: Pings::default(),
            ask: Ask::Whole,
            timer: None,
        }
    }

    /// Has the client been busy with one head for too long?
    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        if self.ask == Ask::Whole {
            return false;
        }
        let patience = self.rules.head_timeout;
        self.timer.get_or_insert_with(|| Box::pin(sleep(patience))).as_mut().poll(cx).is_ready()
    }

    /// Looks at bytes that have come. What does the client do too often?
    fn heard(&mut self, mut bytes: &[u8]) -> Option<&'static str> {
        while let Some((step, rest)) = self.incoming.step(bytes) {
            bytes = rest;
            match step {
                Step::Within => {}
                Step::Begins(head) => {
                    if let Some(excess) = self.begins(head) {
                        return Some(excess);
                    }
                }
                Step::Ends => {
                    if self.ask == Ask::Ending {
                        (self.ask, self.timer) = (Ask::Whole, None);
                    }
                }
            }
        }
        None
    }

    fn begins(&mut self, head: Head) -> Option<&'static str> {
        if head.is_request_head() {
            self.ask = if head.ends_request_head() { Ask::Ending } else { Ask::Begun };
        }
        if head.is_settings() {
            self.settings += 1;
            return (self.settings > H2_SETTINGS_FRAMES).then_some("too_many_settings");
        }
        let is_excess = head.is_ping() && self.pings.count(Instant::now(), self.rules.ping_interval_min);
        is_excess.then_some("too_many_pings")
    }

    /// Looks at bytes that were sent.
    fn said(&mut self, mut bytes: &[u8]) {
        while let Some((step, rest)) = self.outgoing.step(bytes) {
            bytes = rest;
            if let Step::Begins(head) = step {
                self.pings.has_reason |= head.is_of_answer();
            }
        }
    }
}

/// GOAWAY: the last stream may be any; then a word for whoever reads the log of the client.
fn farewell(words: &str) -> Vec<u8> {
    let length = 8 + words.len() as u8;
    let head = [0, 0, length, 7, 0, 0, 0, 0, 0];
    [&head[..], &[0x7f, 255, 255, 255, 0, 0, 0, ENHANCE_YOUR_CALM], words.as_bytes()].concat()
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {}
            Poll::Pending if self.is_late(cx) => {
                return Poll::Ready(Err(io::Error::new(ErrorKind::TimedOut, "the head of a request does not end")));
            }
            other => return other,
        }
        if let Some(excess) = self.heard(&buf.filled()[before..]) {
            // As much of it as the other side takes: it is told if it listens.
            let _ = Pin::new(&mut self.stream).poll_write(cx, &farewell(excess));
            buf.set_filled(before);
            return Poll::Ready(Err(io::Error::other(excess)));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes))?;
        self.said(&bytes[..count]);
        Poll::Ready(Ok(count))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, parts))?;
        let mut rest = count;
        for part in parts {
            let length = rest.min(part.len());
            self.said(&part[..length]);
            rest -= length;
        }
        Poll::Ready(Ok(count))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        frames::{HEADERS, PING, PREFACE, SETTINGS, tests::frame},
        *,
    };
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
        time::{advance, timeout},
    };

    const RULES: Rules = Rules { head_timeout: Duration::from_secs(300), ping_interval_min: Duration::from_secs(5) };

    /// A client that has begun, and the member's side.
    async fn begun() -> (DuplexStream, Guarded<DuplexStream>) {
        let (near, mut far) = duplex(1 << 20);
        let mut guarded = Guarded::new(near, RULES);
        far.write_all(PREFACE).await.unwrap();
        take(&mut guarded, PREFACE.len()).await.unwrap();
        (far, guarded)
    }

    /// Takes what has come: so many bytes.
    async fn take(guarded: &mut Guarded<DuplexStream>, count: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; count];
        guarded.read_exact(&mut bytes).await?;
        Ok(bytes)
    }

    /// What the client is told at the end.
    async fn told(mut far: DuplexStream, guarded: Guarded<DuplexStream>) -> Vec<u8> {
        drop(guarded);
        let mut said = Vec::new();
        far.read_to_end(&mut said).await.unwrap();
        said
    }

    #[tokio::test]
    async fn bytes_pass_until_settings_are_changed_too_often() {
        let (mut far, mut guarded) = begun().await;
        let fair = [frame(SETTINGS, 0, &[]), frame(SETTINGS, 1, &[])].concat().repeat(H2_SETTINGS_FRAMES as usize);
        far.write_all(&fair).await.unwrap();
        assert_eq!(take(&mut guarded, fair.len()).await.unwrap(), fair);
        guarded.write_all(b"\0 an answer").await.unwrap();
        far.write_all(&frame(SETTINGS, 0, &[])).await.unwrap();
        assert_eq!(take(&mut guarded, 9).await.unwrap_err().to_string(), "too_many_settings");
        let expected = [&b"\0 an answer"[..], b"\0\0\x19\x07\0\0\0\0\0\x7f\xff\xff\xff\0\0\0\x0btoo_many_settings"];
        assert_eq!(told(far, guarded).await, expected.concat());
    }

    #[tokio::test(start_paused = true)]
    async fn pings_have_their_time_or_a_reason() {
        let ping = frame(PING, 0, &[7; 8]);
        let (mut far, mut guarded) = begun().await;
        // In time.
        for _ in 0..10 {
            far.write_all(&ping).await.unwrap();
            take(&mut guarded, ping.len()).await.unwrap();
            advance(RULES.ping_interval_min).await;
        }
        // Too early, but something came that the client may measure; answers to pings do not count.
        for number in 0..30 {
            far.write_all(&ping).await.unwrap();
            take(&mut guarded, ping.len()).await.unwrap();
            guarded.write_all(&frame(PING, 1, &[7; 8])).await.unwrap();
            if number % 2 == 0 {
                guarded.write_all(&[frame(HEADERS, 4, b"head"), frame(0, 1, b"data")].concat()).await.unwrap();
            }
        }
        // Without one, in one piece.
        advance(RULES.ping_interval_min).await;
        far.write_all(&ping.repeat(4)).await.unwrap();
        assert_eq!(take(&mut guarded, 4 * ping.len()).await.unwrap_err().to_string(), "too_many_pings");
        assert!(told(far, guarded).await.ends_with(b"\0\0\0\x0btoo_many_pings"));
    }

    #[tokio::test]
    async fn another_protocol_is_left_alone() {
        let floods = [frame(SETTINGS, 0, &[]), frame(PING, 0, &[0; 8])].concat().repeat(300);
        for first in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"PRI * HTTP/1.1\r\n\r\n"] {
            let (near, mut far) = duplex(1 << 20);
            let mut guarded = Guarded::new(near, RULES);
            let bytes = [first, &floods].concat();
            far.write_all(&bytes).await.unwrap();
            assert_eq!(take(&mut guarded, bytes.len()).await.unwrap(), bytes);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_does_not_end_is_not_waited_for() {
        let begun_head = frame(HEADERS, 0, b"half");
        let whole = frame(HEADERS, 4, b"whole");
        let more = |flags| frame(9, flags, &[]);
        for (what, bytes, is_ended) in [
            ("begun", begun_head.clone(), true),
            ("goes on", [begun_head.clone(), more(0)].concat(), true),
            ("cut off", whole[..whole.len() - 1].to_vec(), true),
            ("one, and half of another", [whole.clone(), begun_head.clone()].concat(), true),
            ("whole", whole, false),
            ("whole in the end", [begun_head, more(4)].concat(), false),
            ("nothing", vec![], false),
        ] {
            let (mut far, mut guarded) = begun().await;
            far.write_all(&bytes).await.unwrap();
            take(&mut guarded, bytes.len()).await.unwrap();
            // Time passes by itself when all wait.
            let ended = timeout(2 * RULES.head_timeout, take(&mut guarded, 1)).await;
            let ended = ended.ok().map(|ended| ended.unwrap_err().kind());
            assert_eq!(ended, is_ended.then_some(ErrorKind::TimedOut), "{what}");
        }
    }
}

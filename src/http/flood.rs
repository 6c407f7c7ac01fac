//! Ends HTTP/2 connections that do what the library below lets them do without end.
//!
//! ```text
//!   settings   a change of the window with which streams begin is applied to each stream that is open: fifteen bytes from a
//!              client cost the member a walk over all of them (0.4 ms with 20,000), and the neighbours on its thread wait
//!   heads      the head of a request that never ends is kept for as long as the connection lives
//! ```
//!
//! So the heads of frames are read as they come in, on their way to the library. A client changes its settings at the beginning,
//! and some change them a few times more while they find out how much the way takes. What HTTP/1 allows for the head of a
//! request is enough for one of HTTP/2.
//!
//! What must hold: bytes pass as they are; a connection that is none of HTTP/2 is left alone from its first bytes on.

use crate::limits::H2_SETTINGS_FRAMES;
use std::{
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEAD_BYTES: usize = 9;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const CONTINUATION: u8 = 9;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;
/// GOAWAY: the last stream may be any, the code is ENHANCE_YOUR_CALM, then a word for whoever reads the log of the client.
const FAREWELL: &[u8] = b"\0\0\x19\x07\0\0\0\0\0\x7f\xff\xff\xff\0\0\0\x0btoo_many_settings";

/// A stream that fails when the client at its other end goes too far.
#[derive(Debug)]
pub struct Guarded<S> {
    stream: S,
    frames: Frames,
    /// How long the head of a request may take.
    patience: Duration,
    /// Runs while one has begun, and is not through.
    timer: Option<Pin<Box<Sleep>>>,
}

impl<S> Guarded<S> {
    /// Begins with the first bytes of a connection.
    pub fn new(stream: S, patience: Duration) -> Self {
        Self { stream, frames: Frames::default(), patience, timer: None }
    }

    /// Has the client been busy with one head for too long?
    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        if self.frames.ask == Ask::Whole {
            return false;
        }
        let patience = self.patience;
        self.timer.get_or_insert_with(|| Box::pin(sleep(patience))).as_mut().poll(cx).is_ready()
    }
}

/// What is known of the bytes that came so far.
#[derive(Debug, Default)]
struct Frames {
    place: Place,
    ask: Ask,
    /// Heads of requests that have ended.
    heads: u64,
    /// Changes of settings.
    settings: u32,
}

/// What the next byte is.
#[derive(Debug)]
enum Place {
    /// That one of the preface.
    Preface(usize),
    /// That one of a frame's head, of which these are known.
    Head([u8; HEAD_BYTES], usize),
    /// So many are left of what the frame holds.
    Content(usize),
    /// Of another protocol.
    Elsewhere,
}

impl Default for Place {
    fn default() -> Self {
        Self::Preface(0)
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

impl Frames {
    /// Looks at the bytes that have come. Have there been too many changes?
    fn is_flood(&mut self, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            let length = match &mut self.place {
                Place::Elsewhere => return false,
                Place::Preface(at) => {
                    let length = bytes.len().min(PREFACE.len() - *at);
                    let is_right = bytes[..length] == PREFACE[*at..*at + length];
                    *at += length;
                    self.place = match *at {
                        _ if !is_right => Place::Elsewhere,
                        at if at < PREFACE.len() => Place::Preface(at),
                        _ => Place::Head([0; HEAD_BYTES], 0),
                    };
                    length
                }
                Place::Head(head, at) => {
                    let length = bytes.len().min(HEAD_BYTES - *at);
                    head[*at..*at + length].copy_from_slice(&bytes[..length]);
                    *at += length;
                    if *at == HEAD_BYTES {
                        let head = *head;
                        self.begin(head);
                    }
                    length
                }
                Place::Content(left) => {
                    let length = bytes.len().min(*left);
                    *left -= length;
                    if *left == 0 {
                        self.end();
                    }
                    length
                }
            };
            if self.settings > H2_SETTINGS_FRAMES {
                return true;
            }
            bytes = &bytes[length..];
        }
        false
    }

    /// A frame with this head.
    fn begin(&mut self, head: [u8; HEAD_BYTES]) {
        let [_, _, _, kind, flags, ..] = head;
        match kind {
            SETTINGS => self.settings += u32::from(flags & ACK == 0),
            HEADERS | CONTINUATION if flags & END_HEADERS == 0 => self.ask = Ask::Begun,
            HEADERS | CONTINUATION => self.ask = Ask::Ending,
            _ => {}
        }
        match u32::from_be_bytes([0, head[0], head[1], head[2]]) {
            0 => self.end(),
            content => self.place = Place::Content(content as usize),
        }
    }

    /// The frame is over.
    fn end(&mut self) {
        self.place = Place::Head([0; HEAD_BYTES], 0);
        if self.ask == Ask::Ending {
            self.ask = Ask::Whole;
            self.heads += 1;
        }
    }
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
        let heads = self.frames.heads;
        let is_flood = self.frames.is_flood(&buf.filled()[before..]);
        if self.frames.heads != heads {
            self.timer = None;
        }
        if is_flood {
            // As much of it as the other side takes: it is told if it listens.
            let _ = Pin::new(&mut self.stream).poll_write(cx, FAREWELL);
            buf.set_filled(before);
            return Poll::Ready(Err(io::Error::other("the client changes its settings without end")));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
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
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    fn frame(kind: u8, flags: u8, content: &[u8]) -> Vec<u8> {
        let length = (content.len() as u32).to_be_bytes();
        [&length[1..], &[kind, flags, 0, 0, 0, 0], content].concat()
    }

    /// The first byte at which it is a flood, in pieces of any size.
    fn flooded_at(bytes: &[u8], pieces: &mut fastrand::Rng) -> Option<usize> {
        let (mut frames, mut at) = (Frames::default(), 0);
        while at < bytes.len() {
            let length = pieces.usize(1..=40).min(bytes.len() - at);
            if frames.is_flood(&bytes[at..at + length]) {
                return Some(at + length);
            }
            at += length;
        }
        None
    }

    #[test]
    fn changes_of_settings_are_counted_and_nothing_else() {
        let seed = std::env::var("TEST_SEED").map_or(fastrand::u64(..), |seed| seed.parse().unwrap());
        println!("TEST_SEED={seed}");
        let mut rng = fastrand::Rng::with_seed(seed);
        let max = H2_SETTINGS_FRAMES as usize;
        for _ in 0..200 {
            let mut bytes = PREFACE.to_vec();
            let (mut settings, mut end) = (0, None);
            for _ in 0..rng.usize(0..6 * max) {
                let (kind, flags) = (rng.u8(0..10), rng.u8(0..2));
                // It may look like frames.
                let content = frame(SETTINGS, 0, &[0; 6]).repeat(rng.usize(0..3));
                settings += usize::from(kind == SETTINGS && flags == 0);
                bytes.extend(frame(kind, flags, &content));
                if settings > max && end.is_none() {
                    end = Some(bytes.len() - content.len());
                }
            }
            match (flooded_at(&bytes, &mut rng), end) {
                (None, None) => {}
                (Some(at), Some(end)) => assert!((end..end + 40).contains(&at), "{at} {end}"),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn another_protocol_is_left_alone() {
        let floods = frame(SETTINGS, 0, &[]).repeat(3 * H2_SETTINGS_FRAMES as usize);
        for first in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"PRI * HTTP/1.1\r\n\r\n"] {
            let mut frames = Frames::default();
            assert!(!frames.is_flood(&[first, &floods].concat()) && !frames.is_flood(&floods));
        }
    }

    #[tokio::test]
    async fn bytes_pass_until_it_is_a_flood_and_the_client_is_told() {
        let (near, mut far) = duplex(1 << 20);
        let mut guarded = Guarded::new(near, Duration::MAX);
        let fair = [PREFACE, &frame(SETTINGS, 0, &[]).repeat(H2_SETTINGS_FRAMES as usize)].concat();
        far.write_all(&fair).await.unwrap();
        let mut read = vec![0; fair.len()];
        guarded.read_exact(&mut read).await.unwrap();
        assert!(read == fair);
        guarded.write_all(b"an answer").await.unwrap();
        far.write_all(&frame(SETTINGS, 0, &[])).await.unwrap();
        assert_eq!(guarded.read(&mut read).await.unwrap_err().kind(), io::ErrorKind::Other);
        drop(guarded);
        let mut said = Vec::new();
        far.read_to_end(&mut said).await.unwrap();
        assert_eq!(said, [b"an answer", FAREWELL].concat());
        assert_eq!(usize::from(FAREWELL[2]), FAREWELL.len() - HEAD_BYTES);
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_does_not_end_is_not_waited_for() {
        const PATIENCE: Duration = Duration::from_secs(300);
        let begun = frame(HEADERS, 0, b"half");
        let ended = frame(HEADERS, END_HEADERS, b"whole");
        for (what, bytes, is_ended) in [
            ("begun", begun.clone(), true),
            ("goes on", [begun.clone(), frame(CONTINUATION, 0, &[])].concat(), true),
            ("cut off", ended[..ended.len() - 1].to_vec(), true),
            ("whole", ended.clone(), false),
            ("whole in the end", [begun, frame(CONTINUATION, END_HEADERS, &[])].concat(), false),
            ("nothing", vec![], false),
        ] {
            let (near, mut far) = duplex(1 << 10);
            let mut guarded = Guarded::new(near, PATIENCE);
            far.write_all(&[PREFACE, &bytes].concat()).await.unwrap();
            let reading = async {
                loop {
                    if let Err(error) = guarded.read_u8().await {
                        return error.kind();
                    }
                }
            };
            // Time passes by itself when all wait.
            let ended = tokio::time::timeout(2 * PATIENCE, reading).await;
            assert_eq!(ended.ok(), is_ended.then_some(ErrorKind::TimedOut), "{what}");
            drop(far);
        }
    }
}

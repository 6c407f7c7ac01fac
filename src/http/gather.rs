//! What a connection sends while it is polled once, gathered into one system call.
//!
//! ```text
//!   answers ready --wake--> Turns: steps back once, so that answers that are about to be ready come along
//!                             `-> polls the connection: its frames are copied into the buffer of the Gathered stream
//!                             `-> writes the buffer: one call for all of them
//! ```
//!
//! HTTP/2 libraries write after every frame with a payload, and the task of a connection runs right behind the first task
//! that has an answer for it. Under load most of a small answer's cost was then its own two system calls.
//!
//! What must hold: bytes leave in the order in which they were written; nothing that was written stays behind when a turn
//! ends, except what the socket does not take; what waits is bounded, so a slow reader holds up its connection only.

use parking_lot::Mutex;
use std::{
    cell::Cell,
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that wait at most; more is written before it is taken. Four of the frames that large answers come in, with their heads: a
/// call for each of them cost more than copying them together.
const BUFFER_BYTES: usize = 4 * (16 * 1024 + 9);

thread_local! {
    /// A buffer is needed from the first write of a turn to its end, so a thread needs one, not every connection.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The stream that a connection is given: it writes into a buffer.
#[derive(Debug)]
pub struct Gathered<S> {
    // Locked because two hold it, one within the other: there is never anybody to wait for.
    way_out: Arc<Mutex<WayOut<S>>>,
}

/// Polls the connection, and writes what it has gathered.
#[derive(Debug)]
pub struct Turns<S> {
    way_out: Arc<Mutex<WayOut<S>>>,
    stepped_back: bool,
}

#[derive(Debug)]
struct WayOut<S> {
    stream: S,
    buffer: Vec<u8>,
    /// Bytes of the buffer that are written.
    written: usize,
    /// The connection could not write all that it had.
    is_held_up: bool,
    /// The stream may keep what was written until it is flushed: one with TLS does.
    is_unflushed: bool,
    /// The socket failed when the connection was not looking: told at its next read or write.
    failure: Option<io::Error>,
    /// Bytes that have come in.
    heard: u64,
}

/// A stream for a connection, and what drives both.
pub fn gather<S>(stream: S) -> (Gathered<S>, Turns<S>) {
    let way_out = WayOut {
        stream,
        buffer: Vec::new(),
        written: 0,
        is_held_up: false,
        is_unflushed: false,
        failure: None,
        heard: 0,
    };
    let way_out = Arc::new(Mutex::new(way_out));
    (Gathered { way_out: way_out.clone() }, Turns { way_out, stepped_back: false })
}

impl<S> Turns<S> {
    /// Bytes that the other side has said.
    pub fn heard(&self) -> u64 {
        self.way_out.lock().heard
    }
}

impl<S: AsyncWrite + Unpin> Turns<S> {
    /// One poll of the connection, and of everything that must go with it.
    pub fn poll<C: Future>(&mut self, mut connection: Pin<&mut C>, cx: &mut Context<'_>) -> Poll<C::Output> {
        // Behind the tasks that are ready by now: they may have answers for this connection.
        self.stepped_back = !self.stepped_back;
        if self.stepped_back {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        loop {
            let turn = connection.as_mut().poll(cx);
            let mut way_out = self.way_out.lock();
            if turn.is_ready() {
                // A connection that ends without a farewell may have last words: as much of them as the socket takes at once.
                let _ = way_out.poll_drain(cx);
                return turn;
            }
            match way_out.poll_drain(cx) {
                Poll::Ready(Err(error)) => way_out.fail(error),
                Poll::Ready(Ok(())) if std::mem::take(&mut way_out.is_held_up) => {}
                Poll::Ready(Ok(())) | Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> WayOut<S> {
    /// What waits will never be sent.
    fn fail(&mut self, error: io::Error) {
        self.failure = Some(error);
        self.is_unflushed = false;
        self.buffer.clear();
        self.written = 0;
    }

    /// Writes all that has gathered.
    fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.written < self.buffer.len() {
            let count = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.buffer[self.written..]))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written += count;
            self.is_unflushed = true;
        }
        if self.is_unflushed {
            ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
            self.is_unflushed = false;
        }
        self.written = 0;
        self.buffer.clear();
        if self.buffer.capacity() > 0 {
            SPARE.set(std::mem::take(&mut self.buffer));
        }
        Poll::Ready(Ok(()))
    }

    /// Takes the bytes, or, when there are too many of them, writes some.
    fn poll_take(&mut self, cx: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        if let Some(failure) = self.failure.take() {
            return Poll::Ready(Err(failure));
        }
        let length = parts.iter().map(|part| part.len()).sum::<usize>();
        if self.buffer.len() + length > BUFFER_BYTES {
            self.is_held_up = true;
            ready!(self.poll_drain(cx))?;
            self.is_held_up = false;
        }
        if length > BUFFER_BYTES {
            self.is_unflushed = true;
            return Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        }
        if self.buffer.capacity() == 0 {
            self.buffer = SPARE.take();
        }
        parts.iter().for_each(|part| self.buffer.extend_from_slice(part));
        Poll::Ready(Ok(length))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gathered<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.way_out.lock().poll_take(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.way_out.lock().poll_take(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Later: at the end of the turn.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut way_out = self.way_out.lock();
        ready!(way_out.poll_drain(cx))?;
        Pin::new(&mut way_out.stream).poll_shutdown(cx)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Gathered<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut way_out = self.way_out.lock();
        if let Some(failure) = way_out.failure.take() {
            return Poll::Ready(Err(failure));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut way_out.stream).poll_read(cx, buf))?;
        way_out.heard += (buf.filled().len() - before) as u64;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{future::poll_fn, pin::pin};
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    /// Drives a connection to its end.
    async fn drive<S: AsyncWrite + Unpin, C: Future>(mut turns: Turns<S>, connection: C) -> C::Output {
        let mut connection = pin!(connection);
        poll_fn(|cx| turns.poll(connection.as_mut(), cx)).await
    }

    /// Counts the calls that reach it.
    struct Counting(Vec<usize>);

    impl AsyncWrite for Counting {
        fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            self.0.push(bytes.len());
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test]
    async fn a_turn_writes_once() {
        let (mut stream, turns) = gather(Counting(Vec::new()));
        let way_out = turns.way_out.clone();
        drive(turns, async move {
            for _ in 0..3 {
                for length in [9, 300, 20] {
                    stream.write_all(&vec![7; length]).await.unwrap();
                    stream.flush().await.unwrap();
                }
                tokio::task::yield_now().await;
            }
        })
        .await;
        assert_eq!(way_out.lock().stream.0, [329, 329, 329]);
    }

    #[tokio::test]
    async fn what_the_other_side_reads_is_what_was_written() {
        let seed = std::env::var("TEST_SEED").map_or(fastrand::u64(..), |seed| seed.parse().unwrap());
        println!("TEST_SEED={seed}");
        let mut random = fastrand::Rng::with_seed(seed);
        for _ in 0..50 {
            let (near, mut far) = duplex(random.usize(1..5000));
            let (mut stream, turns) = gather(near);
            let mut piece = |_| {
                let length = [10, 1000, 50_000][random.usize(0..3)];
                (0..random.usize(0..length)).map(|_| random.u8(..)).collect()
            };
            let pieces: Vec<Vec<u8>> = (0..30).map(&mut piece).collect();
            let sent = pieces.concat();
            let mut pauses = random.fork();
            let writing = async move {
                for piece in &pieces {
                    stream.write_all(piece).await.unwrap();
                    if pauses.bool() {
                        stream.flush().await.unwrap();
                        tokio::task::yield_now().await;
                    }
                }
                stream.shutdown().await.unwrap();
            };
            let mut read = Vec::new();
            let (_, count) = tokio::join!(drive(turns, writing), far.read_to_end(&mut read));
            assert_eq!(count.unwrap(), sent.len());
            assert!(read == sent);
        }
    }

    #[tokio::test]
    async fn last_words_are_written() {
        let (mut stream, turns) = gather(Counting(Vec::new()));
        let way_out = turns.way_out.clone();
        drive(turns, async move { stream.write_all(b"bye").await.unwrap() }).await;
        assert_eq!(way_out.lock().stream.0, [3]);
    }

    #[tokio::test]
    async fn a_socket_that_fails_is_told_to_its_connection() {
        let (near, far) = duplex(16);
        drop(far);
        let (mut stream, turns) = gather(near);
        let ended = drive(turns, async move {
            // Taken; it fails when the turn ends.
            stream.write_all(b"hello").await.unwrap();
            tokio::task::yield_now().await;
            stream.write_all(b"again").await.map_err(|error| error.kind())
        });
        assert_eq!(ended.await, Err(io::ErrorKind::BrokenPipe));
    }
}

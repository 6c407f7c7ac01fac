//! The body of a stream's response: its messages, framed as gRPC frames them, and at the end its status.
//!
//! ```text
//!   answers -- parcel --> | 0 | length | message | 0 | length | message | ...   one piece of bytes: what there is, or
//!                                                                               WRITE_BYTES of it
//! ```
//!
//! An event of a watch goes to a hundred watchers of one stream as a hundred messages that differ in a number. So a
//! [parcel](Encode) stands for all of them, and they are written from it one behind the other, without a step of their own
//! through a queue, an encoder and a buffer. A large parcel is written as the client reads.

use super::{
    answers::Answers,
    codec::{Encode, WRITE_BYTES},
    method::Method,
    tally::Tally,
};
use crate::metrics::metrics;
use bytes::{BufMut, Bytes, BytesMut};
use http::HeaderMap;
use http_body::{Body, Frame};
use std::{
    pin::Pin,
    task::{Context, Poll},
};
use tokio_stream::Stream;
use tonic::Status;

/// In front of each message: one byte that says that it is not compressed, four that tell its length.
const PREFIX_BYTES: usize = 5;

/// See the module.
pub struct Messages<T> {
    answers: Answers<T>,
    tally: &'static Tally,
    parcel: Option<Parcel<T>>,
    /// The status is known, and follows when all else is written.
    end: Option<Status>,
    ended: bool,
}

/// What is being written.
struct Parcel<T> {
    content: T,
    /// Messages that are written.
    written: usize,
}

impl<T> Messages<T> {
    /// The responses of a call.
    pub fn new(method: Method, answers: Answers<T>) -> Self {
        Self { answers, tally: Tally::of(method), parcel: None, end: None, ended: false }
    }
}

impl<T: Encode> Messages<T> {
    /// Fills in bytes until there is nothing more, or enough.
    fn fill(&mut self, bytes: &mut BytesMut, cx: &mut Context<'_>) {
        while bytes.len() < WRITE_BYTES && self.end.is_none() {
            if let Some(parcel) = &mut self.parcel {
                match parcel.write(bytes, self.tally) {
                    Ok(Rest::Some) => {}
                    Ok(Rest::Nothing) => self.parcel = None,
                    Err(status) => self.end = Some(status),
                }
                continue;
            }
            match Pin::new(&mut self.answers).poll_next(cx) {
                Poll::Ready(Some(Ok(content))) => self.parcel = Some(Parcel { content, written: 0 }),
                Poll::Ready(Some(Err(status))) => self.end = Some(status),
                Poll::Ready(None) => self.end = Some(Status::ok("")),
                Poll::Pending => return,
            }
        }
    }
}

/// What is left of a parcel.
enum Rest {
    Some,
    Nothing,
}

impl<T: Encode> Parcel<T> {
    fn write(&mut self, bytes: &mut BytesMut, tally: &Tally) -> Result<Rest, Status> {
        let (first, all, before) = (self.written, self.content.messages(), bytes.len());
        while self.written < all && bytes.len() < WRITE_BYTES {
            let length = self.content.length(self.written);
            let prefix = u32::try_from(length).map_err(|_| Status::internal("a message of more than 4 GiB"))?;
            let rest = (PREFIX_BYTES + length).saturating_mul(all - self.written);
            bytes.reserve(rest.min(WRITE_BYTES).max(PREFIX_BYTES + length));
            bytes.put_u8(0);
            bytes.put_u32(prefix);
            self.content.encode(self.written, bytes);
            self.written += 1;
        }
        let count = self.written - first;
        tally.sent.inc_by(count as u64);
        metrics().client_sent_bytes.inc_by((bytes.len() - before - count * PREFIX_BYTES) as u64);
        Ok(if self.written < all { Rest::Some } else { Rest::Nothing })
    }
}

impl<T: Encode> Body for Messages<T> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let mut bytes = BytesMut::new();
        self.fill(&mut bytes, cx);
        if !bytes.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(bytes.freeze()))));
        }
        let Some(status) = self.end.take() else { return Poll::Pending };
        self.ended = true;
        let mut trailers = HeaderMap::new();
        let told = status.add_header(&mut trailers);
        Poll::Ready(Some(told.map(|()| Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        self.ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{client::Frames, pb::etcdserverpb::PutRequest};
    use http_body_util::BodyExt;
    use prost::Message;

    /// So many messages, all alike but for their number.
    struct Numbered {
        count: usize,
        value: Bytes,
    }

    impl Numbered {
        fn message(&self, number: usize) -> PutRequest {
            PutRequest { lease: number as i64, value: self.value.clone(), ..Default::default() }
        }
    }

    impl Encode for Numbered {
        fn messages(&self) -> usize {
            self.count
        }

        fn length(&self, number: usize) -> usize {
            self.message(number).encoded_len()
        }

        fn encode(&self, number: usize, buf: &mut impl BufMut) {
            self.message(number).encode_raw(buf);
        }
    }

    /// The body of a stream that sends parcels and ends; its pieces of data, and the status.
    async fn pieces(parcels: Vec<(usize, usize)>, end: Result<(), Status>) -> (Vec<Bytes>, HeaderMap) {
        let call = Tally::of(Method::Watch).start();
        let never = Box::pin(std::future::pending());
        let answers = Answers::new(call, never, |outbox| async move {
            for (count, size) in parcels {
                outbox.send(Numbered { count, value: vec![7; size].into() }).await;
            }
            end
        });
        let mut body = Messages::new(Method::Watch, answers);
        let mut pieces = Vec::new();
        while let Some(frame) = body.frame().await {
            match frame.unwrap().into_data() {
                Ok(bytes) => pieces.push(bytes),
                Err(frame) => {
                    assert!(body.is_end_stream() && body.frame().await.is_none());
                    return (pieces, frame.into_trailers().unwrap());
                }
            }
        }
        panic!("no trailers");
    }

    #[tokio::test]
    async fn each_message_of_each_parcel_is_framed_in_order() {
        let parcels = vec![(1, 0), (300, 400), (0, 9), (2, 3 * WRITE_BYTES), (40, 1)];
        let (pieces, trailers) = pieces(parcels.clone(), Ok(())).await;
        assert_eq!(trailers["grpc-status"], "0");
        let mut expected = parcels.iter().flat_map(|(count, size)| (0..*count).map(move |number| (number, *size)));
        let mut frames = Frames::default();
        for piece in pieces {
            assert!(piece.len() < 5 * WRITE_BYTES, "a piece of {} bytes", piece.len());
            frames.push(piece);
            while let Some(message) = frames.pop().unwrap() {
                let put = PutRequest::decode(message).unwrap();
                assert_eq!(expected.next(), Some((put.lease as usize, put.value.len())));
            }
        }
        assert_eq!(expected.next(), None);
    }

    #[tokio::test]
    async fn the_status_comes_last() {
        let (pieces, trailers) = pieces(vec![(1, 10)], Err(Status::unavailable("gone"))).await;
        assert_eq!(pieces.len(), 1);
        assert_eq!(
            (&trailers["grpc-status"], &trailers["grpc-message"]),
            (&"14".parse().unwrap(), &"gone".parse().unwrap())
        );
    }

    #[tokio::test]
    async fn small_messages_leave_together() {
        assert_eq!(pieces(vec![(1, 10); 5], Ok(())).await.0.len(), 1);
    }
}

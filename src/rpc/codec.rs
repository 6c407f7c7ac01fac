//! Messages to bytes and back, counted on the way.

use super::{
    method::{Method, Shape},
    status::{Undecodable, of_undecodable},
    tally::Tally,
};
use crate::metrics::metrics;
use bytes::{Buf, BufMut};
use prost::Message;
use std::marker::PhantomData;
use tonic::{
    Status,
    codec::{BufferSettings, Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};

/// What can be written as messages: a message, or several that are nearly the same.
pub trait Encode: Send + Unpin + 'static {
    /// How many messages.
    fn messages(&self) -> usize {
        1
    }

    /// Bytes that [`Encode::encode`] writes for one of them.
    fn length(&self, number: usize) -> usize;

    /// Writes one of them.
    fn encode(&self, number: usize, buf: &mut impl BufMut);
}

impl<M: Message + Unpin + 'static> Encode for M {
    fn length(&self, _: usize) -> usize {
        self.encoded_len()
    }

    fn encode(&self, _: usize, buf: &mut impl BufMut) {
        self.encode_raw(buf);
    }
}

/// The codec of one method's calls: `In` is received, `Out` is sent.
#[derive(Debug)]
pub struct Counted<In, Out> {
    method: Method,
    messages: PhantomData<fn(In) -> Out>,
}

impl<In, Out> Counted<In, Out> {
    /// The codec of a method.
    pub fn new(method: Method) -> Self {
        Self { method, messages: PhantomData }
    }
}

impl<In, Out> Clone for Counted<In, Out> {
    fn clone(&self) -> Self {
        Self::new(self.method)
    }
}

impl<In: Message + Default + 'static, Out: Encode> Codec for Counted<In, Out> {
    type Encode = Out;
    type Decode = In;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        self.clone()
    }

    fn decoder(&mut self) -> Self {
        self.clone()
    }
}

/// Most messages are small, and a stream keeps its buffer for life; a large message grows it.
const BUFFER_BYTES: usize = 512;
/// Encoded bytes after which a stream writes, rather than looks whether more is ready.
pub const WRITE_BYTES: usize = 32 * 1024;

/// Answers of unary calls; those of streams go through [`super::body`]. A unary call counts its two messages itself, together.
impl<In, Out: Encode> Encoder for Counted<In, Out> {
    type Item = Out;
    type Error = Status;

    fn encode(&mut self, item: Out, buf: &mut EncodeBuf<'_>) -> Result<(), Status> {
        debug_assert_eq!(item.messages(), 1, "a unary call has one answer");
        let length = item.length(0);
        buf.reserve(length);
        item.encode(0, buf);
        metrics().client_sent_bytes.inc_by(length as u64);
        Ok(())
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::new(BUFFER_BYTES, WRITE_BYTES)
    }
}

impl<In: Message + Default, Out> Decoder for Counted<In, Out> {
    type Item = In;
    type Error = Status;

    fn decode(&mut self, buf: &mut DecodeBuf<'_>) -> Result<Option<In>, Status> {
        metrics().client_received_bytes.inc_by(buf.remaining() as u64);
        let bidi = self.method.info().shape == Shape::BidiStream;
        let call = if bidi { Undecodable::Message } else { Undecodable::Request };
        let item = In::decode(buf).map_err(|error| of_undecodable(call, &error))?;
        if self.method.info().shape != Shape::Unary {
            Tally::of(self.method).received.inc();
        }
        Ok(Some(item))
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::new(BUFFER_BYTES, WRITE_BYTES)
    }
}

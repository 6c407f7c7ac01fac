//! HTTP/2 frame by frame: a library would not send what is to be tried.

use crate::wire::{Port, Stream};
use etcd::pb::etcdserverpb::RangeRequest;
use prost::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Kinds of frames.
pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const PRIORITY: u8 = 2;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
pub const WINDOW_UPDATE: u8 = 8;
pub const CONTINUATION: u8 = 9;

/// Flags. The same bit says that settings or a ping are acknowledged.
pub const END_STREAM: u8 = 1;
pub const ACK: u8 = 1;
pub const END_HEADERS: u8 = 4;

/// The bytes of a frame: the length, kind, flags and stream, then what it holds.
pub fn frame(kind: u8, flags: u8, stream: u32, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("a frame").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), content].concat()
}

/// A field of a request's head, not compressed. The library below writes the lengths of strings in seven bits first.
pub fn field(name: &str, value: &str) -> Vec<u8> {
    [&[0][..], &string(name), &string(value)].concat()
}

fn string(text: &str) -> Vec<u8> {
    let mut rest = text.len();
    let mut bytes = vec![rest.min(127) as u8];
    if rest >= 127 {
        rest -= 127;
        while rest >= 128 {
            bytes.push((rest % 128) as u8 | 128);
            rest /= 128;
        }
        bytes.push(rest as u8);
    }
    bytes.extend(text.bytes());
    bytes
}

/// The head of a gRPC call.
pub fn call(path: &str) -> Vec<u8> {
    let fields = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", path),
        (":authority", "a"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    ];
    fields.map(|(name, value)| field(name, value)).concat()
}

/// A message as calls have it.
pub fn message(message: &impl Message) -> Vec<u8> {
    let bytes = message.encode_to_vec();
    [&[0][..], &u32::try_from(bytes.len()).expect("a message").to_be_bytes(), &bytes].concat()
}

/// A whole call that reads one key.
pub fn range(stream: u32) -> Vec<u8> {
    let head = frame(HEADERS, END_HEADERS, stream, &call("/etcdserverpb.KV/Range"));
    let request = RangeRequest { key: "k".into(), ..Default::default() };
    [head, frame(DATA, END_STREAM, stream, &message(&request))].concat()
}

/// A frame that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
    pub content: Vec<u8>,
}

/// How a connection came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// With a code and a word: GOAWAY.
    Told(u32, String),
    /// Without.
    Untold,
}

/// What comes in, frame by frame.
pub struct Frames(ReadHalf<Box<dyn Stream>>);
/// What goes out.
pub type Writer = WriteHalf<Box<dyn Stream>>;

/// A connection on which nothing is said but what HTTP/2 demands at its beginning.
pub async fn open(port: &Port) -> (Frames, Writer) {
    let (reader, mut writer) = tokio::io::split(port.connect().await);
    writer.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()).await.expect("a server that reads");
    let mut frames = Frames(reader);
    // What the server demands counts from here on.
    while frames.next().await.expect("settings").kind != SETTINGS {}
    writer.write_all(&frame(SETTINGS, ACK, 0, &[])).await.expect("a server that reads");
    (frames, writer)
}

impl Frames {
    /// The next frame; none when the connection has ended.
    pub async fn next(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        self.0.read_exact(&mut head).await.ok()?;
        let mut content = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        self.0.read_exact(&mut content).await.ok()?;
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        Some(Frame { kind: head[3], flags: head[4], stream, content })
    }

    /// Reads to the end.
    pub async fn end(&mut self) -> End {
        let mut end = End::Untold;
        while let Some(frame) = self.next().await {
            if frame.kind == GOAWAY {
                let (code, words) = frame.content[4..].split_at(4);
                let code = u32::from_be_bytes(code.try_into().expect("four bytes"));
                end = End::Told(code, String::from_utf8_lossy(words).into_owned());
            }
        }
        end
    }

    /// Reads until such a frame comes.
    pub async fn until(&mut self, mut is_it: impl FnMut(&Frame) -> bool) -> Frame {
        loop {
            let frame = self.next().await.expect("the connection goes on");
            if is_it(&frame) {
                return frame;
            }
        }
    }
}

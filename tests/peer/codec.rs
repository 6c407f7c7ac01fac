//! The codecs: whatever is written can be read, in pieces of any size; whatever else comes is an error and no more.

use bytes::{Bytes, BytesMut};
use etcd::id::MemberId;
use etcd::limits::{PEER_APPEND_ENTRIES, PEER_MESSAGE_BYTES};
use etcd::pb::raftpb::{Entry, Message, MessageType};
use etcd::peer::codec::{
    AppendDecoder, AppendEncoder, CodecError, EnvelopeDecoder, Frame, MessageDecoder, decode, encode_link_heartbeat,
    encode_message, envelope,
};
use fastrand::Rng;
use prost::Message as _;
use std::time::{Duration, Instant};

const LEADER: MemberId = MemberId(0x1111_2222_3333_4444);
const FOLLOWER: MemberId = MemberId(7);

/// A message as raft could send it, or nearly.
fn any_message(rng: &mut Rng) -> Message {
    let kinds = [MessageType::MsgAppend, MessageType::MsgHeartbeat, MessageType::MsgPropose, MessageType::MsgReadIndex];
    let mut message = Message {
        msg_type: rng.choice(kinds).unwrap() as i32,
        from: LEADER.0,
        to: FOLLOWER.0,
        term: rng.u64(0..4),
        log_term: rng.u64(0..4),
        index: rng.u64(0..6),
        commit: rng.u64(..),
        entries: entries(rng, 0),
        ..Message::default()
    };
    if rng.u8(..) < 40 {
        message.reject = rng.bool();
        message.reject_hint = rng.u64(..);
        message.context = vec![rng.u8(..); rng.usize(0..20)].into();
        message.to = rng.u64(..);
        message.mut_snapshot().metadata.index = rng.u64(..);
    }
    message
}

fn entries(rng: &mut Rng, after: u64) -> Vec<Entry> {
    let count = rng.u64(0..4);
    let entry = |n| Entry {
        entry_type: rng.i32(0..3),
        term: rng.u64(0..4),
        index: after + n,
        data: vec![rng.u8(..); *rng.choice(&[0, 1, 127, 128, 3000]).unwrap()].into(),
        ..Entry::default()
    };
    (1..=count).map(entry).collect()
}

/// What a leader says to a follower: mostly appends that go on where the last one ended.
fn conversation(rng: &mut Rng) -> Vec<Frame> {
    let (mut term, mut index) = (1, 0);
    let mut frames = Vec::new();
    for _ in 0..rng.usize(1..40) {
        frames.push(match rng.u8(0..10) {
            0 => Frame::LinkHeartbeat,
            1 => Frame::Message(any_message(rng)),
            odd => {
                if odd == 2 {
                    (term, index) = (term + 1, rng.u64(0..100));
                }
                let entries = entries(rng, index);
                let message = Message {
                    msg_type: MessageType::MsgAppend as i32,
                    from: LEADER.0,
                    to: FOLLOWER.0,
                    term,
                    log_term: term,
                    index,
                    commit: rng.u64(0..=index),
                    entries,
                    ..Message::default()
                };
                index += message.entries.len() as u64;
                Frame::Message(message)
            }
        });
    }
    frames
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stream {
    Message,
    Append,
}

fn written(stream: Stream, frames: &[Frame]) -> Vec<u8> {
    let mut out = BytesMut::new();
    let mut encoder = AppendEncoder::new(LEADER, FOLLOWER);
    for frame in frames {
        match (stream, frame) {
            (Stream::Message, Frame::Message(message)) => encode_message(message, &mut out),
            (Stream::Message, Frame::LinkHeartbeat) => encode_link_heartbeat(&mut out),
            (Stream::Append, Frame::Message(message)) => encoder.encode(message, &mut out),
            (Stream::Append, Frame::LinkHeartbeat) => encoder.encode_link_heartbeat(&mut out),
        }
    }
    out.to_vec()
}

/// Reads bytes in pieces of random size.
fn read(stream: Stream, bytes: &[u8], rng: &mut Rng) -> (Vec<Frame>, Result<(), CodecError>) {
    let mut messages = MessageDecoder::default();
    let mut appends = AppendDecoder::new(FOLLOWER, LEADER);
    let (mut frames, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        let most = rng.choice([1, 9, 200, 100_000]).unwrap().min(rest.len());
        let (piece, behind) = rest.split_at(rng.usize(1..=most));
        rest = behind;
        match stream {
            Stream::Message => messages.push(piece),
            Stream::Append => appends.push(piece),
        }
        loop {
            let next = match stream {
                Stream::Message => messages.next_frame(),
                Stream::Append => appends.next_frame(),
            };
            match next {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => return (frames, Err(error)),
            }
        }
    }
    let end = match stream {
        Stream::Message => messages.finish(),
        Stream::Append => appends.finish(),
    };
    (frames, end)
}

fn round(rng: &mut Rng) {
    let frames = conversation(rng);
    for stream in [Stream::Message, Stream::Append] {
        let bytes = written(stream, &frames);
        assert_eq!(read(stream, &bytes, rng), (frames.clone(), Ok(())), "{stream:?}");
        // Cut anywhere: all that was whole, and an error unless the cut is between two frames.
        let cut = rng.usize(0..bytes.len());
        let (whole, end) = read(stream, &bytes[..cut], rng);
        assert_eq!(whole, frames[..whole.len()]);
        let is_between = written(stream, &whole).len() == cut;
        assert_eq!(end.is_ok(), is_between, "{stream:?} cut at {cut} of {}", bytes.len());
        // Damaged, or nothing but chance: anything may come of it but a panic.
        let mut damaged = bytes;
        for _ in 0..rng.usize(1..4) {
            let at = rng.usize(0..damaged.len());
            damaged[at] ^= 1 << rng.u8(0..8);
        }
        let _ = read(stream, &damaged, rng);
        let chance: Vec<u8> = (0..rng.usize(0..300)).map(|_| *rng.choice(&[0, 1, 2, 8, 16, 255]).unwrap()).collect();
        let _ = read(stream, &chance, rng);
    }
    let message = any_message(rng);
    envelopes(&message, rng);
    damaged_envelopes(&message, rng);
    let bytes = message.encode_to_vec();
    assert_eq!(decode(bytes.clone().into()).unwrap(), message);
    let mut damaged = bytes;
    let at = rng.usize(0..damaged.len());
    damaged[at] ^= 1 << rng.u8(0..8);
    let _ = decode(damaged.into());
}

/// The message in front of a database, cut off or changed: more is wanted, or it is refused, or read as another one.
fn damaged_envelopes(message: &Message, rng: &mut Rng) {
    let mut bytes = envelope(message).to_vec();
    if rng.bool() {
        let at = rng.usize(0..bytes.len());
        bytes[at] ^= 1 << rng.u8(0..8);
    }
    let whole = rng.bool();
    bytes.truncate(if whole { bytes.len() } else { rng.usize(0..bytes.len()) });
    let (mut decoder, mut rest) = (EnvelopeDecoder::default(), &bytes[..]);
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(rng.usize(1..=rest.len()));
        rest = behind;
        decoder.push(piece);
        match decoder.message() {
            Ok(None) => {}
            // What is behind it is the database.
            Ok(Some((_, first))) => return assert!(first.len() <= bytes.len()),
            Err(error) => return assert_ne!(error, CodecError::CutOff, "the rest may come yet"),
        }
    }
}

fn envelopes(message: &Message, rng: &mut Rng) {
    let database: Vec<u8> = (0..rng.usize(0..500)).map(|_| rng.u8(..)).collect();
    let bytes = [&envelope(message)[..], &database].concat();
    let (mut decoder, mut rest) = (EnvelopeDecoder::default(), &bytes[..]);
    let (read, mut first) = loop {
        if let Some(read) = decoder.message().unwrap() {
            break read;
        }
        let (piece, behind) = rest.split_at(rng.usize(1..=rest.len()));
        rest = behind;
        decoder.push(piece);
    };
    assert_eq!(&read, message);
    first = [&first[..], rest].concat().into();
    assert_eq!(first, Bytes::from(database));
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

#[test]
fn frames_survive_any_cut_and_damage_does_no_harm() {
    let seed = number("PEER_FUZZ_SEED").unwrap_or_else(|| fastrand::u64(..));
    let budget = Duration::from_secs(number("PEER_FUZZ_SECONDS").unwrap_or(1));
    println!("PEER_FUZZ_SEED={seed}");
    let (mut rng, start, mut rounds) = (Rng::with_seed(seed), Instant::now(), 0_u64);
    while rounds < 100 || start.elapsed() < budget {
        round(&mut rng);
        rounds += 1;
    }
    println!("{rounds} rounds");
}

fn append(index: u64, entries: &[u64]) -> Message {
    let entries = entries.iter().map(|index| Entry { index: *index, term: 1, ..Entry::default() }).collect();
    Message {
        msg_type: MessageType::MsgAppend as i32,
        from: LEADER.0,
        to: FOLLOWER.0,
        term: 1,
        log_term: 1,
        index,
        entries,
        commit: 3,
        ..Message::default()
    }
}

/// Which appends travel as entries alone. One byte tells.
#[test]
fn an_append_travels_short_only_if_the_other_side_can_make_it_up() {
    let cases: Vec<(&str, Message, u8)> = vec![
        ("first", append(4, &[5, 6]), 2),
        ("goes on", append(6, &[7]), 1),
        ("goes on with nothing", append(7, &[]), 1),
        ("goes on again", append(7, &[8]), 1),
        ("sends again", append(7, &[8]), 2),
        ("of a new term", Message { term: 2, ..append(8, &[9]) }, 2),
        ("goes on in it, after an entry of the old one", Message { term: 2, log_term: 1, ..append(9, &[10]) }, 2),
        ("goes on in it", Message { term: 2, log_term: 2, ..append(10, &[11]) }, 1),
        ("is from another", Message { from: 1, term: 2, log_term: 2, ..append(11, &[12]) }, 2),
        (
            "has more to say",
            Message { context: Bytes::from_static(b"x"), term: 2, log_term: 2, ..append(12, &[13]) },
            2,
        ),
        ("has a gap", Message { term: 2, log_term: 2, ..append(13, &[15]) }, 2),
        ("goes on after the gap", Message { term: 2, log_term: 2, ..append(15, &[16]) }, 1),
    ];
    let mut encoder = AppendEncoder::new(LEADER, FOLLOWER);
    let mut decoder = AppendDecoder::new(FOLLOWER, LEADER);
    for (what, message, kind) in cases {
        let mut out = BytesMut::new();
        encoder.encode(&message, &mut out);
        assert_eq!(out[0], kind, "{what}");
        decoder.push(&out);
        assert_eq!(decoder.next_frame().unwrap(), Some(Frame::Message(message)), "{what}");
    }
}

/// By hand from etcd's format.
#[test]
fn bytes_of_frames() {
    let mut out = BytesMut::new();
    let mut encoder = AppendEncoder::new(LEADER, FOLLOWER);
    encoder.encode(&append(4, &[5]), &mut out);
    out.clear();
    encoder.encode(&append(5, &[6]), &mut out);
    encoder.encode_link_heartbeat(&mut out);
    let entry = [8, 0, 16, 1, 24, 6];
    let expected =
        [&[1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 6][..], &entry, &[0, 0, 0, 0, 0, 0, 0, 3], &[0]].concat();
    assert_eq!(out[..], expected);
    // What a real etcd 3.7.1 sends to keep its message stream open.
    let mut decoder = MessageDecoder::default();
    decoder.push(&[0, 0, 0, 0, 0, 0, 0, 2, 8, 8]);
    assert_eq!(decoder.next_frame(), Ok(Some(Frame::LinkHeartbeat)));
    // And its first heartbeat, over a post: fields that are zero may be there or not.
    let heartbeat =
        b"\x08\x08\x10\x97\x9d\x89\xaf\xdc\xa4\xef\xb5\x04\x18\x98\xd6\xc8\xc4\xb7\x99\xb6\xde\xfb\x01\x20\x02\x40\x00";
    let expected = Message {
        msg_type: MessageType::MsgHeartbeat as i32,
        to: 0x46b_bd25_c5e2_4e97,
        from: 0xfbbc_d8cb_7892_2b18,
        term: 2,
        ..Message::default()
    };
    assert_eq!(decode(Bytes::from_static(heartbeat)), Ok(expected));
}

#[test]
fn lengths_beyond_the_limits_are_errors_at_once() {
    let refused = |stream, bytes: &[u8]| read(stream, bytes, &mut Rng::with_seed(1)).1.unwrap_err();
    let long = PEER_MESSAGE_BYTES as u64 + 1;
    assert_eq!(refused(Stream::Message, &long.to_be_bytes()), CodecError::TooLong { bytes: long });
    assert_eq!(refused(Stream::Message, &[255; 8]), CodecError::TooLong { bytes: u64::MAX });
    assert_eq!(
        refused(Stream::Append, &[2, 255, 255, 255, 255, 255, 255, 255, 255]),
        CodecError::TooLong { bytes: u64::MAX }
    );
    assert_eq!(refused(Stream::Append, &[3]), CodecError::UnknownFrame(3));
    assert_eq!(refused(Stream::Append, &[1]), CodecError::OutOfPlace);
    let mut out = BytesMut::new();
    AppendEncoder::new(LEADER, FOLLOWER).encode(&append(4, &[5]), &mut out);
    let many = PEER_APPEND_ENTRIES as u64 + 1;
    let head = |count: u64| [&out[..], &[1], &count.to_be_bytes()].concat();
    assert_eq!(refused(Stream::Append, &head(many)), CodecError::TooManyEntries(many));
    // A count alone takes no memory, and all entries together are bounded as one message is.
    assert_eq!(refused(Stream::Append, &head(many - 1)), CodecError::CutOff);
    let entries = [&head(2)[..], &long.to_be_bytes()].concat();
    assert_eq!(refused(Stream::Append, &entries), CodecError::TooLong { bytes: long });
    assert!(matches!(refused(Stream::Message, &[0, 0, 0, 0, 0, 0, 0, 1, 255]), CodecError::Malformed(_)));
}

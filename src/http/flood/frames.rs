//! Where the frames of HTTP/2 begin and end, in bytes that come in pieces of any size. What frames hold is passed over.

/// What a client says first.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEAD_BYTES: usize = 9;

// Kinds of frames, and flags.
const DATA: u8 = 0;
/// The head of a request or of an answer.
pub const HEADERS: u8 = 1;
/// Settings.
pub const SETTINGS: u8 = 4;
/// A ping.
pub const PING: u8 = 6;
const CONTINUATION: u8 = 9;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    kind: u8,
    flags: u8,
}

impl Head {
    /// A piece of the head of a request.
    pub fn is_request_head(self) -> bool {
        self.kind == HEADERS || self.kind == CONTINUATION
    }

    /// Its last one.
    pub fn ends_request_head(self) -> bool {
        self.flags & END_HEADERS != 0
    }

    /// A change of settings.
    pub fn is_settings(self) -> bool {
        self.kind == SETTINGS && self.flags & ACK == 0
    }

    /// A ping, and not the answer to one.
    pub fn is_ping(self) -> bool {
        self.kind == PING && self.flags & ACK == 0
    }

    /// A piece of an answer to a request.
    pub fn is_of_answer(self) -> bool {
        self.kind == HEADERS || self.kind == DATA
    }
}

/// What a step over some bytes comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A frame begins. One that holds nothing ends at the next step, which takes no bytes.
    Begins(Head),
    /// The frame ends.
    Ends,
    /// Neither.
    Within,
}

/// Walks over what one side says.
#[derive(Debug)]
pub struct Walk(Place);

/// What the next byte is.
#[derive(Debug)]
enum Place {
    /// That one of the preface.
    Preface(usize),
    /// The first of all that the server says.
    First,
    /// That one of a frame's head, of which these are known.
    Head([u8; HEAD_BYTES], usize),
    /// So many are left of what the frame holds.
    Content(usize),
    /// Of another protocol.
    Elsewhere,
}

impl Walk {
    /// From the first byte of a client on.
    pub fn of_client() -> Self {
        Self(Place::Preface(0))
    }

    /// From the first byte of a server on.
    pub fn of_server() -> Self {
        Self(Place::First)
    }

    /// Goes on over some of the bytes, and gives back the others. None when there is nothing more to say of them.
    pub fn step<'a>(&mut self, bytes: &'a [u8]) -> Option<(Step, &'a [u8])> {
        if let Place::Content(0) = self.0 {
            self.0 = Place::Head([0; HEAD_BYTES], 0);
            return Some((Step::Ends, bytes));
        }
        let first = *bytes.first()?;
        match &mut self.0 {
            Place::Elsewhere => None,
            Place::First => {
                // No frame is as long as the letter that an answer of HTTP/1 begins with would say.
                self.0 = if first == b'H' { Place::Elsewhere } else { Place::Head([0; HEAD_BYTES], 0) };
                Some((Step::Within, bytes))
            }
            Place::Preface(at) => {
                let (now, later) = bytes.split_at(bytes.len().min(PREFACE.len() - *at));
                let is_right = PREFACE[*at..].starts_with(now);
                let at = *at + now.len();
                self.0 = match at {
                    _ if !is_right => Place::Elsewhere,
                    at if at < PREFACE.len() => Place::Preface(at),
                    _ => Place::Head([0; HEAD_BYTES], 0),
                };
                Some((Step::Within, later))
            }
            Place::Head(head, at) => {
                let (now, later) = bytes.split_at(bytes.len().min(HEAD_BYTES - *at));
                head[*at..*at + now.len()].copy_from_slice(now);
                *at += now.len();
                if *at < HEAD_BYTES {
                    return Some((Step::Within, later));
                }
                let content = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
                let head = Head { kind: head[3], flags: head[4] };
                self.0 = Place::Content(content);
                Some((Step::Begins(head), later))
            }
            Place::Content(left) => {
                let (now, later) = bytes.split_at(bytes.len().min(*left));
                *left -= now.len();
                Some((Step::Within, later))
            }
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// The bytes of a frame.
    pub fn frame(kind: u8, flags: u8, content: &[u8]) -> Vec<u8> {
        let length = (content.len() as u32).to_be_bytes();
        [&length[1..], &[kind, flags, 0, 0, 0, 0], content].concat()
    }

    /// All frames that begin, in pieces of any size.
    fn walked(mut walk: Walk, bytes: &[u8], pieces: &mut fastrand::Rng) -> (Vec<Head>, usize) {
        let (mut heads, mut ends, mut rest) = (Vec::new(), 0, bytes);
        while !rest.is_empty() {
            let (mut piece, later) = rest.split_at(pieces.usize(1..=40).min(rest.len()));
            rest = later;
            while let Some((step, left)) = walk.step(piece) {
                piece = left;
                match step {
                    Step::Begins(head) => heads.push(head),
                    Step::Ends => ends += 1,
                    Step::Within => {}
                }
            }
        }
        (heads, ends)
    }

    #[test]
    fn frames_are_found_wherever_the_bytes_are_cut() {
        let seed = std::env::var("TEST_SEED").map_or(fastrand::u64(..), |seed| seed.parse().unwrap());
        println!("TEST_SEED={seed}");
        let mut rng = fastrand::Rng::with_seed(seed);
        for round in 0..300 {
            let (mut bytes, mut heads) = (Vec::new(), Vec::new());
            for _ in 0..rng.usize(0..60) {
                let (kind, flags) = (rng.u8(0..10), rng.u8(0..8));
                // It may look like frames, and there may be none.
                bytes.extend(frame(kind, flags, &frame(SETTINGS, 0, &[0; 6]).repeat(rng.usize(0..3))));
                heads.push(Head { kind, flags });
            }
            let expected = (heads.clone(), heads.len());
            if round % 2 == 0 {
                assert_eq!(walked(Walk::of_server(), &bytes, &mut rng), expected);
            } else {
                assert_eq!(walked(Walk::of_client(), &[PREFACE, &bytes].concat(), &mut rng), expected);
            }
        }
    }

    #[test]
    fn another_protocol_has_none() {
        let mut rng = fastrand::Rng::with_seed(1);
        let frames = frame(PING, 0, &[0; 8]).repeat(9);
        let said = [&b"HTTP/1.1 200 OK\r\n\r\n"[..], &frames].concat();
        assert_eq!(walked(Walk::of_server(), &said, &mut rng), (vec![], 0));
        let said = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r!"[..], &frames].concat();
        assert_eq!(walked(Walk::of_client(), &said, &mut rng), (vec![], 0));
    }
}

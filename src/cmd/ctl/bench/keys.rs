//! The keys and values of a run: a space of equally long keys, and values that nobody can shrink.

use super::number::positive;
use crate::{
    client::framed,
    cmd::{
        cobra::int_value,
        failure::{Failure, bad_arguments},
    },
    pb::etcdserverpb::PutRequest,
};
use bytes::{Bytes, BytesMut};

/// Keys as given, and whether they are taken in turn.
#[derive(clap::Args, Clone, Debug)]
pub struct KeyFlags {
    /// bytes of a key
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "8")]
    key_size: i64,
    /// how many different keys there are
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "1")]
    key_space_size: i64,
    /// use the keys one after another rather than at random
    #[arg(long)]
    sequential_keys: bool,
}

/// Values as given.
#[derive(clap::Args, Clone, Debug)]
pub struct ValueFlags {
    /// bytes of a value
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "8")]
    val_size: i64,
}

/// The largest key or value that makes sense: no server takes more in one request.
const BYTES_MAX: u64 = 1024 * 1024 * 1024;

impl KeyFlags {
    /// The keys.
    pub fn check(&self) -> Result<Keys, Failure> {
        Keys::new(
            positive("key-size", self.key_size, BYTES_MAX)? as usize,
            positive("key-space-size", self.key_space_size, u64::MAX)?,
        )
    }

    /// How the next one is chosen.
    pub fn order(&self) -> Order {
        if self.sequential_keys { Order::InTurn } else { Order::Random }
    }
}

impl ValueFlags {
    /// A value of the size asked for, drawn from the seed.
    pub fn check(&self, seed: u64) -> Result<Bytes, Failure> {
        let size = usize::try_from(self.val_size).ok().filter(|size| *size as u64 <= BYTES_MAX);
        let size = size.ok_or_else(|| bad_arguments(format!("--val-size cannot be {}", self.val_size)))?;
        let mut value = vec![0; size];
        fastrand::Rng::with_seed(seed).fill(&mut value);
        Ok(value.into())
    }
}

/// How the next key is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// One after another, and from the first again.
    InTurn,
    /// Each as likely as any other.
    Random,
}

impl Order {
    /// The number of the key for an operation.
    pub fn pick(self, keys: Keys, turn: u64, random: &mut fastrand::Rng) -> u64 {
        match self {
            Self::InTurn => turn % keys.count,
            Self::Random => random.u64(0..keys.count),
        }
    }
}

/// A space of keys: the numbers from zero in decimal, with as many leading zeros as the size asks for, so that the order of
/// the bytes is that of the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keys {
    size: usize,
    count: u64,
}

impl Keys {
    /// `count` keys of `size` bytes; an error when so few digits cannot tell them apart.
    pub fn new(size: usize, count: u64) -> Result<Self, Failure> {
        let digits = count.saturating_sub(1).max(1).ilog10() as usize + 1;
        if digits > size {
            return Err(bad_arguments(format!("keys of --key-size={size} cannot tell --key-space-size={count} apart")));
        }
        Ok(Self { size, count: count.max(1) })
    }

    /// How many there are.
    pub fn count(self) -> u64 {
        self.count
    }

    /// One of them.
    pub fn key(self, number: u64) -> Bytes {
        let mut key = vec![0; self.size];
        write_number(&mut key, number);
        key.into()
    }

    /// The end of the range that holds all of them.
    pub fn end(self) -> Bytes {
        let mut end = self.key(self.count - 1).to_vec();
        end.push(0);
        end.into()
    }
}

fn write_number(key: &mut [u8], mut number: u64) {
    for digit in key.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// A framed put request of which only the key changes from one to the next.
#[derive(Clone, Debug)]
pub struct PutTemplate {
    frame: BytesMut,
    key: std::ops::Range<usize>,
    keys: Keys,
}

impl PutTemplate {
    /// Requests that write this value.
    pub fn new(keys: Keys, value: Bytes) -> Self {
        let frame = framed(&PutRequest { key: keys.key(0), value, ..Default::default() });
        // The key is the first field: its tag is one byte, its length a varint.
        let head = 5 + 1 + prost::length_delimiter_len(keys.size);
        Self { frame, key: head..head + keys.size, keys }
    }

    /// The request for one of the keys.
    pub fn fill(&self, number: u64) -> Bytes {
        debug_assert!(number < self.keys.count);
        let mut frame = self.frame.clone();
        write_number(&mut frame[self.key.clone()], number);
        frame.freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost::Message;

    #[test]
    fn keys_are_numbers_in_order() {
        let keys = Keys::new(5, 1000).unwrap();
        assert_eq!((&keys.key(0)[..], &keys.key(999)[..]), (&b"00000"[..], &b"00999"[..]));
        assert!(keys.key(41) < keys.key(42) && keys.key(999) < keys.end() && keys.end() < keys.key(1000));
    }

    #[test]
    fn keys_that_are_too_short_are_refused() {
        assert!(Keys::new(3, 1000).is_ok() && Keys::new(3, 1001).is_err());
        assert!(Keys::new(1, 1).is_ok() && Keys::new(1, 10).is_ok() && Keys::new(1, 11).is_err());
        assert!(Keys::new(20, u64::MAX).is_ok() && Keys::new(19, u64::MAX).is_err());
    }

    #[test]
    fn a_filled_template_is_the_request() {
        for (key_size, val_size) in [(1, 0), (40, 256), (200, 70_000)] {
            let (keys, value) = (Keys::new(key_size, 10).unwrap(), Bytes::from(vec![9; val_size]));
            let frame = PutTemplate::new(keys, value.clone()).fill(7);
            let request = PutRequest::decode(&frame[5..]).unwrap();
            assert_eq!(request, PutRequest { key: keys.key(7), value, ..Default::default() });
        }
    }

    #[test]
    fn orders() {
        let (keys, mut random) = (Keys::new(4, 3).unwrap(), fastrand::Rng::with_seed(1));
        let turns: Vec<u64> = (0..5).map(|turn| Order::InTurn.pick(keys, turn, &mut random)).collect();
        assert_eq!(turns, [0, 1, 2, 0, 1]);
        let mut seen = [false; 3];
        (0..100).for_each(|turn| seen[Order::Random.pick(keys, turn, &mut random) as usize] = true);
        assert_eq!(seen, [true; 3]);
    }
}

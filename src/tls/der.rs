//! The outermost shells of DER: what is needed to find the signed part of a certificate, and the names of algorithms as they
//! are written in it.

/// A value within others.
struct Value<'a> {
    tag: u8,
    contents: &'a [u8],
    /// With its tag and its length.
    all: &'a [u8],
    /// What follows.
    rest: &'a [u8],
}

/// The first value. None if its length is not that of DER, or is not there.
fn value(input: &[u8]) -> Option<Value<'_>> {
    let (tag, first) = (*input.first()?, usize::from(*input.get(1)?));
    let (header, length) = match first {
        0..=0x7f => (2, first),
        0x81..=0x84 => {
            let bytes = input.get(2..2 + (first - 0x80))?;
            (2 + bytes.len(), bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)))
        }
        _ => return None,
    };
    let end = header.checked_add(length)?;
    Some(Value { tag, contents: input.get(header..end)?, all: input.get(..end)?, rest: input.get(end..)? })
}

const SEQUENCE: u8 = 0x30;
const BITS: u8 = 0x03;

fn sequence(input: &[u8]) -> Option<Value<'_>> {
    value(input).filter(|value| value.tag == SEQUENCE)
}

/// The bits of a string of whole bytes.
fn bits(input: &[u8]) -> Option<&[u8]> {
    let Value { tag, contents, .. } = value(input)?;
    contents.split_first().filter(|(unused, _)| tag == BITS && **unused == 0).map(|(_, bits)| bits)
}

/// What is signed, how, and the signature.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// The part that is signed, as it is written.
    pub message: &'a [u8],
    /// The algorithm, without the shell around it.
    pub algorithm: &'a [u8],
    /// The signature.
    pub signature: &'a [u8],
}

/// The three parts of a certificate.
pub fn signed(certificate: &[u8]) -> Option<Signed<'_>> {
    let message = sequence(sequence(certificate)?.contents)?;
    let algorithm = sequence(message.rest)?;
    Some(Signed { message: message.all, algorithm: algorithm.contents, signature: bits(algorithm.rest)? })
}

/// Is it a sequence that does not begin with one? A key may be; no certificate is.
pub fn begins_otherwise(certificate: &[u8]) -> bool {
    sequence(certificate).is_some_and(|outer| sequence(outer.contents).is_none())
}

/// The algorithm of a key, without the shell around it, and its bits.
pub fn public_key(info: &[u8]) -> Option<(&[u8], &[u8])> {
    let algorithm = sequence(sequence(info)?.contents)?;
    Some((algorithm.contents, bits(algorithm.rest)?))
}

/// The name of an algorithm, without what may follow it.
pub fn kind_of(algorithm: &[u8]) -> Option<&[u8]> {
    Some(value(algorithm)?.all)
}

//! The outermost shells of DER: what is needed to find the signed part of a certificate, and the names of algorithms as they
//! are written in it.

/// A value with its tag: (tag, contents, all of it, what follows). None if the length is not that of DER, or is not there.
fn value(input: &[u8]) -> Option<(u8, &[u8], &[u8], &[u8])> {
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
    Some((tag, input.get(header..end)?, &input[..end], &input[end..]))
}

const SEQUENCE: u8 = 0x30;
const BITS: u8 = 0x03;

fn sequence(input: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    value(input).filter(|(tag, ..)| *tag == SEQUENCE).map(|(_, contents, all, rest)| (contents, all, rest))
}

/// The bits of a string of whole bytes.
fn bits(input: &[u8]) -> Option<&[u8]> {
    let (tag, contents, ..) = value(input)?;
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
    let (parts, ..) = sequence(certificate)?;
    let (_, message, rest) = sequence(parts)?;
    let (algorithm, _, rest) = sequence(rest)?;
    Some(Signed { message, algorithm, signature: bits(rest)? })
}

/// Is it a sequence that does not begin with one? A key may be; no certificate is.
pub fn begins_otherwise(certificate: &[u8]) -> bool {
    sequence(certificate).is_some_and(|(parts, ..)| sequence(parts).is_none())
}

/// The algorithm of a key, without the shell around it, and its bits.
pub fn public_key(info: &[u8]) -> Option<(&[u8], &[u8])> {
    let (parts, ..) = sequence(info)?;
    let (algorithm, _, rest) = sequence(parts)?;
    Some((algorithm, bits(rest)?))
}

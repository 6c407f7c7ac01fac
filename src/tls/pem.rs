//! PEM: blocks of base64 between lines that name them, with anything around them.
//!
//! As lenient as Go's reader, whose texts etcd shows: what is no block is passed over, and so is a block that cannot be read.

use base64::{Engine, engine::general_purpose::STANDARD};

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// One block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it says it is, as in `CERTIFICATE`.
    pub label: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// All blocks, in order.
pub fn blocks(input: &[u8]) -> Vec<Block> {
    let text = String::from_utf8_lossy(input);
    let mut blocks = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in text.lines().map(str::trim_end) {
        if let Some(label) = line.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(DASHES)) {
            // One that was begun before and not ended is none.
            open = Some((label, String::new()));
        } else if let Some(rest) = line.strip_prefix(END) {
            if let Some((label, body)) = open.take()
                && rest.strip_suffix(DASHES) == Some(label)
                && let Ok(bytes) = STANDARD.decode(body)
            {
                blocks.push(Block { label: label.to_owned(), bytes });
            }
        } else if let Some((_, body)) = &mut open
            // Lines such as `Proc-Type: 4,ENCRYPTED` say something about the block.
            && !line.contains(':')
        {
            body.extend(line.chars().filter(|c| !c.is_ascii_whitespace()));
        }
    }
    blocks
}

/// Is there a block without an end? A file that is being written looks so.
pub fn is_cut_off(input: &[u8]) -> bool {
    let text = String::from_utf8_lossy(input);
    match (text.rfind(BEGIN), text.rfind(END)) {
        (Some(begin), Some(end)) => begin > end,
        (begin, _) => begin.is_some(),
    }
}

/// Writes a block, in lines of 64 characters.
pub fn write(label: &str, bytes: &[u8]) -> String {
    let encoded = STANDARD.encode(bytes);
    let mut text = format!("{BEGIN}{label}{DASHES}\n");
    for line in encoded.as_bytes().chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text + &format!("{END}{label}{DASHES}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_among_anything() {
        let one = write("ONE", b"first");
        let two = write("TWO KEY", &[7; 100]);
        let text = format!(
            "Certificate:\n  Data: x\n{one}junk\n{two}{}{}",
            "-----BEGIN BAD-----\n!!!\n-----END BAD-----\n", "-----BEGIN OPEN-----\nAAAA\n"
        );
        let found: Vec<(String, usize)> =
            blocks(text.as_bytes()).into_iter().map(|b| (b.label, b.bytes.len())).collect();
        assert_eq!(found, [("ONE".to_owned(), 5), ("TWO KEY".to_owned(), 100)]);
        assert_eq!(blocks(one.replace('\n', "\r\n").as_bytes()), blocks(one.as_bytes()));
        assert!(is_cut_off(text.as_bytes()) && !is_cut_off(one.as_bytes()) && !is_cut_off(b""));
        assert!(is_cut_off(&one.as_bytes()[..30]));
        let with_headers = "-----BEGIN K-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END K-----\n";
        assert_eq!(blocks(with_headers.as_bytes())[0].bytes, [0, 0, 0]);
    }
}

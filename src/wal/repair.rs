//! Makes the end of a log fit to be written on.

use super::{
    Repaired,
    error::{WalError, at},
    reader::{End, Tail},
};
use crate::disk::{Disk, File, OpenMode};
use std::{io, path::Path};

/// How much is copied at once.
const CHUNK_BYTES: u64 = 1 << 20;

/// Cuts off a torn tail, writes lost length words again, and reserves space up to `segment_bytes`. What the disk held is
/// kept in `<segment>.broken`, the newest one only, as etcd does.
///
/// All of it is durable on return, also what was found there: a killed process may have left records that only the page
/// cache knows, and raft takes what it reads for durable. And a write over the remains of a torn one could itself be torn,
/// and the two would mix.
pub(super) fn repair(disk: &dyn Disk, end: &End, segment_bytes: u64) -> Result<Option<Repaired>, WalError> {
    let (file, path) = (&end.segment.file, &end.segment.path);
    let broken = end.tail == Tail::Torn || !end.lost_words.is_empty();
    let len = file.len().map_err(at(path))?;
    let mut repaired = None;
    if broken {
        let mut copy = path.as_os_str().to_owned();
        copy.push(".broken");
        let copy = Path::new(&copy).to_owned();
        copy_file(disk, file.as_ref(), len, &copy).map_err(at(&copy))?;
        for (offset, frame) in &end.lost_words {
            file.write_all_at(&frame.word().to_le_bytes(), *offset).map_err(at(path))?;
        }
        file.set_len(end.offset).map_err(at(path))?;
        repaired = Some(Repaired { path: path.clone(), offset: end.offset, copy });
    }
    let was_closed = len == end.offset && len < segment_bytes;
    if !was_closed {
        write_again(file.as_ref(), end.offset).map_err(at(path))?;
    }
    if broken || len < segment_bytes {
        file.allocate(segment_bytes).map_err(at(path))?;
    }
    file.sync_data().map_err(at(path))?;
    Ok(repaired)
}

/// Writes the same bytes once more. The process before may have ended because a sync failed: the page cache then shows
/// what the disk never got, takes it for clean, and would lose it at the next power loss although raft goes by it. Only
/// the last segment can be like that, and not one that was closed: closing cuts it to its contents.
fn write_again(file: &dyn File, len: u64) -> io::Result<()> {
    let mut offset = 0;
    let mut chunk = vec![0; CHUNK_BYTES.min(len) as usize];
    while offset < len {
        let count = (len - offset).min(CHUNK_BYTES) as usize;
        file.read_exact_at(&mut chunk[..count], offset)?;
        file.write_all_at(&chunk[..count], offset)?;
        offset += count as u64;
    }
    Ok(())
}

fn copy_file(disk: &dyn Disk, from: &dyn File, len: u64, to: &Path) -> io::Result<()> {
    let to = disk.open(to, OpenMode::Create)?;
    to.set_len(0)?;
    let mut offset = 0;
    let mut chunk = vec![0; CHUNK_BYTES.min(len) as usize];
    while offset < len {
        let count = (len - offset).min(CHUNK_BYTES) as usize;
        from.read_exact_at(&mut chunk[..count], offset)?;
        to.write_all_at(&chunk[..count], offset)?;
        offset += count as u64;
    }
    to.sync_data()
}

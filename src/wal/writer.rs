//! The writer: owns the last segment.

use super::{
    Position, Recovered, WalConfig,
    error::{WalError, at},
    prepare::{self, Ground, PreparedSegment, Preparer},
    purge::Purge,
    reader::{self, End, OpenSegment},
    record::{Encoder, Kind},
    repair,
    replay::{self, Replay, Snapshots},
    segment::{self, SegmentName},
};
use crate::{
    disk::{Disk, File, OpenMode},
    logging::go_duration,
    metrics::metrics,
    pb::{
        raftpb::{Entry, HardState},
        walpb::Snapshot,
    },
};
use bytes::Bytes;
use prost::Message;
use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// Above this, what is gathered goes to the file without waiting for the sync.
const BUFFER_BYTES_MAX: usize = 1 << 20;

/// After so much, a log whose open segment was only reserved gets one that is filled: some hundred writes.
const MUCH_BYTES: u64 = 256 << 10;

/// A sync that takes longer is worth a warning, as in etcd: the disk is in trouble.
const SLOW_SYNC: Duration = Duration::from_secs(1);

/// An open log. See the [module](super).
#[derive(Debug)]
pub struct Wal {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    config: WalConfig,
    metadata: Bytes,
    /// All segments, oldest first; the last one is the tail.
    segments: VecDeque<SegmentName>,
    tail: OpenTail,
    encoder: Encoder,
    /// The newest hard state, which goes to the head of each segment.
    hard_state: HardState,
    state_to_write: StateToWrite,
    /// The index of the newest entry or snapshot record.
    last_index: u64,
    /// Entries below are not asked for any more.
    released: u64,
    next: NextSegment,
    health: Health,
    written_bytes: u64,
}

/// The segment that is written.
#[derive(Debug)]
struct OpenTail {
    path: PathBuf,
    file: Arc<dyn File>,
    /// Where the next write goes.
    offset: u64,
    synced: Synced,
    /// What lies behind its end.
    ground: Ground,
}

impl OpenTail {
    /// All that is there is durable.
    fn new(path: PathBuf, file: Arc<dyn File>, offset: u64, ground: Ground) -> Self {
        Self { path, file, offset, synced: Synced::All, ground }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StateToWrite {
    No,
    Yes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Synced {
    All,
    NotAll,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Health {
    Good,
    Failed,
}

/// The segment after the tail.
#[derive(Debug)]
enum NextSegment {
    Missing,
    /// Somebody has the [`Preparer`].
    InTheMaking,
    Ready(PreparedSegment),
}

impl Wal {
    /// Does the folder hold a log?
    pub fn exists(disk: &dyn Disk, dir: &Path) -> bool {
        segment::any(disk, dir)
    }

    /// Makes a new log: one segment with checksum 0, the metadata and a snapshot record of index 0. It is there whole or
    /// not at all: it is made in `<dir>.tmp`, then renamed. [`WalError::Exists`] when there is one.
    pub fn create(disk: Arc<dyn Disk>, dir: &Path, metadata: &[u8], config: &WalConfig) -> Result<Self, WalError> {
        if segment::any(disk.as_ref(), dir) {
            return Err(WalError::Exists(dir.to_owned()));
        }
        let mut making = dir.as_os_str().to_owned();
        making.push(".tmp");
        let making = PathBuf::from(making);
        if disk.exists(&making) {
            disk.remove_dir_all(&making).map_err(at(&making))?;
        }
        disk.create_dir_all(&making).map_err(at(&making))?;
        let name = SegmentName { sequence: 0, first_index: 0 };
        let reserved = prepare::reserve(disk.as_ref(), making.join(name.to_string()), config.segment_bytes)?;
        let mut wal = Self {
            disk,
            dir: dir.to_owned(),
            config: *config,
            metadata: Bytes::copy_from_slice(metadata),
            segments: VecDeque::from([name]),
            tail: OpenTail::new(reserved.path, reserved.file, 0, reserved.ground),
            encoder: Encoder::default(),
            hard_state: HardState::default(),
            state_to_write: StateToWrite::No,
            last_index: 0,
            released: 0,
            next: NextSegment::Missing,
            health: Health::Good,
            written_bytes: 0,
        };
        wal.push_head();
        wal.save_snapshot(&Snapshot::default())?;
        wal.disk.sync_dir(&making).map_err(at(&making))?;
        if wal.disk.exists(dir) {
            wal.disk.remove_dir_all(dir).map_err(at(dir))?;
        }
        wal.disk.rename(&making, dir).map_err(at(dir))?;
        sync_name(wal.disk.as_ref(), dir)?;
        wal.tail.path = dir.join(name.to_string());
        Ok(wal)
    }

    /// Opens a log for writing, and reads what stands in it behind the snapshot at `from`, which should be one of
    /// [`Wal::snapshots`]. As in etcd, a log without that snapshot's record is fine, one with a record of another term is
    /// not.
    ///
    /// A torn tail is cut off, after a copy of the segment to `<segment>.broken`. Damage is an error, and then nothing on
    /// the disk has changed.
    pub fn open(
        disk: Arc<dyn Disk>,
        dir: &Path,
        from: Position,
        config: &WalConfig,
    ) -> Result<(Self, Recovered), WalError> {
        let segments = segment::list(disk.as_ref(), dir)?;
        let missing = || WalError::NoSegment { dir: dir.to_owned(), index: from.index };
        let start = segments.iter().rposition(|name| name.first_index <= from.index).ok_or_else(missing)?;
        let open = open_segments(disk.as_ref(), dir, &segments[start..])?;
        let mut replay = Replay::new(from, segments[start].first_index.saturating_sub(1));
        let end = reader::read(open, &mut |record| replay.take(record))?.ok_or_else(missing)?;
        if let Some(found) = replay.mismatch {
            return Err(WalError::SnapshotMismatch { index: from.index, wanted: from.term, found });
        }
        check_commit(&replay, &end)?;
        // A killed process may have left names that no sync has made durable yet.
        sync_name(disk.as_ref(), dir)?;
        disk.sync_dir(dir).map_err(at(dir))?;
        let repaired = repair::repair(disk.as_ref(), &end, config.segment_bytes)?;
        let snapshots = replay.valid_snapshots();
        let metadata = replay.metadata.unwrap_or_default();
        let wal = Self {
            disk,
            dir: dir.to_owned(),
            config: *config,
            metadata: metadata.clone(),
            segments: segments.into(),
            tail: OpenTail::new(end.segment.path, end.segment.file, end.offset, Ground::Reserved),
            encoder: Encoder::after(end.crc),
            hard_state: replay.hard_state,
            state_to_write: StateToWrite::No,
            last_index: replay.last_index,
            released: 0,
            next: NextSegment::Missing,
            health: Health::Good,
            written_bytes: 0,
        };
        let recovered =
            Recovered { metadata, hard_state: replay.hard_state, entries: replay.entries, snapshots, repaired };
        Ok((wal, recovered))
    }

    /// The snapshot records that stand for something committed, oldest first: the places to open a log from. Reads all
    /// segments, changes nothing.
    pub fn snapshots(disk: &dyn Disk, dir: &Path) -> Result<Vec<Snapshot>, WalError> {
        let names = segment::list(disk, dir)?;
        let open = names.iter().map(|name| OpenSegment::open(disk, dir, *name, OpenMode::Read));
        let open = open.collect::<Result<Vec<_>, _>>()?;
        let mut snapshots = Snapshots::default();
        let end = reader::read(open, &mut |record| snapshots.take(record))?;
        end.map(|_| snapshots.valid()).ok_or_else(|| WalError::NoSegment { dir: dir.to_owned(), index: 0 })
    }

    /// Adds entries, then the hard state. Durable after [`Wal::sync`], and until then perhaps only in memory: a change of
    /// the commit index alone need not be synced, and may then be lost with the process, as in etcd.
    ///
    /// Closes the segment when it has reached its size, or when it was only reserved and the next one is ready; then
    /// everything is durable already.
    pub fn append(&mut self, hard_state: Option<&HardState>, entries: &[Entry]) -> Result<(), WalError> {
        self.checked(|wal| {
            for entry in entries {
                if !replay::is_possible(entry) {
                    return Err(WalError::Impossible { index: entry.index });
                }
                wal.encoder.push(Kind::Entry, |data| encode(entry, data));
                wal.last_index = entry.index;
                if wal.encoder.buffer.len() >= BUFFER_BYTES_MAX {
                    wal.write()?;
                }
            }
            if let Some(hard_state) = hard_state
                && *hard_state != wal.hard_state
            {
                assert!(hard_state.term > 0, "a hard state without a term cannot be told from an entry");
                wal.hard_state = *hard_state;
                wal.state_to_write = StateToWrite::Yes;
            }
            let is_full = wal.tail.offset + wal.encoder.buffer.len() as u64 >= wal.config.segment_bytes;
            if is_full || wal.has_better_ground() { wal.cut() } else { Ok(()) }
        })
    }

    /// Makes durable all that was appended: one write and one fdatasync, or nothing when there is nothing new.
    ///
    /// When it fails, so does every later call: what is on the disk is unknown, and trying again would not make it known.
    pub fn sync(&mut self) -> Result<(), WalError> {
        self.checked(Self::flush)
    }

    /// Adds a snapshot record, durable on return. Above index 0 it needs a conf state, as etcd asks for.
    pub fn save_snapshot(&mut self, snapshot: &Snapshot) -> Result<(), WalError> {
        assert!(snapshot.index == 0 || snapshot.conf_state.is_some(), "a snapshot record without a conf state");
        self.checked(|wal| {
            wal.push_state();
            wal.encoder.push(Kind::Snapshot, |data| encode(snapshot, data));
            wal.last_index = wal.last_index.max(snapshot.index);
            wal.flush()
        })
    }

    /// Says that entries below `index` will not be asked for again: the log will be opened from there or later. Segments
    /// wholly below may be purged.
    pub fn release_to(&mut self, index: u64) {
        self.released = self.released.max(index);
    }

    /// The job of removing the oldest released segments, while there are more than `keep`. They are no longer part of the
    /// log from here on; run the job anywhere.
    pub fn purge_job(&mut self, keep: usize) -> Option<Purge> {
        let mut names = Vec::new();
        while self.segments.len() > keep.max(1) && self.segments[1].first_index < self.released {
            names.extend(self.segments.pop_front().map(|name| name.to_string()));
        }
        (!names.is_empty()).then(|| Purge::new(self.disk.clone(), self.dir.clone(), names))
    }

    /// Should the next segment be made? When the open one is filled so far, or is slow to write to and there is much to
    /// write. Not from the start: most short runs need none.
    pub fn wants_next_segment(&self) -> bool {
        let much = MUCH_BYTES.min(self.config.segment_bytes / 16);
        let is_slow = self.tail.ground == Ground::Reserved;
        self.tail.offset >= self.config.segment_bytes / 4 || (is_slow && self.written_bytes >= much)
    }

    fn has_better_ground(&self) -> bool {
        self.tail.ground == Ground::Reserved && matches!(self.next, NextSegment::Ready(_))
    }

    /// The job of making the next segment, when there is none and nobody is at it. Run it anywhere, then give the result
    /// to [`Wal::accept_segment`].
    pub fn next_segment_job(&mut self) -> Option<Preparer> {
        let NextSegment::Missing = self.next else { return None };
        self.next = NextSegment::InTheMaking;
        Some(Preparer::new(self.disk.clone(), &self.dir, self.config.segment_bytes))
    }

    /// Takes the result of the job. A failed one is forgotten: the log then makes the segment itself, when it needs one.
    pub fn accept_segment(&mut self, made: Result<PreparedSegment, WalError>) {
        self.next = made.map_or(NextSegment::Missing, NextSegment::Ready);
    }

    /// Bytes written since it was opened.
    pub fn written_bytes(&self) -> u64 {
        self.written_bytes
    }

    /// Syncs, and gives back the space that is not used, so that the next start has no zeros to look through.
    pub fn close(mut self) -> Result<(), WalError> {
        self.checked(|wal| {
            wal.flush()?;
            wal.tail.file.set_len(wal.tail.offset).map_err(at(&wal.tail.path))?;
            wal.sync_tail()
        })
    }

    /// Runs a change; once one has failed, none is tried again.
    fn checked(&mut self, change: impl FnOnce(&mut Self) -> Result<(), WalError>) -> Result<(), WalError> {
        if self.health == Health::Failed {
            return Err(WalError::Failed);
        }
        let done = change(self);
        if done.is_err() {
            self.health = Health::Failed;
        }
        done
    }

    /// Ends a group: the hard state comes last, and once.
    fn push_state(&mut self) {
        if self.state_to_write == StateToWrite::Yes {
            self.encoder.push(Kind::State, |data| encode(&self.hard_state, data));
            self.state_to_write = StateToWrite::No;
        }
    }

    fn push_head(&mut self) {
        self.encoder.push_crc();
        self.encoder.push(Kind::Metadata, |data| data.extend_from_slice(&self.metadata));
    }

    fn write(&mut self) -> Result<(), WalError> {
        let buffer = &mut self.encoder.buffer;
        if buffer.is_empty() {
            return Ok(());
        }
        self.tail.synced = Synced::NotAll;
        let started = self.config.stopwatch.now();
        self.tail.file.write_all_at(buffer, self.tail.offset).map_err(at(&self.tail.path))?;
        metrics().wal_write_duration.observe(self.config.stopwatch.seconds_since(started));
        metrics().wal_write_bytes.add(buffer.len() as i64);
        self.tail.offset += buffer.len() as u64;
        self.written_bytes += buffer.len() as u64;
        buffer.clear();
        // One huge request must not hold its memory for ever.
        buffer.shrink_to(2 * BUFFER_BYTES_MAX);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), WalError> {
        self.push_state();
        self.write()?;
        if self.tail.synced == Synced::NotAll {
            self.sync_tail()?;
            self.tail.synced = Synced::All;
        }
        Ok(())
    }

    fn sync_tail(&self) -> Result<(), WalError> {
        let started = self.config.stopwatch.now();
        self.tail.file.sync_data().map_err(at(&self.tail.path))?;
        let took = self.config.stopwatch.now().saturating_sub(started);
        metrics().wal_fsync_duration.observe(took.as_secs_f64());
        if took > SLOW_SYNC {
            tracing::warn!(took = go_duration(took), "expected-duration" = go_duration(SLOW_SYNC), "slow fdatasync");
        }
        Ok(())
    }

    /// Closes the segment and opens the next one. The new one gets its name when its head is durable, so that a power loss
    /// finds either no new segment or a sound one.
    fn cut(&mut self) -> Result<(), WalError> {
        // Synced before it is cut to its contents: a segment without space behind them is taken for durable by the next
        // start, which otherwise writes it again.
        self.flush()?;
        self.tail.file.set_len(self.tail.offset).map_err(at(&self.tail.path))?;
        self.sync_tail()?;
        let PreparedSegment { file, path: making, ground } = self.take_next()?;
        let sequence = self.segments.back().map_or(0, |name| name.sequence + 1);
        let name = SegmentName { sequence, first_index: self.last_index + 1 };
        self.tail = OpenTail::new(making.clone(), file, 0, ground);
        self.push_head();
        if self.hard_state != HardState::default() {
            self.state_to_write = StateToWrite::Yes;
        }
        self.flush()?;
        let path = self.dir.join(name.to_string());
        self.disk.rename(&making, &path).map_err(at(&path))?;
        self.disk.sync_dir(&self.dir).map_err(at(&self.dir))?;
        self.tail.path = path;
        self.segments.push_back(name);
        Ok(())
    }

    fn take_next(&mut self) -> Result<PreparedSegment, WalError> {
        match std::mem::replace(&mut self.next, NextSegment::Missing) {
            NextSegment::Ready(prepared) => return Ok(prepared),
            NextSegment::InTheMaking => self.next = NextSegment::InTheMaking,
            NextSegment::Missing => {}
        }
        prepare::reserve_now(self.disk.as_ref(), &self.dir, self.config.segment_bytes)
    }
}

fn encode(message: &impl Message, data: &mut Vec<u8>) {
    // A vector grows as needed, so there is no error to come.
    message.encode_raw(data);
}

/// Opens segments; the last one for writing, and for this process alone.
fn open_segments(disk: &dyn Disk, dir: &Path, names: &[SegmentName]) -> Result<Vec<OpenSegment>, WalError> {
    let mut open = Vec::with_capacity(names.len());
    for (number, name) in names.iter().enumerate() {
        let last = number + 1 == names.len();
        let mode = if last { OpenMode::ReadWrite } else { OpenMode::Read };
        let segment = OpenSegment::open(disk, dir, *name, mode)?;
        if last {
            segment.file.try_lock().map_err(at(&segment.path))?;
        }
        open.push(segment);
    }
    Ok(open)
}

/// Makes the folder's own name durable.
fn sync_name(disk: &dyn Disk, dir: &Path) -> Result<(), WalError> {
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    disk.sync_dir(parent).map_err(at(parent))
}

/// What is committed was appended before, so a log that ends below its own commit index has lost something.
fn check_commit(replay: &Replay, end: &End) -> Result<(), WalError> {
    let last = replay.last_entry();
    let commit = replay.hard_state.commit;
    if last >= commit {
        return Ok(());
    }
    let reason = format!("entries up to {commit} are committed, but the log ends at {last}");
    Err(WalError::Damaged { path: end.segment.path.clone(), offset: end.offset, reason })
}

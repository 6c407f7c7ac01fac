//! The log files that were set aside: their names, how old they are, and which of them go.

use super::config::Rotation;
use flate2::{Compression, write::GzEncoder};
use rustix::{
    fs::{Dir, FileType, Gid, Mode, OFlags, Uid, fchown, fstat, open, unlink},
    io::{Errno, read},
};
use std::{
    io::Write,
    os::fd::OwnedFd,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use time::{
    OffsetDateTime, PrimitiveDateTime, UtcOffset, format_description::BorrowedFormatItem, macros::format_description,
};

/// The time in a name, with milliseconds.
const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]-[minute]-[second].[subsecond digits:3]");
/// What a compressed file's name ends with.
const COMPRESSED: &str = ".gz";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A path in its parts: `folder/stem.extension`; the extension with its dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    pub folder: &'a str,
    stem: &'a str,
    extension: &'a str,
}

/// Takes a path apart.
pub(super) fn split(path: &str) -> Parts<'_> {
    let (folder, name) = match path.rsplit_once('/') {
        Some(("", name)) => ("/", name),
        Some((folder, name)) => (folder, name),
        None => (".", path),
    };
    let (stem, extension) = name.split_at(name.rfind('.').unwrap_or(name.len()));
    Parts { folder, stem, extension }
}

/// The path under which a file is set aside at that time.
pub(super) fn name(path: &str, now: SystemTime, rotation: Rotation) -> String {
    let Parts { folder, stem, extension } = split(path);
    let offset = if rotation.local_time { local_offset(now) } else { UtcOffset::UTC };
    // The years that fail cannot be reached by a clock.
    let time = OffsetDateTime::from(now).to_offset(offset).format(TIME).unwrap_or_default();
    format!("{folder}/{stem}-{time}{extension}")
}

/// What clocks on the wall show beside UTC; zero where the machine does not know.
fn local_offset(now: SystemTime) -> UtcOffset {
    let zone = tz::TimeZone::from_posix_tz(&std::env::var("TZ").unwrap_or_else(|_| "localtime".into()));
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() as i64;
    let offset = zone.ok().and_then(|zone| Some(zone.find_local_time_type(seconds).ok()?.ut_offset()));
    offset.and_then(|seconds| UtcOffset::from_whole_seconds(seconds).ok()).unwrap_or(UtcOffset::UTC)
}

/// The files aside of one log file.
#[derive(Debug)]
pub(super) struct Backups {
    folder: String,
    /// What their names begin and end with.
    prefix: String,
    extension: String,
}

impl Backups {
    pub(super) fn of(path: &str) -> Self {
        let Parts { folder, stem, extension } = split(path);
        Self { folder: folder.into(), prefix: format!("{stem}-"), extension: extension.into() }
    }

    /// Deletes what is too old or too many, and compresses the rest if that is wanted. Goes on after an error and gives
    /// the first.
    pub(super) fn clean(&self, rotation: Rotation, now: SystemTime) -> Result<(), Errno> {
        let (keep, remove) = choose(self.list()?, rotation, now);
        let mut result = Ok(());
        for name in remove {
            result = result.and(unlink(self.path(&name)));
        }
        if rotation.compress {
            for name in keep.iter().filter(|name| !name.ends_with(COMPRESSED)) {
                result = result.and(compress(&self.path(name)));
            }
        }
        result
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    /// The files and when they were set aside, newest first.
    fn list(&self) -> Result<Vec<(SystemTime, String)>, Errno> {
        let folder = open(&self.folder, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        let entries = Dir::new(folder)?.filter_map(Result::ok).filter(|entry| entry.file_type() != FileType::Directory);
        let names = entries.filter_map(|entry| Some(entry.file_name().to_str().ok()?.to_owned()));
        let mut files: Vec<_> = names.filter_map(|name| Some((self.time_of(&name)?, name))).collect();
        files.sort_by(|a, b| b.cmp(a));
        Ok(files)
    }

    /// The time in a name, as if it were UTC. None: no file of ours.
    fn time_of(&self, name: &str) -> Option<SystemTime> {
        let name = name.strip_prefix(&self.prefix)?;
        let name = name.strip_suffix(COMPRESSED).unwrap_or(name);
        let time = name.strip_suffix(&self.extension)?;
        PrimitiveDateTime::parse(time, TIME).ok().map(|time| time.assume_utc().into())
    }
}

/// Those that stay and those that go. A file and its compressed form count as one.
fn choose(files: Vec<(SystemTime, String)>, rotation: Rotation, now: SystemTime) -> (Vec<String>, Vec<String>) {
    let oldest = match u32::try_from(rotation.age_max_days) {
        Ok(days @ 1..) => now.checked_sub(DAY * days),
        _ => None,
    };
    let (mut keep, mut remove) = (Vec::new(), Vec::new());
    let (mut count, mut last) = (0, String::new());
    for (time, name) in files {
        let plain = name.strip_suffix(COMPRESSED).unwrap_or(&name);
        if plain != last {
            (count, last) = (count + 1, plain.to_owned());
        }
        let too_many = rotation.backups_max > 0 && count > rotation.backups_max;
        let too_old = oldest.is_some_and(|oldest| time < oldest);
        if too_many || too_old { remove.push(name) } else { keep.push(name) }
    }
    (keep, remove)
}

/// Makes `path.gz` of `path`. The file is deleted only when that is whole.
fn compress(path: &str) -> Result<(), Errno> {
    let source = open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    let found = fstat(&source)?;
    let target_path = format!("{path}{COMPRESSED}");
    let flags = OFlags::CREATE | OFlags::TRUNC | OFlags::WRONLY | OFlags::CLOEXEC;
    let target = open(&target_path, flags, Mode::from_raw_mode(found.st_mode & 0o777))?;
    fchown(&target, Some(Uid::from_raw(found.st_uid)), Some(Gid::from_raw(found.st_gid)))?;
    match copy_compressed(&source, target) {
        Ok(()) => unlink(path),
        Err(error) => unlink(&target_path).and(Err(error)),
    }
}

fn copy_compressed(source: &OwnedFd, target: OwnedFd) -> Result<(), Errno> {
    let io = |error: std::io::Error| Errno::from_io_error(&error).unwrap_or(Errno::IO);
    let mut encoder = GzEncoder::new(Whole(target), Compression::default());
    let mut part = vec![0; 64 << 10];
    loop {
        match read(source, &mut part)? {
            0 => break,
            length => encoder.write_all(&part[..length]).map_err(io)?,
        }
    }
    encoder.finish().map(drop).map_err(io)
}

/// A file to write to.
struct Whole(OwnedFd);

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Ok(rustix::io::write(&self.0, bytes)?)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_stands_before_the_extension() {
        let at = UNIX_EPOCH + Duration::from_millis(1_795_222_231_007);
        let named = |path: &str| name(path, at, Rotation::default());
        assert_eq!(named("/var/log/etcd.log"), "/var/log/etcd-2026-11-21T00-50-31.007.log");
        assert_eq!(named("a.b.log"), "./a.b-2026-11-21T00-50-31.007.log");
        assert_eq!(named("/x"), "//x-2026-11-21T00-50-31.007");
        assert_eq!(Backups::of("/var/log/etcd.log").time_of("etcd-2026-11-21T00-50-31.007.log.gz"), Some(at));
        assert_eq!(Backups::of("etcd.log").time_of("etcd-2026-11-21.log"), None);
        assert_eq!(Backups::of("etcd.log").time_of("etcd.log"), None);
    }

    #[test]
    fn the_newest_stay() {
        let now = UNIX_EPOCH + DAY * 10;
        let file = |age: u32, name: &str| (now - DAY * age, name.to_owned());
        let files = || vec![file(0, "d"), file(1, "c"), file(1, "c.gz"), file(2, "b.gz"), file(3, "a")];
        let kept = |backups_max, age_max_days| {
            choose(files(), Rotation { backups_max, age_max_days, ..Rotation::default() }, now).0.concat()
        };
        assert_eq!(kept(0, 0), "dcc.gzb.gza");
        assert_eq!(kept(2, 0), "dcc.gz");
        assert_eq!(kept(0, 2), "dcc.gzb.gz");
        assert_eq!(kept(1, 2), "d");
        assert_eq!(kept(-1, -1), "dcc.gzb.gza");
    }
}

//! A log file that is set aside when it is full, as lumberjack does for etcd.
//!
//! ```text
//!   log.txt                                  lines go here
//!   log-2026-11-21T07-30-49.161.txt          set aside then
//!   log-2026-11-21T06-10-02.007.txt.gz       the same, compressed
//! ```
//!
//! No crate keeps these names (they put the time behind the whole name), and tools look for them. What must hold: a line is
//! never split between two files, and nothing is deleted but files with such a name.
//!
//! As in etcd, the file is opened by the first line and its folder is made; a line that finds no file is lost.

use super::{
    backups::{self, Backups},
    config::Rotation,
};
use rustix::{
    fs::{Gid, Mode, OFlags, Uid, chown, mkdir, open, rename, stat},
    io::Errno,
};
use std::{
    os::fd::OwnedFd,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    time::SystemTime,
};

/// See the module.
#[derive(Debug)]
pub(super) struct Rotated {
    path: String,
    rotation: Rotation,
    /// What is written to, and its size.
    file: Option<(OwnedFd, i64)>,
    /// Wakes the thread that looks after what was set aside. It ends with this.
    cleaner: Option<SyncSender<()>>,
    now: fn() -> SystemTime,
}

impl Rotated {
    pub(super) fn new(path: String, rotation: Rotation, now: fn() -> SystemTime) -> Self {
        Self { path, rotation, file: None, cleaner: None, now }
    }

    /// Writes a line whole to one file.
    pub(super) fn write(&mut self, line: &[u8]) -> Result<(), Errno> {
        let (length, max) = (line.len() as i64, self.rotation.size_max());
        if length > max {
            return Err(Errno::FBIG);
        }
        let (file, size) = match self.file.take() {
            Some((file, size)) if size + length <= max => (file, size),
            Some(_) => self.rotate()?,
            None => self.reopen(length, max)?,
        };
        super::system::write_whole(&file, line);
        self.file = Some((file, size + length));
        Ok(())
    }

    /// Goes on with the file that is there, unless it is full.
    fn reopen(&mut self, length: i64, max: i64) -> Result<(OwnedFd, i64), Errno> {
        self.clean();
        match stat(&self.path) {
            Ok(found) if found.st_size + length >= max => self.rotate(),
            Ok(found) => {
                let flags = OFlags::APPEND | OFlags::WRONLY | OFlags::CLOEXEC;
                // One that cannot be written to is set aside.
                open(&self.path, flags, Mode::empty()).map(|file| (file, found.st_size)).or_else(|_| self.open_new())
            }
            Err(Errno::NOENT) => self.open_new(),
            Err(error) => Err(error),
        }
    }

    fn rotate(&mut self) -> Result<(OwnedFd, i64), Errno> {
        let opened = self.open_new()?;
        self.clean();
        Ok(opened)
    }

    /// Sets the file aside, if there is one, and begins another with the same owner and mode.
    fn open_new(&self) -> Result<(OwnedFd, i64), Errno> {
        make_folders(backups::split(&self.path).folder)?;
        let found = stat(&self.path).ok();
        if found.is_some() {
            rename(&self.path, backups::name(&self.path, (self.now)(), self.rotation))?;
        }
        let mode = found.map_or(Mode::RUSR | Mode::WUSR, |found| Mode::from_raw_mode(found.st_mode & 0o777));
        let flags = OFlags::CREATE | OFlags::WRONLY | OFlags::TRUNC | OFlags::CLOEXEC;
        let file = open(&self.path, flags, mode)?;
        if let Some(found) = found {
            chown(&self.path, Some(Uid::from_raw(found.st_uid)), Some(Gid::from_raw(found.st_gid)))?;
        }
        Ok((file, 0))
    }

    /// Sees to the files aside, on a thread of its own: compressing takes long.
    fn clean(&mut self) {
        let rotation = self.rotation;
        if rotation.backups_max == 0 && rotation.age_max_days == 0 && !rotation.compress {
            return;
        }
        let (path, now) = (self.path.clone(), self.now);
        let cleaner = self.cleaner.get_or_insert_with(|| {
            let (sender, wakes) = sync_channel(1);
            let run = move || clean_whenever_told(&wakes, &Backups::of(&path), rotation, now);
            // Without a thread nothing is cleaned until the next start.
            let _ = std::thread::Builder::new().name("log-rotation".into()).spawn(run);
            sender
        });
        // Full: it will look anyway.
        let _ = cleaner.try_send(());
    }
}

fn clean_whenever_told(wakes: &Receiver<()>, backups: &Backups, rotation: Rotation, now: fn() -> SystemTime) {
    for () in wakes {
        // Where should it be said?
        let _ = backups.clean(rotation, now());
    }
}

/// Makes a folder and those above it.
fn make_folders(folder: &str) -> Result<(), Errno> {
    let mode = Mode::from_raw_mode(0o755);
    match mkdir(folder, mode) {
        Ok(()) | Err(Errno::EXIST) => Ok(()),
        Err(Errno::NOENT) => {
            let above = backups::split(folder.trim_end_matches('/')).folder;
            if above == folder {
                return Err(Errno::NOENT);
            }
            make_folders(above)?;
            mkdir(folder, mode)
        }
        Err(error) => Err(error),
    }
}

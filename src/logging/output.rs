//! Where lines go.

use super::config::LoggingError;
use parking_lot::Mutex;
use rustix::{
    fs::{Mode, OFlags, open},
    io::{Errno, write},
};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// The outputs of a log, none when everything is thrown away.
#[derive(Debug)]
pub(super) struct Outputs {
    /// Locked for a line: one that is longer than a pipe takes at once would be mixed with others.
    all: Mutex<Vec<Output>>,
}

#[derive(Debug)]
enum Output {
    Stderr,
    Stdout,
    File(OwnedFd),
}

impl Outputs {
    /// Opens what is named, each once. `/dev/null` among them silences the others, as in etcd.
    pub(super) fn open(names: &[String]) -> Result<Self, LoggingError> {
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            names.push("default");
        }
        if names.contains(&"/dev/null") {
            return Ok(Self { all: Mutex::new(Vec::new()) });
        }
        let all = names.into_iter().map(Output::open).collect::<Result<_, _>>()?;
        Ok(Self { all: Mutex::new(all) })
    }

    /// Writes a line to each. What cannot be written is lost.
    pub(super) fn write(&self, line: &[u8]) {
        for output in self.all.lock().iter() {
            write_whole(output.as_fd(), line);
        }
    }
}

impl Output {
    fn open(name: &str) -> Result<Self, LoggingError> {
        match name {
            // Without a journal etcd falls back to standard error too; systemd takes it from there.
            "default" | "stderr" | "systemd/journal" => Ok(Self::Stderr),
            "stdout" => Ok(Self::Stdout),
            path => {
                let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::CLOEXEC;
                let opened = open(path, flags, Mode::from_raw_mode(0o666));
                opened
                    .map(Self::File)
                    .map_err(|error| LoggingError::CannotOpen { path: path.into(), reason: reason(error) })
            }
        }
    }

    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Stderr => rustix::stdio::stderr(),
            Self::Stdout => rustix::stdio::stdout(),
            Self::File(file) => file.as_fd(),
        }
    }
}

/// The system's words, in lower case as Go has them.
fn reason(error: Errno) -> String {
    match error {
        Errno::NOENT => "no such file or directory".into(),
        Errno::ACCESS => "permission denied".into(),
        Errno::ISDIR => "is a directory".into(),
        Errno::NOTDIR => "not a directory".into(),
        Errno::ROFS => "read-only file system".into(),
        other => std::io::Error::from(other).to_string(),
    }
}

fn write_whole(fd: BorrowedFd<'_>, mut line: &[u8]) {
    while !line.is_empty() {
        match write(fd, line) {
            Ok(0) => return,
            Ok(written) => line = &line[written..],
            Err(Errno::INTR) => {}
            Err(_) => return,
        }
    }
}

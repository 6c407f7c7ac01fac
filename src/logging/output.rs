//! Where lines go.

use super::{
    config::{LoggingConfig, LoggingError},
    journal::{self, Journal, Origin},
    reason::go_reason,
    rotation::Rotated,
    sink::Sink,
    system::write_whole,
};
use parking_lot::Mutex;
use rustix::fs::{Mode, OFlags, open};
use std::{os::fd::OwnedFd, time::SystemTime};

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
    Rotated(Rotated),
    Journal(Journal),
}

impl Outputs {
    /// Opens what is named, each once and in the order of their names, as etcd does. `/dev/null` among them silences the
    /// others.
    pub(super) fn open(config: &LoggingConfig, now: fn() -> SystemTime) -> Result<Self, LoggingError> {
        let mut names: Vec<&str> = config.outputs.iter().map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            names.push("default");
        }
        if names.contains(&"/dev/null") {
            return Ok(Self { all: Mutex::new(Vec::new()) });
        }
        let all = names.into_iter().map(|name| Output::open(name, config, now)).collect::<Result<_, _>>()?;
        Ok(Self { all: Mutex::new(all) })
    }

    /// Writes a line to each. What cannot be written is lost.
    pub(super) fn write(&self, line: &[u8], origin: Origin<'_>) {
        for output in self.all.lock().iter_mut() {
            match output {
                Output::Stderr => write_whole(rustix::stdio::stderr(), line),
                Output::Stdout => write_whole(rustix::stdio::stdout(), line),
                Output::File(file) => write_whole(file, line),
                Output::Rotated(file) => {
                    // There is nowhere to say it.
                    let _ = file.write(line);
                }
                Output::Journal(journal) => {
                    if journal.send(line, origin).is_err() {
                        write_whole(rustix::stdio::stderr(), line);
                    }
                }
            }
        }
    }

    /// Is a message that comes again and again written every time? So is it in etcd for the journal, which has limits of
    /// its own.
    pub(super) fn takes_all(&self) -> bool {
        self.all.lock().iter().any(|output| matches!(output, Output::Journal(_)))
    }
}

impl Output {
    fn open(name: &str, config: &LoggingConfig, now: fn() -> SystemTime) -> Result<Self, LoggingError> {
        let path = match (Sink::read(name)?, config.rotation) {
            (Sink::Stderr, _) => return Ok(Self::Stderr),
            (Sink::Stdout, _) => return Ok(Self::Stdout),
            (Sink::Journal, _) => return Journal::open(journal::SOCKET).map(Self::Journal),
            (Sink::File(path), Some(rotation)) => return Ok(Self::Rotated(Rotated::new(path, rotation, now))),
            (Sink::File(path), None) => path,
        };
        let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::CLOEXEC;
        let opened = open(&path, flags, Mode::from_raw_mode(0o666));
        opened.map(Self::File).map_err(|error| LoggingError::CannotOpen {
            word: name.into(),
            path,
            reason: go_reason(&error.into()),
        })
    }
}

//! What `/proc` tells of processes.

use rustix::{
    fs::{Mode, OFlags, open},
    io::read,
};

/// A file of `/proc`, whose length is not known before it is read. None where there is none.
pub fn read_text(path: &str) -> Option<String> {
    let file = open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let mut text = Vec::new();
    let mut part = [0; 4096];
    loop {
        match read(&file, &mut part).ok()? {
            0 => return String::from_utf8(text).ok(),
            length => text.extend_from_slice(&part[..length]),
        }
    }
}

/// What matters here of `/proc/PID/stat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Processor time spent, in user and kernel together.
    pub cpu_ticks: u64,
    /// When it started, after the machine did.
    pub start_ticks: u64,
    /// Addresses reserved.
    pub virtual_bytes: u64,
    /// Memory held.
    pub resident_pages: u64,
}

impl Stat {
    /// Reads the file's text; none when it is another text.
    pub fn parse(text: &str) -> Option<Self> {
        // The second field is the program's name in brackets and may hold anything, so count from its end; the field
        // behind it is number 3 in proc(5).
        let fields: Vec<&str> = text[text.rfind(')')? + 1..].split_ascii_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        Some(Self {
            cpu_ticks: field(14)? + field(15)?,
            start_ticks: field(22)?,
            virtual_bytes: field(23)?,
            resident_pages: field(24)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_name_may_hold_brackets_and_spaces() {
        let rest = (3..=52).map(|number| number.to_string()).collect::<Vec<_>>().join(" ");
        let stat = Stat::parse(&format!("17 (a) b (c) {rest}\n"));
        assert_eq!(stat, Some(Stat { cpu_ticks: 29, start_ticks: 22, virtual_bytes: 23, resident_pages: 24 }));
        assert_eq!(Stat::parse("17 (a) S 1"), None);
        assert_eq!(Stat::parse("17"), None);
        assert_eq!(Stat::parse(""), None);
    }
}

//! The manual page of the server, from the table of flags.

use super::roff::Page;
use crate::cmd::server::flags::{self, Fate, Flag, GROUPS, InFile, Status};

/// `man/etcd.1`.
pub fn page() -> String {
    let mut page = Page::new("etcd", "a strongly consistent, replicated key-value store");
    page.section("synopsis");
    page.text("etcd [flags]\netcd --config-file FILE\netcd --version\netcd ctl ...\netcd util ...\netcd gateway ...\netcd grpc-proxy ...");
    page.section("description");
    page.text(
        "Starts a member of an etcd cluster: a new one, the one whose data the data directory holds, or one that joins a \
         cluster. Clients of etcd's v3 API work with it, and etcdctl(1) is the tool for the command line.",
    );
    page.text(
        "A flag is written with one dash or two, its value behind = or as the next word; a switch takes its value only \
         behind =. Of a repeated flag the last one counts. Durations are written as 1h2m3.5s or 100ms.",
    );
    for (group, flags) in GROUPS {
        page.section(group);
        flags.iter().for_each(|flag| term(&mut page, flag));
    }
    page.section("commands");
    flags::COMMANDS.iter().for_each(|flag| term(&mut page, flag));
    page.section("not in etcd");
    flags::OWN.iter().for_each(|flag| term(&mut page, flag));
    page.section("environment");
    page.text(
        "Every flag can be set by a variable: ETCD_ and the name of the flag in capitals, with _ for -. A flag and its \
         variable together are refused. Variables that begin with ETCD_ and are no flag's are named in the log.",
    );
    page.section("configuration file");
    page.text(
        "With --config-file, or with ETCD_CONFIG_FILE, all settings are read from a YAML or JSON file; other flags and \
         variables do not count. Keys are the names of flags, in nested maps where that is said above. URLs are one text, \
         separated by commas; durations are whole numbers of nanoseconds; keys that are no setting are named in the log.",
    );
    old_names(&mut page);
    page.section("exit status");
    page.text("1 when the settings cannot be used or the member cannot go on, 2 when the flags cannot be read. A signal ends the server as that signal does: 143 for TERM, 130 for INT.");
    page.section("see also");
    page.text("etcdctl(1)");
    page.end()
}

fn term(page: &mut Page, flag: &Flag) {
    let mut about = crate::cmd::server::about(flag);
    let default = if flag.shown.is_empty() { String::new() } else { format!("Default: {}. ", flag.shown) };
    let file = match flag.file {
        InFile::Top => String::new(),
        InFile::Below(keys) => format!("In a file: {}.", keys.join(": ")),
        InFile::Nowhere => "Not for files.".to_owned(),
    };
    let status = match flag.status {
        Status::Works => "",
        Status::Later => "It has no effect yet.",
        Status::Refused => "It is refused by this version.",
        Status::Deprecated(_) => "It is about to be dropped.",
    };
    let more = [default.trim_end(), &file, status].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
    if !more.is_empty() {
        about.push('\n');
        about.push_str(&more.join(" "));
    }
    page.term(&format!("--{}{}", flag.name, flag.kind.word().map_or(String::new(), |word| format!(" {word}"))), &about);
}

fn old_names(page: &mut Page) {
    page.section("old flags");
    page.text("Flags of etcd 3.4 to 3.6 that have another name now, or none, are taken with a warning.");
    for legacy in flags::LEGACY {
        let fate = match legacy.fate {
            Fate::Renamed(new) => format!("Now --{new}."),
            Fate::Gate(gate) => format!("Now --feature-gates={gate}=true."),
            Fate::Sets(new, value) => format!("Now --{new}={value}."),
            Fate::Gone(instead) => format!("No effect: {instead}."),
            Fate::Off(_, instead) => format!("Refused unless it is off: {instead}."),
        };
        page.term(&format!("--{}", legacy.name), &fate);
    }
}

//! What the tool's help lists: commands, and the flags of each with their types and defaults. What it says about them is in
//! its own words, and does not count.

use crate::tool::Tool;
use std::collections::BTreeSet;

/// Commands that are still to come, with what is below them.
pub const LATER: [&str; 4] = ["elect", "lock", "make-mirror", "snapshot"];

/// Is the command, or one above it, still to come?
pub fn is_later(command: &str) -> bool {
    LATER.iter().any(|later| command.strip_prefix(later).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

/// A line for each command, in order, and indented below it one for each of its flags; then those that all commands have.
pub fn list(tool: &Tool) -> String {
    let mut out = String::new();
    let mut ahead = commands(tool, "");
    while let Some(command) = ahead.pop_first() {
        out += &format!("{command}\n");
        // Help about help is the tool's own.
        if command == "help" {
            continue;
        }
        let help = said(tool, &format!("{command} --help"));
        flags(&help).iter().for_each(|flag| out += &format!("  {flag}\n"));
        ahead.extend(commands(tool, &command));
    }
    out += "options\n";
    flags(&said(tool, "options")).iter().for_each(|flag| out += &format!("  {flag}\n"));
    out
}

/// The list without the commands that `is_out` says so of.
pub fn without(list: &str, is_out: impl Fn(&str) -> bool) -> String {
    let mut command = "";
    let mut out = String::new();
    for line in list.lines() {
        if !line.starts_with(' ') {
            command = line;
        }
        if !is_out(command) {
            out += &format!("{line}\n");
        }
    }
    out
}

fn said(tool: &Tool, line: &str) -> String {
    let output = tool.run(line.trim(), &[], None, "127.0.0.1:1");
    String::from_utf8(output.stdout).expect("help is text")
}

/// The commands below one, by full name. They stand between the usage and the flags, two spaces from the left.
fn commands(tool: &Tool, above: &str) -> BTreeSet<String> {
    let help = said(tool, &format!("{above} --help"));
    let lines = help.lines().skip_while(|line| !line.starts_with("Usage:")).skip(3);
    let ends = ["Examples:", "Flags:", "Use \""];
    let lines = lines.take_while(|line| !ends.iter().any(|end| line.starts_with(end)));
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty()).map(|name| format!("{above} {name}").trim().to_owned()).collect()
}

/// `-w --write-out string = "simple"`, sorted.
fn flags(help: &str) -> BTreeSet<String> {
    let is_flag = |line: &&str| {
        let after = line.trim_start().strip_prefix('-');
        after.is_some_and(|rest| rest.trim_start_matches('-').starts_with(|c: char| c.is_ascii_alphabetic()))
    };
    help.lines().filter(is_flag).map(flag).collect()
}

fn flag(line: &str) -> String {
    let (head, about) = line.trim_start().split_once("  ").unwrap_or((line.trim_start(), ""));
    let default = about.rsplit_once(" (default ").map(|(_, default)| format!(" = {}", default.trim_end_matches(')')));
    format!("{}{}", head.replace(',', ""), default.unwrap_or_default())
}

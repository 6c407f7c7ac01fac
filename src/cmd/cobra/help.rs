//! Help and usage in cobra's layout.

use super::find::{Path, is_switch};
use clap::{Arg, Command};
use std::fmt::Write;

/// Commands that stand together in the root's help.
pub struct Group {
    /// The heading.
    pub title: &'static str,
    /// Their names, in the order shown.
    pub commands: &'static [&'static str],
}

/// What `--help` prints.
pub fn help(path: &Path<'_>, groups: &[Group]) -> String {
    let leaf = path.leaf();
    let about = leaf.get_long_about().or(leaf.get_about()).map(ToString::to_string).unwrap_or_default();
    let root = path.0[0].get_name();
    format!(
        "{}\n\n{}Use \"{root} options\" for a list of global command-line options (applies to all commands).\n",
        about.trim_end(),
        usage(path, groups)
    )
}

/// What follows an error in the flags.
pub fn usage(path: &Path<'_>, groups: &[Group]) -> String {
    let leaf = path.leaf();
    let mut out = String::from("Usage:\n");
    // Writing to a string cannot fail.
    let _ = writeln!(out, "  {}\n", usage_line(path));
    let at_root = path.0.len() == 1;
    if at_root {
        for group in groups {
            let _ = writeln!(out, "{}", group.title);
            let named = group.commands.iter().filter_map(|name| leaf.find_subcommand(name));
            list(&mut out, named);
        }
    } else if leaf.has_subcommands() {
        out.push_str("Available Commands:\n");
        let mut children: Vec<&Command> = leaf.get_subcommands().collect();
        children.sort_by_key(|child| child.get_name());
        list(&mut out, children.into_iter());
    }
    if !at_root {
        let _ = writeln!(out, "Flags:\n{}", flags(path));
    }
    if leaf.has_subcommands() {
        let _ = writeln!(out, "Use \"{} [command] --help\" for more information about a command.", path.name());
    }
    out
}

/// The global flags, as `options` prints them.
pub fn options(root: &Command) -> String {
    columns(root.get_arguments().filter(|arg| arg.get_long().is_some()).map(entry).collect())
}

fn usage_line(path: &Path<'_>) -> String {
    let leaf = path.leaf();
    if leaf.has_subcommands() {
        return format!("{} [command]", path.name());
    }
    let line = leaf.clone().render_usage().to_string();
    let line = line.strip_prefix("Usage: ").unwrap_or(&line);
    let above = Path(path.0[..path.0.len() - 1].to_vec()).name();
    format!("{above} {line} [flags]")
}

fn list<'a>(out: &mut String, commands: impl Iterator<Item = &'a Command>) {
    let commands: Vec<&Command> = commands.collect();
    let width = commands.iter().map(|command| command.get_name().len()).max().unwrap_or(0).max(11);
    for command in commands {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(out, "  {:<width$} {about}", command.get_name());
    }
    out.push('\n');
}

/// The flags of the command and of those between it and the root, and help.
fn flags(path: &Path<'_>) -> String {
    let mut entries: Vec<Entry> = path.0[1..]
        .iter()
        .flat_map(|command| command.get_arguments())
        .filter(|arg| arg.get_long().is_some())
        .map(entry)
        .collect();
    let help = format!("help for {}", path.leaf().get_name());
    entries.push(Entry { short: Some('h'), name: "help".into(), kind: String::new(), help });
    columns(entries)
}

struct Entry {
    short: Option<char>,
    name: String,
    kind: String,
    help: String,
}

fn entry(arg: &Arg) -> Entry {
    let kind = match arg.get_value_names() {
        Some([kind]) if !is_switch(arg) => format!(" {kind}"),
        _ => String::new(),
    };
    let mut help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let default = arg.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
    match default.as_deref() {
        None | Some("" | "0" | "false") if kind != " string" => {}
        None | Some("") => {}
        Some(default) if kind == " string" => help.push_str(&format!(" (default \"{default}\")")),
        Some(default) if kind == " strings" => help.push_str(&format!(" (default [{default}])")),
        Some(default) => help.push_str(&format!(" (default {default})")),
    }
    Entry { short: arg.get_short(), name: arg.get_long().unwrap_or_default().to_owned(), kind, help }
}

fn columns(mut entries: Vec<Entry>) -> String {
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    let width = entries.iter().map(|entry| entry.name.len() + entry.kind.len()).max().unwrap_or(0);
    let mut out = String::new();
    for entry in entries {
        let short = entry.short.map_or("    ".to_owned(), |short| format!("-{short}, "));
        let name = format!("{}{}", entry.name, entry.kind);
        let _ = writeln!(out, "  {short}--{name:<width$}   {}", entry.help);
    }
    out
}

//! The manual page of a tool whose commands are defined with clap: one page, every command on it.

use super::roff::Page;
use clap::{Arg, Command};

/// The page.
pub fn page(root: &Command) -> String {
    let name = root.get_name();
    let about = about(root);
    let mut page = Page::new(name, about.trim_end_matches('.'));
    page.section("synopsis");
    page.text(&format!("{name} [flags] command [flags] [arguments]\netcd ctl ..."));
    page.section("description");
    page.text(
        "Asks and tells a cluster of etcd. A command may be shortened to any beginning that no other has. Every flag below \
         can be set by a variable too: ETCDCTL_ and its name in capitals, with _ for -.",
    );
    page.section("flags of every command");
    flags(&mut page, root);
    page.section("commands");
    commands(&mut page, root, &[name]);
    page.section("exit status");
    page.text("0 when all went well, 1 when it did not, 128 when the arguments are wrong.");
    page.section("see also");
    page.text("etcd(1)");
    page.end()
}

fn commands(page: &mut Page, command: &Command, above: &[&str]) {
    for child in command.get_subcommands().filter(|child| child.get_name() != "help") {
        let path = [above, &[child.get_name()]].concat();
        if child.has_subcommands() {
            commands(page, child, &path);
            continue;
        }
        let usage = child.clone().render_usage().to_string();
        let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage).to_owned();
        page.part(&format!("{} {usage}", above.join(" ")));
        page.text(&about(child));
        flags(page, child);
    }
}

fn about(command: &Command) -> String {
    command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default()
}

fn flags(page: &mut Page, command: &Command) {
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
        let Some(long) = arg.get_long() else { continue };
        let short = arg.get_short().map_or(String::new(), |short| format!("-{short}, "));
        page.term(
            &format!("{short}--{long}{}", value(arg)),
            &arg.get_help().map(ToString::to_string).unwrap_or_default(),
        );
    }
}

fn value(arg: &Arg) -> String {
    match (arg.get_value_names(), arg.get_action().takes_values()) {
        (Some([name]), true) => format!(" {name}"),
        _ => String::new(),
    }
}

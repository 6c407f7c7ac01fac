//! Which command is meant.

use clap::{Arg, ArgAction, Command};
use std::os::unix::ffi::OsStrExt;

/// A command with those above it, the root first.
#[derive(Clone)]
pub struct Path<'a>(pub Vec<&'a Command>);

impl<'a> Path<'a> {
    /// The command itself.
    pub fn leaf(&self) -> &'a Command {
        self.0[self.0.len() - 1]
    }

    /// `etcdctl member list`.
    pub fn name(&self) -> String {
        self.0.iter().map(|command| command.get_name()).collect::<Vec<_>>().join(" ")
    }

    /// The flag of that long name, here or above, with the depth at which it is defined.
    pub fn long(&self, name: &[u8]) -> Option<(usize, &'a Arg)> {
        self.flag(|arg| arg.get_long().is_some_and(|long| long.as_bytes() == name))
    }

    /// The flag of that letter.
    pub fn short(&self, letter: u8) -> Option<(usize, &'a Arg)> {
        self.flag(|arg| arg.get_short() == Some(char::from(letter)))
    }

    fn flag(&self, is_it: impl Fn(&Arg) -> bool) -> Option<(usize, &'a Arg)> {
        let levels = self.0.iter().copied().enumerate().rev();
        levels
            .into_iter()
            .find_map(|(depth, command)| command.get_arguments().find(|arg| is_it(arg)).map(|arg| (depth, arg)))
    }
}

/// Is it a switch that is off unless given?
pub fn is_bare(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::SetTrue)
}

/// Is it a switch: a flag that needs no value?
pub fn is_switch(arg: &Arg) -> bool {
    is_bare(arg) || arg.get_num_args().is_some_and(|range| range.min_values() == 0 && range.takes_values())
}

/// Words of a command line, as bytes: keys need not be text.
pub type Words = Vec<Vec<u8>>;

/// Reads the process's arguments.
pub fn words(args: impl IntoIterator<Item = std::ffi::OsString>) -> Words {
    args.into_iter().map(|arg| arg.as_bytes().to_vec()).collect()
}

/// Walks down from the root; returns the command and the words that are left when its name is taken out.
pub fn find<'a>(root: &'a Command, words: &Words) -> (Path<'a>, Words) {
    let mut path = Path(vec![root]);
    let mut left = words.clone();
    while let Some(index) = first_positional(&path, &left) {
        match child(path.leaf(), &left[index]) {
            Some(command) => path.0.push(command),
            None => break,
        }
        left.remove(index);
    }
    (path, left)
}

/// The first word that is neither a flag nor, as far as can be told yet, the value of one.
pub fn first_positional(path: &Path<'_>, words: &Words) -> Option<usize> {
    let mut index = 0;
    while let Some(word) = words.get(index) {
        match word.as_slice() {
            b"--" => return None,
            [b'-', b'-', name @ ..] if !name.contains(&b'=') => {
                index += if path.long(name).is_some_and(|(_, arg)| is_switch(arg)) { 1 } else { 2 };
            }
            [b'-', letter] if *letter != b'=' => {
                index += if path.short(*letter).is_some_and(|(_, arg)| is_switch(arg)) { 1 } else { 2 };
            }
            [] | [b'-', ..] => index += 1,
            _ => return Some(index),
        }
    }
    None
}

/// The subcommand of that name, or the only one whose name begins so.
fn child<'a>(command: &'a Command, word: &[u8]) -> Option<&'a Command> {
    let by_name = command.get_subcommands().find(|child| child.get_name().as_bytes() == word);
    by_name.or_else(|| {
        let mut matching = command.get_subcommands().filter(|child| child.get_name().as_bytes().starts_with(word));
        let first = matching.next();
        first.filter(|_| matching.next().is_none())
    })
}

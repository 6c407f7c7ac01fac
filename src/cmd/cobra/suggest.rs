//! "Did you mean this?"

use clap::Command;

/// How many letters may be wrong.
const DISTANCE_MAX: usize = 2;

/// The subcommands whose names are close to the word or begin with it, in the order of their definition.
pub fn suggestions<'a>(command: &'a Command, word: &str) -> Vec<&'a str> {
    let word = word.to_lowercase();
    let names = command.get_subcommands().map(Command::get_name);
    names.filter(|name| name.starts_with(&word) || distance(name, &word) <= DISTANCE_MAX).collect()
}

/// Letters to add, drop or change (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!((distance("put", "putt"), distance("kitten", "sitting"), distance("", "abc")), (1, 3, 3));
    }
}

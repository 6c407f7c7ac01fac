//! Names for what differs from run to run.

use std::collections::BTreeMap;

/// What names stand for.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// A name stands for this from now on.
    pub fn set(&mut self, name: &str, value: String) {
        self.0.insert(name.to_owned(), value);
    }

    pub fn knows(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The text with all names replaced. Each must be known.
    pub fn fill_in(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, name, behind)) = first_name(rest) {
            let value = self.0.get(name).unwrap_or_else(|| panic!("{name:?} is not known yet in {text:?}"));
            filled.extend([before, value]);
            rest = behind;
        }
        filled + rest
    }

    /// Is this the line that is expected? New names stand for what they meet.
    pub fn meets(&mut self, expected: &str, line: &str) -> bool {
        let met = self.meet(expected, line);
        let is_met = met.is_some();
        *self = met.unwrap_or_else(|| self.clone());
        is_met
    }

    fn meet(&self, expected: &str, line: &str) -> Option<Self> {
        let Some((before, name, behind)) = first_name(expected) else {
            return (expected == line).then(|| self.clone());
        };
        let line = line.strip_prefix(before)?;
        if let Some(value) = self.0.get(name) {
            return self.meet(behind, line.strip_prefix(value.as_str())?);
        }
        let mut names = self.clone();
        // As little as will do.
        let ends = line.char_indices().map(|(at, c)| at + c.len_utf8());
        let mut ends = if name == "*" { Some(0) } else { None }.into_iter().chain(ends);
        ends.find_map(|end| {
            if name != "*" {
                names.set(name, line[..end].to_owned());
            }
            names.meet(behind, &line[end..])
        })
    }

    /// A line as it reads with the names that are known, longest values first.
    pub fn show(&self, line: &str) -> String {
        let mut known: Vec<_> = self.0.iter().filter(|(_, value)| value.len() > 3).collect();
        known.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        known.iter().fold(line.to_owned(), |line, (name, value)| line.replace(value.as_str(), &format!("<{name}>")))
    }
}

/// The names that a text has.
pub fn all_in(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, name, behind)) = first_name(rest) {
        names.push(name);
        rest = behind;
    }
    names
}

/// The first name of a text, and what stands around it.
fn first_name(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('<')?;
    let (name, behind) = rest.split_once('>')?;
    Some((before, name, behind))
}

#[test]
fn names_stand_for_what_they_meet_first() {
    let mut names = Names::default();
    assert!(names.meets("<a>, <*>, <b>", "1, any, thing, 2"));
    assert_eq!(names.fill_in("<b> <a>"), "thing, 2 1");
    assert!(names.meets("<a><*>", "1"));
    assert!(!names.meets("<a> <c>", "2 3") && !names.knows("c"));
    assert_eq!(names.show("thing, 2"), "<b>");
}

//! The form of a script.

/// A file.
pub struct Script {
    pub steps: Vec<Step>,
}

/// One thing to do, and what must come of it.
pub struct Step {
    /// Where it stands in the file.
    pub line: usize,
    pub action: Action,
    pub reaction: Reaction,
}

pub enum Action {
    Type(String),
    TypeUntil(String),
    /// Members, and what they log in the end.
    Says(Vec<String>, String),
    /// Members, and how they end.
    Ends(Vec<String>, String),
    StartsAgain(Vec<String>),
}

/// Lines of output, with names for what differs.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reaction {
    pub stdout: Vec<String>,
    pub stderr: Vec<String>,
    pub code: i32,
}

impl Script {
    pub fn parse(text: &str) -> Self {
        let mut steps: Vec<Step> = Vec::new();
        for (number, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line)) {
            let (kind, rest) = line.split_at_checked(1).unwrap_or(("", ""));
            let rest = rest.strip_prefix(' ').unwrap_or(rest);
            let action = match kind {
                "" | "#" => continue,
                "$" => Action::Type(rest.to_owned()),
                "%" => Action::TypeUntil(rest.to_owned()),
                "@" => awaited(rest).unwrap_or_else(|| panic!("line {number}: not understood: {line}")),
                _ => {
                    let reaction = &mut steps.last_mut().expect("a command stands above its reaction").reaction;
                    match kind {
                        ">" => reaction.stdout.push(rest.to_owned()),
                        "!" => reaction.stderr.push(rest.to_owned()),
                        "=" => reaction.code = rest.parse().expect("an exit code"),
                        _ => panic!("line {number}: not understood: {line}"),
                    }
                    continue;
                }
            };
            steps.push(Step { line: number, action, reaction: Reaction::default() });
        }
        Self { steps }
    }
}

fn awaited(text: &str) -> Option<Action> {
    let members = |names: &str| names.split(", ").map(String::from).collect();
    // One says, many say.
    let verb = |one: &str, many: &str| text.split_once(one).or_else(|| text.split_once(many));
    if let Some((names, text)) = verb(" says ", " say ") {
        return Some(Action::Says(members(names), text.into()));
    }
    if let Some((names, how)) = verb(" ends ", " end ") {
        return Some(Action::Ends(members(names), how.into()));
    }
    verb(" starts again", " start again").map(|(names, _)| Action::StartsAgain(members(names)))
}

//! The form of a transcript, read and written.

use std::fmt;

/// A file.
pub struct Transcript {
    pub steps: Vec<Step>,
}

/// A command and what it should say.
#[derive(Default)]
pub struct Step {
    /// Comments and empty lines above it.
    pub above: Vec<String>,
    pub command: String,
    pub input: Vec<u8>,
    pub lines_wanted: Option<usize>,
    pub reaction: Reaction,
}

/// What a command said, made comparable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reaction {
    pub stdout: Vec<String>,
    pub stderr: Vec<String>,
    pub code: i32,
}

impl Transcript {
    pub fn parse(text: &str) -> Self {
        let mut steps: Vec<Step> = Vec::new();
        let mut above = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let (kind, rest) = line.split_at_checked(1).unwrap_or(("", ""));
            let rest = rest.strip_prefix(' ').unwrap_or(rest);
            if kind == "$" {
                steps.push(Step { above: std::mem::take(&mut above), command: rest.to_owned(), ..Default::default() });
                continue;
            }
            if matches!(kind, "" | "#") {
                above.push(line.to_owned());
                continue;
            }
            let step = steps.last_mut().unwrap_or_else(|| panic!("line {}: no command above it", number + 1));
            match kind {
                "<" => step.input.extend_from_slice(format!("{rest}\n").as_bytes()),
                "^" => step.lines_wanted = Some(rest.parse().expect("a number of lines")),
                ">" => step.reaction.stdout.push(rest.to_owned()),
                "!" => step.reaction.stderr.push(rest.to_owned()),
                "=" => step.reaction.code = rest.parse().expect("an exit code"),
                _ => panic!("line {}: not understood: {line}", number + 1),
            }
        }
        Self { steps }
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            for line in &step.above {
                writeln!(f, "{line}")?;
            }
            writeln!(f, "$ {}", step.command)?;
            for line in String::from_utf8_lossy(&step.input).lines() {
                writeln!(f, "{}", format!("< {line}").trim_end())?;
            }
            if let Some(lines) = step.lines_wanted {
                writeln!(f, "^ {lines}")?;
            }
            write!(f, "{}", step.reaction)?;
        }
        Ok(())
    }
}

impl fmt::Display for Reaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.stdout {
            writeln!(f, "{}", format!("> {line}").trim_end())?;
        }
        for line in &self.stderr {
            writeln!(f, "{}", format!("! {line}").trim_end())?;
        }
        if self.code != 0 {
            writeln!(f, "= {}", self.code)?;
        }
        Ok(())
    }
}

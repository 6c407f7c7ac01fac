//! The language of the scripts: a case is variables, perhaps a config file, a command line, and the recorded reaction.

/// A case.
#[derive(Debug, Default)]
pub struct Case {
    /// Comments and other lines above it, as they are.
    head: String,
    env: Vec<String>,
    /// What every config file holds.
    pub file: Option<String>,
    line: String,
    /// What was recorded.
    pub reaction: String,
    /// We differ from etcd on purpose.
    pub is_ours: bool,
}

impl Case {
    /// The words behind the program's name. A word may stand in single quotes.
    pub fn words(&self) -> Vec<&str> {
        let mut words = Vec::new();
        let mut rest = self.line.strip_prefix("etcd").unwrap().trim_start();
        while !rest.is_empty() {
            let (word, after) = match rest.strip_prefix('\'') {
                Some(quoted) => quoted.split_once('\'').expect("a closing quote"),
                None => rest.split_at(rest.find(' ').unwrap_or(rest.len())),
            };
            words.push(word);
            rest = after.trim_start();
        }
        words
    }

    /// Names and values.
    pub fn variables(&self) -> Vec<(&str, &str)> {
        self.env.iter().map(|pair| pair.split_once('=').unwrap()).collect()
    }
}

/// Takes a script apart.
pub fn read(text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for block in text.split("\n\n").filter(|block| !block.trim().is_empty()) {
        let mut case = Case::default();
        let (typed, reaction) = block.split_once("\n----").unwrap_or((block, ""));
        case.reaction = reaction.trim_start_matches('\n').trim_end().to_owned();
        for line in typed.lines() {
            if let Some(pair) = line.strip_prefix("env ") {
                case.env.push(pair.to_owned());
            } else if line == "file" {
                case.file = Some(String::new());
            } else if let (Some(file), Some(content)) = (&mut case.file, line.strip_prefix("  ")) {
                file.push_str(&content.replace("\\t", "\t"));
                file.push('\n');
            } else if line == "etcd" || line.starts_with("etcd ") {
                case.line = line.to_owned();
            } else if line == "ours" || line.starts_with('#') {
                case.is_ours |= line == "ours";
                case.head.push_str(line);
                case.head.push('\n');
            } else {
                panic!("what is {line:?}?");
            }
        }
        assert!(!case.line.is_empty(), "a command line in {block:?}");
        cases.push(case);
    }
    cases
}

/// The script with the reactions that `react` gives.
pub fn write(cases: &[Case], react: impl Fn(&Case) -> String) -> String {
    let mut text = String::new();
    for case in cases {
        text.push_str(&case.head);
        case.env.iter().for_each(|pair| text.push_str(&format!("env {pair}\n")));
        if let Some(file) = &case.file {
            text.push_str("file\n");
            file.lines().for_each(|line| text.push_str(&format!("  {}\n", line.replace('\t', "\\t"))));
        }
        text.push_str(&format!("{}\n----\n{}\n", case.line, react(case)));
    }
    text
}

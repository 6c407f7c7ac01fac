//! Rust source as the rules see it: tokens without comments and literals, and the paths that they spell.
//!
//! This is no parser. It knows comments, literals, braces, `use` trees and what belongs to `#[cfg(test)]`, which is
//! all that the rules ask for.

use std::collections::BTreeSet;
use std::path::{Path as FilePath, PathBuf};

/// One file.
#[derive(Debug)]
pub struct Source {
    /// Path below the package, with slashes.
    pub path: String,
    /// The text as it is.
    pub text: String,
    /// Identifiers and punctuation; a literal is `""`, comments and lifetimes are gone.
    pub tokens: Vec<Token>,
    /// Modules that the file declares for tests only, as in `#[cfg(test)] mod tests;`.
    pub test_modules: BTreeSet<String>,
}

/// An identifier, a number, a punctuation mark, `::`, or `""` for a literal.
#[derive(Clone, Debug)]
pub struct Token {
    /// How it is written.
    pub text: String,
    /// Counted from 1.
    pub line: usize,
    /// Whether it belongs to test code.
    pub test: bool,
    /// How many inline modules it is inside of.
    pub depth: usize,
}

/// A path such as `crate::a::B`, one for every leaf of a `use` tree.
#[derive(Clone, Debug)]
pub struct Path {
    /// What stands between the colons; `*` for a glob.
    pub segments: Vec<String>,
    /// The name it has here.
    pub name: String,
    /// Where it comes from.
    pub kind: Kind,
    /// Counted from 1.
    pub line: usize,
    /// Whether it belongs to test code.
    pub test: bool,
    /// How many inline modules it is inside of.
    pub depth: usize,
}

/// What a path is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `pub use`
    Export,
    /// `use`
    Import,
    /// In an expression or a type.
    Plain,
}

/// Every `.rs` file of the package's own code.
pub fn package() -> Vec<Source> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![root.join("build.rs")];
    for dir in ["src", "tests", "examples", "proto/raft-proto/src", "proto/raft-proto/tests"] {
        collect(&root.join(dir), &mut files);
    }
    files.sort();
    let name = |file: &FilePath| file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
    let sources = files.iter().map(|file| Source::new(&name(file), &std::fs::read_to_string(file).unwrap()));
    link(sources.collect())
}

fn collect(dir: &FilePath, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Marks the files of modules that are declared for tests only.
pub fn link(mut sources: Vec<Source>) -> Vec<Source> {
    let mut tests: Vec<String> = Vec::new();
    for source in &sources {
        let home = source.home();
        tests.extend(source.test_modules.iter().map(|module| format!("{home}/{module}")));
    }
    for source in &mut sources {
        if tests.iter().any(|stem| source.path == format!("{stem}.rs") || source.path.starts_with(&format!("{stem}/")))
        {
            source.tokens.iter_mut().for_each(|token| token.test = true);
        }
    }
    sources
}

impl Source {
    /// Reads one file's text.
    pub fn new(path: &str, text: &str) -> Source {
        let tokens = tokens(text);
        let mut source = Source { path: path.into(), text: text.into(), tokens, test_modules: BTreeSet::new() };
        source.mark_tests();
        source.mark_inline_modules();
        source
    }

    /// The folder in which the files of its child modules lie: `src/raft` for `src/raft/mod.rs`.
    pub fn home(&self) -> String {
        let (dir, file) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        match file {
            "mod.rs" | "lib.rs" | "main.rs" => dir.into(),
            _ => self.path.trim_end_matches(".rs").into(),
        }
    }

    /// The module's path in the crate, without `crate`: `[raft, node]`; empty for `lib.rs`.
    pub fn module(&self) -> Vec<String> {
        let home = self.home();
        home.split('/').skip(1).map(String::from).collect()
    }

    /// Whether token `at` and those behind it are `words`.
    pub fn is_at(&self, at: usize, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(i, word)| self.tokens.get(at + i).is_some_and(|token| token.text == *word))
    }

    /// The index of the bracket that closes the one at `open`; the last token if there is none.
    pub fn closing(&self, open: usize) -> usize {
        let mut level = 0usize;
        for (i, token) in self.tokens.iter().enumerate().skip(open) {
            match token.text.as_str() {
                "(" | "[" | "{" => level += 1,
                ")" | "]" | "}" => level = level.saturating_sub(1),
                _ => {}
            }
            if level == 0 {
                return i;
            }
        }
        self.tokens.len().saturating_sub(1)
    }

    /// The first `{` or `;` from `at` on that is outside of round and square brackets.
    pub fn body(&self, mut at: usize) -> Option<usize> {
        while let Some(token) = self.tokens.get(at) {
            match token.text.as_str() {
                "{" | ";" => return Some(at),
                "(" | "[" => at = self.closing(at) + 1,
                _ => at += 1,
            }
        }
        None
    }

    fn mark_tests(&mut self) {
        let whole = self.path.starts_with("tests/") || self.path.contains("/tests/");
        self.tokens.iter_mut().for_each(|token| token.test = whole);
        for at in 0..self.tokens.len() {
            if !self.is_at(at, &["#", "[", "cfg", "("]) {
                continue;
            }
            let end = self.closing(at + 1);
            if !self.tokens[at..end].iter().any(|token| token.text == "test") {
                continue;
            }
            let Some(body) = self.body(end + 1) else { continue };
            if self.tokens[body].text == ";" && self.is_at(body - 2, &["mod"]) {
                self.test_modules.insert(self.tokens[body - 1].text.clone());
            }
            let last = if self.tokens[body].text == "{" { self.closing(body) } else { body };
            self.tokens[at..=last].iter_mut().for_each(|token| token.test = true);
        }
    }

    fn mark_inline_modules(&mut self) {
        for at in 0..self.tokens.len() {
            if self.is_at(at, &["mod"]) && self.is_at(at + 2, &["{"]) {
                let last = self.closing(at + 2);
                self.tokens[at + 3..last].iter_mut().for_each(|token| token.depth += 1);
            }
        }
    }

    /// Every path of the file.
    pub fn paths(&self) -> Vec<Path> {
        let mut paths = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let token = &self.tokens[at];
            if token.text == "use" && !self.is_at(at + 1, &["<"]) {
                let before = if at == 0 { "" } else { &self.tokens[at - 1].text };
                let kind = if before == "pub" || before == ")" { Kind::Export } else { Kind::Import };
                at = self.use_tree(at + 1, &[], kind, &mut paths);
            } else if is_word(&token.text) {
                let mut segments = vec![token.text.clone()];
                let first = at;
                while self.is_at(at + 1, &["::"]) && self.tokens.get(at + 2).is_some_and(|t| is_word(&t.text)) {
                    segments.push(self.tokens[at + 2].text.clone());
                    at += 2;
                }
                let rooted = first > 0 && self.is_at(first - 1, &["::"]);
                if segments.len() > 1 && !rooted {
                    paths.push(self.path_at(first, segments, Kind::Plain));
                }
                at += 1;
            } else {
                at += 1;
            }
        }
        paths
    }

    fn path_at(&self, at: usize, segments: Vec<String>, kind: Kind) -> Path {
        let Token { line, test, depth, .. } = self.tokens[at];
        Path { name: segments.last().cloned().unwrap_or_default(), segments, kind, line, test, depth }
    }

    /// Reads one branch of a `use` tree and returns the index behind it.
    fn use_tree(&self, mut at: usize, above: &[String], kind: Kind, paths: &mut Vec<Path>) -> usize {
        let first = at;
        let mut segments = above.to_vec();
        while let Some(token) = self.tokens.get(at) {
            match token.text.as_str() {
                "::" => at += 1,
                "{" => {
                    let end = self.closing(at);
                    at += 1;
                    while at < end {
                        at = self.use_tree(at, &segments, kind, paths);
                        at += usize::from(self.is_at(at, &[","]));
                    }
                    return end + 1;
                }
                "as" => {
                    let mut path = self.path_at(first, segments, kind);
                    path.name = self.tokens.get(at + 1).map(|alias| alias.text.clone()).unwrap_or_default();
                    paths.push(path);
                    return at + 2;
                }
                "self" if !segments.is_empty() => at += 1,
                word if is_word(word) || word == "*" => {
                    segments.push(word.into());
                    at += 1;
                }
                _ => break,
            }
        }
        paths.push(self.path_at(first.min(self.tokens.len() - 1), segments, kind));
        // A tree that this reader does not understand must not stop it.
        at.max(first + 1)
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let (length, word) = next(&chars[at..]);
        if let Some(text) = word {
            tokens.push(Token { text, line, test: false, depth: 0 });
        }
        line += chars[at..at + length].iter().filter(|c| **c == '\n').count();
        at += length;
    }
    tokens
}

/// The length of what stands first, and how it counts as a token.
fn next(rest: &[char]) -> (usize, Option<String>) {
    let literal = |length: usize| (length, Some(String::from("\"\"")));
    match (rest[0], rest.get(1)) {
        ('/', Some('/')) => (rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()), None),
        ('/', Some('*')) => (block_comment(rest), None),
        ('"', _) => literal(quoted(rest)),
        ('\'', Some('\\')) => literal(2 + rest.iter().skip(3).position(|c| *c == '\'').unwrap_or(0) + 2),
        ('\'', _) if rest.get(2) == Some(&'\'') => literal(3),
        ('\'', _) => (1 + word_length(&rest[1..]), None),
        (':', Some(':')) => (2, Some("::".into())),
        (c, _) if c.is_alphanumeric() || c == '_' => {
            let length = word_length(rest);
            let word: String = rest[..length].iter().collect();
            match (word.as_str(), rest.get(length)) {
                ("b" | "c" | "r" | "br" | "cr", Some('"' | '#')) if raw_length(&rest[length..], &word).is_some() => {
                    literal(length + raw_length(&rest[length..], &word).unwrap_or(0))
                }
                ("b", Some('\'')) => literal(1 + next(&rest[1..]).0),
                _ => (length, Some(word)),
            }
        }
        (c, _) if c.is_whitespace() => (1, None),
        (c, _) => (1, Some(c.into())),
    }
}

fn word_length(rest: &[char]) -> usize {
    rest.iter().position(|c| !c.is_alphanumeric() && *c != '_').unwrap_or(rest.len())
}

fn quoted(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != '"' {
        at += 1 + usize::from(rest[at] == '\\');
    }
    (at + 1).min(rest.len())
}

/// The length of a string behind its prefix; `None` if it is none (`r#type`).
fn raw_length(rest: &[char], prefix: &str) -> Option<usize> {
    let hashes = rest.iter().position(|c| *c != '#')?;
    if rest[hashes] != '"' {
        return None;
    }
    if !prefix.ends_with('r') {
        return (hashes == 0).then(|| quoted(rest));
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let inner = &rest[hashes + 1..];
    let length =
        inner.windows(end.len()).position(|window| window == end).unwrap_or(inner.len() - hashes.min(inner.len()));
    Some((hashes + 1 + length + end.len()).min(rest.len()))
}

fn block_comment(rest: &[char]) -> usize {
    let (mut level, mut at) = (0, 0);
    while at < rest.len() {
        match (rest[at], rest.get(at + 1)) {
            ('/', Some('*')) => (level, at) = (level + 1, at + 2),
            ('*', Some('/')) => (level, at) = (level - 1, at + 2),
            _ => at += 1,
        }
        if level == 0 {
            break;
        }
    }
    at.min(rest.len())
}

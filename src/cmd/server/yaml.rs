//! A YAML (or JSON) document as a tree of JSON-like values. Plain words are taken as go-yaml takes them: `yes` and `on`
//! are booleans, `0x10` is a number.
//!
//! The parser is the crate saphyr-parser: events with the style of each scalar, which is what tells `on` from `"on"`.

use saphyr_parser::{Event, Parser, ScalarStyle};
use std::collections::{BTreeMap, HashMap};

/// A value of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Keys and values, by key; of a repeated key the last one counts.
    Map(BTreeMap<String, Node>),
}

/// Values that a document may have once its aliases are followed: far above any config file, and far below what a
/// document that repeats itself can grow to.
const NODES_MAX: usize = 100_000;
/// Depth of a document.
const DEPTH_MAX: usize = 64;

/// Reads the first document of `text`; no document at all is nothing. The error says what is wrong and where.
pub fn read(text: &str) -> Result<Node, String> {
    let mut reader = Reader { parser: Parser::new_from_str(text), anchors: HashMap::new(), nodes: 0 };
    loop {
        match reader.next()? {
            Event::StreamEnd => return Ok(Node::Null),
            Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
            event => return reader.node(event, 0),
        }
    }
}

struct Reader<'t> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<Event<'t>, String> {
        match self.parser.next() {
            Some(Ok((event, _))) => Ok(event),
            Some(Err(error)) => Err(format!("line {}: {}", error.marker().line(), error.info())),
            None => Ok(Event::StreamEnd),
        }
    }

    fn node(&mut self, event: Event<'t>, depth: usize) -> Result<Node, String> {
        if depth > DEPTH_MAX {
            return Err("exceeded max depth".into());
        }
        let (anchor, node) = match event {
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned().ok_or("unknown anchor referenced")?;
                self.count(size(&node))?;
                return Ok(node);
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.count(1)?;
                let is_text = style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.suffix == "str");
                (anchor, if is_text { Node::Text(text.into_owned()) } else { plain(&text) })
            }
            Event::SequenceStart(anchor, _) => (anchor, self.list(depth)?),
            Event::MappingStart(anchor, _) => (anchor, self.map(depth)?),
            _ => return Err("did not find expected node content".into()),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn list(&mut self, depth: usize) -> Result<Node, String> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                Event::SequenceEnd => return Ok(Node::List(items)),
                event => items.push(self.node(event, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Node, String> {
        let mut map = BTreeMap::new();
        loop {
            let key = match self.next()? {
                Event::MappingEnd => return Ok(Node::Map(map)),
                event => match self.node(event, depth + 1)? {
                    Node::Text(key) => key,
                    Node::Bool(key) => key.to_string(),
                    Node::Int(key) => key.to_string(),
                    Node::Float(key) => key.to_string(),
                    Node::Null => "null".into(),
                    Node::List(_) | Node::Map(_) => return Err("invalid map key".into()),
                },
            };
            let event = self.next()?;
            let value = self.node(event, depth + 1)?;
            map.insert(key, value);
        }
    }

    fn count(&mut self, nodes: usize) -> Result<(), String> {
        self.nodes += nodes;
        if self.nodes > NODES_MAX { Err("document contains excessive aliasing".into()) } else { Ok(()) }
    }
}

fn size(node: &Node) -> usize {
    match node {
        Node::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Node::Map(map) => 1 + map.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// A word without quotes.
fn plain(text: &str) -> Node {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Node::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => return Node::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => {
            return Node::Bool(false);
        }
        _ => {}
    }
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
    if !is_number {
        return Node::Text(text.to_owned());
    }
    let digits = text.replace('_', "");
    let (sign, magnitude) = match digits.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, digits.strip_prefix('+').unwrap_or(&digits)),
    };
    let whole = match magnitude.get(..2) {
        Some("0x") => i128::from_str_radix(&magnitude[2..], 16),
        Some("0o") => i128::from_str_radix(&magnitude[2..], 8),
        Some("0b") => i128::from_str_radix(&magnitude[2..], 2),
        _ if magnitude.starts_with(['+', '-']) => return Node::Text(text.to_owned()),
        _ if magnitude.starts_with('0') && magnitude.len() > 1 => i128::from_str_radix(magnitude, 8),
        _ => magnitude.parse(),
    };
    if let Ok(whole) = whole {
        return Node::Int(sign * whole);
    }
    let is_float = magnitude.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    match digits.parse::<f64>() {
        Ok(float) if is_float && float.is_finite() => Node::Float(float),
        _ => Node::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Node {
        match read(&format!("k: {text}\n")) {
            Ok(Node::Map(mut map)) => map.remove("k").unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn words_are_taken_as_go_takes_them() {
        for (text, node) in [
            ("", Node::Null),
            ("~", Node::Null),
            ("on", Node::Bool(true)),
            ("'on'", Node::Text("on".into())),
            ("No", Node::Bool(false)),
            ("100", Node::Int(100)),
            ("-0x10", Node::Int(-16)),
            ("010", Node::Int(8)),
            ("1_000", Node::Int(1000)),
            ("1e2", Node::Float(100.0)),
            ("1.5", Node::Float(1.5)),
            ("10m", Node::Text("10m".into())),
            ("127.0.0.1", Node::Text("127.0.0.1".into())),
            ("http://localhost:2380", Node::Text("http://localhost:2380".into())),
            ("!!str 5", Node::Text("5".into())),
        ] {
            assert_eq!(value(text), node, "{text}");
        }
    }

    #[test]
    fn documents_that_are_not_there_and_documents_that_follow() {
        assert_eq!(read(""), Ok(Node::Null));
        assert_eq!(read("# nothing\n"), Ok(Node::Null));
        let first = read("---\na: 1\n---\nb: 2\n").unwrap();
        assert_eq!(first, Node::Map(BTreeMap::from([("a".into(), Node::Int(1))])));
        assert_eq!(read(r#"{"a": 1,}"#).unwrap(), first);
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for text in ["a: b: c", "name: [a", "a:\n\t- b", "name: \"a", "a: *x", "- a\nb: c", "? [a]\n: b"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_document_that_repeats_itself_is_refused() {
        let mut text = String::from("a0: &a0 [x]\n");
        for level in 1..40 {
            let before = level - 1;
            text.push_str(&format!("a{level}: &a{level} [*a{before}, *a{before}, *a{before}]\n"));
        }
        assert_eq!(read(&text), Err("document contains excessive aliasing".into()));
        assert!(read(&"[".repeat(10_000)).is_err());
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics(text: String) {
            let _ = read(&text);
        }
    }
}

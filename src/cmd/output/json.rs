//! Go's encoding/json: one line, numbers as numbers, bytes in base64, zero values left out unless the field says otherwise,
//! `<`, `>` and `&` escaped.

use base64::{Engine, engine::general_purpose::STANDARD};
use std::fmt::{Display, Write};

/// An object under construction. The methods named after a type leave a zero value out; those on `always_` do not.
#[derive(Clone, Debug, Default)]
pub struct Object {
    fields: String,
}

impl Object {
    /// An object without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// A number, left out when zero, or `true`, left out when false.
    pub fn plain<V: Display + Default + PartialEq>(self, name: &str, value: V) -> Self {
        if value == V::default() { self } else { self.always_plain(name, value) }
    }

    /// A number, `true` or `false`.
    pub fn always_plain<V: Display>(self, name: &str, value: V) -> Self {
        self.raw(name, &value.to_string())
    }

    /// Text, left out when empty.
    pub fn text(self, name: &str, value: &str) -> Self {
        if value.is_empty() { self } else { self.always_text(name, value) }
    }

    /// Text.
    pub fn always_text(self, name: &str, value: &str) -> Self {
        self.raw(name, &string(value))
    }

    /// Bytes in base64, left out when empty.
    pub fn bytes(self, name: &str, value: &[u8]) -> Self {
        if value.is_empty() { self } else { self.raw(name, &base64(value)) }
    }

    /// An object, left out when there is none.
    pub fn object(self, name: &str, value: Option<Object>) -> Self {
        match value {
            Some(value) => self.raw(name, &value.finish()),
            None => self,
        }
    }

    /// A list, left out when empty.
    pub fn list(self, name: &str, items: impl IntoIterator<Item = String>) -> Self {
        let list = array(items);
        if list == "[]" { self } else { self.raw(name, &list) }
    }

    /// A list; Go's `null` when empty.
    pub fn always_list(self, name: &str, items: impl IntoIterator<Item = String>) -> Self {
        let list = array(items);
        self.raw(name, if list == "[]" { "null" } else { &list })
    }

    /// A list, `[]` when empty.
    pub fn full_list(self, name: &str, items: impl IntoIterator<Item = String>) -> Self {
        self.raw(name, &array(items))
    }

    /// The text of it.
    pub fn finish(&self) -> String {
        format!("{{{}}}", self.fields)
    }

    fn raw(mut self, name: &str, value: &str) -> Self {
        if !self.fields.is_empty() {
            self.fields.push(',');
        }
        // Writing to a string cannot fail.
        let _ = write!(self.fields, "\"{name}\":{value}");
        self
    }
}

/// `[a,b]` of what is JSON already.
pub fn array(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(","))
}

/// Bytes as a JSON string in base64.
pub fn base64(bytes: &[u8]) -> String {
    format!("\"{}\"", STANDARD.encode(bytes))
}

/// Text as a JSON string, with Go's escapes.
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..' ' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn zero_values_are_left_out_unless_told_otherwise() {
        let object = Object::new().plain("a", 0).text("b", "").bytes("c", b"").plain("d", false).object("e", None);
        assert_eq!(object.list("f", []).finish(), "{}");
        let object = Object::new().always_plain("a", 0u64).always_plain("b", false).always_list("c", []);
        assert_eq!(object.always_text("d", "").finish(), r#"{"a":0,"b":false,"c":null,"d":""}"#);
    }

    #[test]
    fn values_are_gos() {
        let inner = Object::new().plain("n", -1i64);
        let object = Object::new().bytes("k", b"foo").text("t", "<&>\u{1}\"").object("o", Some(inner));
        assert_eq!(object.finish(), r#"{"k":"Zm9v","t":"\u003c\u0026\u003e\u0001\"","o":{"n":-1}}"#);
    }

    proptest! {
        #[test]
        fn text_reads_back(text: String) {
            let read: String = serde_json::from_str(&string(&text)).unwrap();
            prop_assert_eq!(read, text);
        }
    }
}

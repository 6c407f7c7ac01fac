//! The text form of a protobuf message, field by field: see [`text`](super::text).

use std::fmt::{Display, Write};

/// Fields of a message, as they are written.
pub(super) struct Text {
    pub text: String,
    /// What stands between two fields, and behind the last.
    between: &'static str,
    behind: &'static str,
}

impl Text {
    pub fn plain() -> Self {
        Self { text: String::new(), between: "  ", behind: "" }
    }

    /// The style of messages whose value is hidden.
    pub fn hiding() -> Self {
        Self { text: String::new(), between: "", behind: " " }
    }

    pub fn always(mut self, name: &str, value: impl Display) -> Self {
        let between = if self.text.is_empty() { "" } else { self.between };
        // Writing to a String does not fail.
        let _ = write!(self.text, "{between}{name}:{value}{}", self.behind);
        self
    }

    /// Leaves it out when it is zero, false or empty.
    pub fn field<T: Display + Default + PartialEq>(self, name: &str, value: T) -> Self {
        if value == T::default() { self } else { self.always(name, value) }
    }

    pub fn bytes(self, name: &str, value: &[u8]) -> Self {
        if value.is_empty() { self } else { self.always(name, quoted(value)) }
    }

    pub fn strings<'a>(self, name: &str, values: impl IntoIterator<Item = &'a String>) -> Self {
        values.into_iter().fold(self, |text, value| text.always(name, quoted(value.as_bytes())))
    }

    /// A message within, if there is one.
    pub fn message(self, name: &str, value: Option<String>) -> Self {
        match value {
            Some(value) => {
                let between = if self.text.is_empty() { "" } else { self.between };
                let text = format!("{}{between}{name}:{{{value}}}", self.text);
                Self { text, ..self }
            }
            None => self,
        }
    }
}

/// In quotes, with what is no text escaped.
pub(super) fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                c if c < ' ' || c == '\x7f' => {
                    let _ = write!(text, "\\x{:02x}", c as u32);
                }
                c => text.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text + "\""
}

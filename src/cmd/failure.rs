//! How a command ends when it does not succeed.

use std::fmt;

/// The exit codes of etcd's tools (reference 5.1).
pub mod code {
    /// Anything that went wrong.
    pub const ERROR: u8 = 1;
    /// No connection, or the connection broke.
    pub const BAD_CONNECTION: u8 = 2;
    /// Input of `txn` or `watch` that cannot be read.
    pub const INVALID_INPUT: u8 = 3;
    /// A valid flag with a value, or a command, that is not supported.
    pub const UNSUPPORTED: u8 = 4;
    /// A watch that the server ended.
    pub const INTERRUPTED: u8 = 5;
    /// Output that could not be written.
    pub const IO: u8 = 6;
    /// Wrong arguments.
    pub const BAD_ARGUMENTS: u8 = 128;
}

/// An exit code, and what is said on standard error beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    code: u8,
    text: String,
}

impl Failure {
    /// `Error: ` and the message.
    pub fn new(code: u8, message: impl fmt::Display) -> Self {
        Self { code, text: format!("Error: {message}\n") }
    }

    /// What was wrong has been said already, or there is nobody to tell.
    pub fn silent(code: u8) -> Self {
        Self { code, text: String::new() }
    }

    /// The same, with more text below.
    pub fn with_more(mut self, more: &str) -> Self {
        self.text.push_str(more);
        self
    }

    /// The same, with another exit code.
    pub fn with_code(self, code: u8) -> Self {
        Self { code, ..self }
    }

    /// The message without `Error: `, for those who show it elsewhere.
    pub fn message(&self) -> &str {
        self.text.strip_prefix("Error: ").unwrap_or(&self.text).trim_end()
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        self.code
    }

    /// What to print on standard error: whole lines, or nothing.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Wrong arguments.
pub fn bad_arguments(message: impl fmt::Display) -> Failure {
    Failure::new(code::BAD_ARGUMENTS, message)
}

/// Not available yet.
pub fn not_available(what: impl fmt::Display) -> Failure {
    Failure::new(code::UNSUPPORTED, format!("{what} is not available in this version yet"))
}

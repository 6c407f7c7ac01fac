//! In which form output comes, and the way out.

use crate::cmd::{
    failure::{Failure, code},
    terminal,
};
use prost::Message;

/// `--write-out`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people and for scripts that want the least.
    Simple,
    /// One `"Name" : value` a line.
    Fields,
    /// One line of Go's JSON.
    Json,
    /// The response as it came over the wire.
    Protobuf,
    /// A drawn table, for the few nouns that have one.
    Table,
}

impl Format {
    /// Reads the name.
    pub fn parse(name: &str) -> Result<Self, Failure> {
        Ok(match name {
            "simple" => Self::Simple,
            "fields" => Self::Fields,
            "json" => Self::Json,
            "protobuf" => Self::Protobuf,
            "table" => Self::Table,
            _ => return Err(Failure::new(code::UNSUPPORTED, "unsupported output format")),
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Fields => "fields",
            Self::Json => "json",
            Self::Protobuf => "protobuf",
            Self::Table => "table",
        }
    }
}

/// How ids, and in the simple format keys and values, are written (`--hex`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// As numbers; keys and values as they are.
    Plain,
    /// In hexadecimal.
    Hex,
}

/// Which half of a key-value pair the simple format shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairs {
    /// Both.
    Whole,
    /// `--print-value-only`.
    Values,
}

/// Prints responses in the form asked for. Its methods are in the files of the nouns.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    pub(super) format: Format,
    pub(super) ids: Ids,
    pub(super) pairs: Pairs,
}

impl Output {
    /// Output in that form.
    pub fn new(format: Format, ids: Ids) -> Self {
        Self { format, ids, pairs: Pairs::Whole }
    }

    /// The same, showing values only.
    pub fn with_values_only(self) -> Self {
        Self { pairs: Pairs::Values, ..self }
    }

    /// The format, for commands that are made for some only.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Prints a message as it came over the wire.
    pub(super) fn protobuf(&self, message: &impl Message) -> Result<(), Failure> {
        terminal::print(&message.encode_to_vec())
    }

    /// The answer to a format that this noun does not have.
    pub(super) fn unsupported(&self) -> Failure {
        Failure::new(code::UNSUPPORTED, format!("{} not supported as output format", self.format.name()))
    }
}

/// The answer to `-w protobuf` for what etcdctl holds in types of its own.
pub(super) fn no_protobuf(go_type: &str) -> Failure {
    Failure::new(code::UNSUPPORTED, format!("marshal unsupported for type {go_type}"))
}

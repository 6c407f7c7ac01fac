//! Commands of etcdctl that are still to come. They are known, so that shortened names mean what they mean there, and answer
//! that they are not there yet.

use crate::cmd::failure::{Failure, not_available};
use std::ffi::OsString;

/// A command that takes any words and flags, and does nothing with them.
#[derive(clap::Args, Clone, Debug)]
pub struct Later {
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<OsString>,
}

impl Later {
    /// Says that the command is not available.
    pub fn run(self, name: &str) -> Result<(), Failure> {
        Err(not_available(format!("\"etcdctl {name}\"")))
    }
}

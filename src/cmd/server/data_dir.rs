//! A look at the data directory before anything is done with it, with etcd's words.

use crate::{
    disk::{
        Disk,
        os::{Fsync, OsDisk},
    },
    logging::{FATAL, go_reason},
};
use std::{io::ErrorKind, path::Path};

/// What is in it for a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing yet.
    Empty,
    /// A member has been here.
    Member,
}

/// Looks, and says what there is.
///
/// # Errors
/// It cannot be looked at, or belongs to a proxy of etcd 3.5 and before. That has been said.
pub fn look(dir: &Path) -> Result<Found, ()> {
    let shown = dir.display();
    let names = match OsDisk::new(Fsync::Off).list(dir) {
        Ok(names) => names,
        Err(error) if error.kind() == ErrorKind::NotFound => vec![],
        Err(error) => {
            let error = format!("open {shown}: {}", go_reason(&error));
            tracing::error!(target: FATAL, dir = %shown, error, "failed to list data directory");
            return Err(());
        }
    };
    for name in names.iter().filter(|name| !["member", "proxy"].contains(&name.as_str())) {
        tracing::warn!(filename = name, "data-dir" = %shown, "found invalid file under data directory");
    }
    let has = |kind: &str| names.iter().any(|name| name == kind);
    match (has("member"), has("proxy")) {
        (true, true) => tracing::error!(
            target: FATAL,
            "invalid datadir; both member and proxy directories exist"
        ),
        (false, true) => {
            tracing::error!(target: FATAL, { "dir-type" = "proxy" }, "v2 http proxy has already been deprecated in 3.6");
        }
        (true, false) => {
            tracing::info!("data-dir" = %shown, "dir-type" = "member", "server has already been initialized");
            return Ok(Found::Member);
        }
        (false, false) => {
            tracing::info!("data-dir" = %shown, "dir-type" = "empty", "Initialize and start etcd server");
            return Ok(Found::Empty);
        }
    }
    Err(())
}

//! Where the members are. Their ports are those that etcd's own examples use, or free ones where these are taken, and
//! stay the same from one start to the next: members know each other by them.

use crate::disk::{
    Disk, OpenMode,
    os::{Fsync, OsDisk},
};
use serde::{Deserialize, Serialize};
use std::{
    io,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
};

/// The first client port, the first peer port, and how far those of the next member are away.
const CLIENT_PORT: u16 = 2379;
const PEER_PORT: u16 = 12380;
const STRIDE: u16 = 10_000;
/// The second member's peer port does not go on from the first in etcd's examples.
const PEER_PORTS_FROM_SECOND: u16 = 22380;
/// The file below the data folder that keeps them.
const FILE: &str = "members.json";

/// A member's place.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Place {
    /// `infra1` and so on, as in etcd's examples.
    pub name: String,
    /// Where clients reach it.
    pub client_port: u16,
    /// Where the other members do.
    pub peer_port: u16,
}

/// Why there are no places.
#[derive(Debug, thiserror::Error)]
pub enum PlacesError {
    /// Of the folder or the file in it.
    #[error("{path}: {error}", path = path.display())]
    Disk {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Somebody wrote something else there.
    #[error("{path}: this is no list of members: {reason}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The folder has the data of another number of members.
    #[error("{path} has the data of {found} members, and {wanted} are asked for", path = path.display())]
    Count {
        /// The folder.
        path: PathBuf,
        /// How many it has.
        found: usize,
        /// How many are asked for.
        wanted: usize,
    },
    /// No port is free.
    #[error("cannot get a port: {0}")]
    Port(io::Error),
}

impl Place {
    /// For clients.
    pub fn client_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.client_port)
    }

    /// For other members.
    pub fn peer_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.peer_port)
    }
}

/// The places of the members below this folder: those of an earlier start, or new ones.
pub fn places(dir: &Path, members: usize) -> Result<Vec<Place>, PlacesError> {
    let disk = OsDisk::new(Fsync::On);
    disk.create_dir_all(dir).map_err(|error| PlacesError::Disk { path: dir.into(), error })?;
    let path = dir.join(FILE);
    let failed = |error| PlacesError::Disk { path: path.clone(), error };
    let file = disk.open(&path, OpenMode::Create).map_err(failed)?;
    if file.is_empty().map_err(failed)? {
        let places = choose(members).map_err(PlacesError::Port)?;
        let text = serde_json::to_vec_pretty(&places).map_err(|error| failed(error.into()))?;
        file.write_all_at(&text, 0).and_then(|()| file.sync_data()).map_err(failed)?;
        disk.sync_dir(dir).map_err(failed)?;
        return Ok(places);
    }
    let mut text = vec![0; file.len().map_err(failed)? as usize];
    file.read_exact_at(&mut text, 0).map_err(failed)?;
    let places: Vec<Place> = serde_json::from_slice(&text)
        .map_err(|error| PlacesError::Damaged { path: path.clone(), reason: error.to_string() })?;
    if places.len() != members {
        return Err(PlacesError::Count { path: dir.into(), found: places.len(), wanted: members });
    }
    Ok(places)
}

fn choose(members: usize) -> io::Result<Vec<Place>> {
    // Held until all are chosen, so that none is chosen twice.
    let mut held = Vec::new();
    let mut port = |usual: Option<u16>| {
        let usual = usual.and_then(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok());
        let listener = usual.map_or_else(|| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)), Ok)?;
        let port = listener.local_addr()?.port();
        held.push(listener);
        io::Result::Ok(port)
    };
    (0..members)
        .map(|number| {
            let apart = u16::try_from(number).ok().and_then(|number| number.checked_mul(STRIDE));
            let peer = match number {
                0 => Some(PEER_PORT),
                _ => apart.and_then(|apart| (PEER_PORTS_FROM_SECOND - STRIDE).checked_add(apart)),
            };
            Ok(Place {
                name: format!("infra{}", number + 1),
                client_port: port(match number {
                    0 => Some(CLIENT_PORT),
                    _ => apart.and_then(|apart| CLIENT_PORT.checked_add(apart)),
                })?,
                peer_port: port(peer)?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn places_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("a/b");
        let first = places(&data, 9).unwrap();
        let ports: BTreeSet<u16> = first.iter().flat_map(|place| [place.client_port, place.peer_port]).collect();
        assert_eq!(ports.len(), 18, "{first:?}");
        assert_eq!((first[0].name.as_str(), first[8].name.as_str()), ("infra1", "infra9"));
        assert_eq!(places(&data, 9).unwrap(), first);
        let error = places(&data, 3).unwrap_err().to_string();
        assert!(error.ends_with("has the data of 9 members, and 3 are asked for"), "{error}");
    }

    #[test]
    fn a_damaged_list_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let disk = OsDisk::new(Fsync::Off);
        disk.open(&dir.path().join(FILE), OpenMode::Create).unwrap().write_all_at(b"{}", 0).unwrap();
        let error = places(dir.path(), 3).unwrap_err().to_string();
        assert!(error.contains("members.json: this is no list of members"), "{error}");
    }
}

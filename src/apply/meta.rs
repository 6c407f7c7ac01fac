//! What the backend knows about itself: how far the log was applied, with which voters, and in which version it is written.
//!
//! ```text
//!   consistent_index, term   eight big-endian bytes each
//!   confState                {"voters":[..],"auto_leave":false}, Go's JSON of raftpb.ConfState
//!   storageVersion           3.7.0, from the entry on that makes the cluster 3.6 or newer
//! ```
//!
//! etcd's leader writes the storage version from a background task some seconds later; here it comes with the entry that
//! sets the cluster's version, so that it is atomic with it. `Hash` leaves it out, in etcd as here.

use crate::{
    backend::{Backend, BackendError, Batch, Bucket, Frozen, meta as key},
    membership::Version,
    pb::raftpb::ConfState,
};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// Why the backend's notes about itself are of no use.
#[derive(Debug, thiserror::Error)]
pub enum MetaError {
    /// The backend failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// A row that makes no sense.
    #[error("bucket meta, key {key}: {reason}")]
    Damaged {
        /// The row's key.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Written by a later version.
    #[error("the storage version {0} is newer than this program's")]
    Newer(Version),
}

/// Looks up a row of the bucket.
type Get<'a> = dyn Fn(&[u8]) -> Result<Option<Bytes>, BackendError> + 'a;

/// The notes, as they are after the last entry.
#[derive(Debug, Default)]
pub(super) struct Meta {
    pub index: u64,
    pub term: u64,
    pub conf_state: Option<ConfState>,
    pub storage_version: Option<Version>,
}

impl Meta {
    /// Reads them; refuses a backend of a newer version.
    pub fn open(backend: &Backend) -> Result<Self, MetaError> {
        Self::read(&|key| backend.get(Bucket::Meta, key))
    }

    /// Reads them as they are in the file.
    pub fn of(rows: &Frozen) -> Result<Self, MetaError> {
        Self::read(&|key| rows.get(Bucket::Meta, key))
    }

    fn read(get: &Get<'_>) -> Result<Self, MetaError> {
        let text = |row: Bytes| String::from_utf8_lossy(&row).into_owned();
        let (conf_state, version) = (get(key::CONF_STATE)?, get(key::STORAGE_VERSION)?);
        let meta = Self {
            index: read_number(get, key::CONSISTENT_INDEX)?,
            term: read_number(get, key::TERM)?,
            conf_state: conf_state.map(|json| read_conf_state(&json)).transpose()?,
            storage_version: version
                .map(|row| text(row).parse().map_err(|reason| damaged(key::STORAGE_VERSION, reason)))
                .transpose()?,
        };
        match meta.storage_version {
            Some(version) if version > Version::STORAGE => Err(MetaError::Newer(version)),
            _ => Ok(meta),
        }
    }

    /// An entry is being applied.
    pub fn advance(&mut self, index: u64, term: u64) {
        debug_assert!(index > self.index && term >= self.term);
        (self.index, self.term) = (index, term);
    }

    /// Notes in `batch` how far the log is applied with it.
    pub fn write(&self, batch: &mut Batch) {
        if self.index == 0 {
            return;
        }
        batch.put(Bucket::Meta, key::CONSISTENT_INDEX, number(self.index));
        batch.put(Bucket::Meta, key::TERM, number(self.term));
    }

    /// Notes the voters, if they are others than before. Raft lists them in any order; etcd's are ascending.
    pub fn set_conf_state(&mut self, conf_state: &ConfState, batch: &mut Batch) {
        let mut conf_state = conf_state.clone();
        let ConfState { voters, learners, voters_outgoing, learners_next, auto_leave: _ } = &mut conf_state;
        [voters, learners, voters_outgoing, learners_next].into_iter().for_each(|ids| ids.sort_unstable());
        if self.conf_state.as_ref() != Some(&conf_state) {
            batch.put(Bucket::Meta, key::CONF_STATE, write_conf_state(&conf_state));
            self.conf_state = Some(conf_state);
        }
    }

    /// Follows the cluster's version, up and down: what is stored is the same in all of these, but for this row. Nothing is
    /// known of the members while the cluster has the least version.
    pub fn follow_version(&mut self, cluster: Version, batch: &mut Batch) {
        let version = Some(cluster.minor_only()).filter(|version| *version >= Version::FIRST_STORED);
        if version == self.storage_version || cluster == Version::CLUSTER_MIN {
            return;
        }
        match version {
            Some(version) => batch.put(Bucket::Meta, key::STORAGE_VERSION, version.to_string().into()),
            None => batch.delete(Bucket::Meta, key::STORAGE_VERSION),
        }
        self.storage_version = version;
    }
}

fn number(number: u64) -> Bytes {
    Bytes::copy_from_slice(&number.to_be_bytes())
}

fn read_number(get: &Get<'_>, key: &[u8]) -> Result<u64, MetaError> {
    let Some(row) = get(key)? else { return Ok(0) };
    let bytes = <[u8; 8]>::try_from(row.as_ref());
    bytes.map(u64::from_be_bytes).map_err(|_| damaged(key, format!("{} bytes instead of 8", row.len())))
}

fn damaged(key: &[u8], reason: String) -> MetaError {
    MetaError::Damaged { key: String::from_utf8_lossy(key).into_owned(), reason }
}

/// Go leaves empty lists out, and writes the flag whenever raft has set it, which it has after every change.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Row {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    voters: Vec<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    learners: Vec<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    voters_outgoing: Vec<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    learners_next: Vec<u64>,
    auto_leave: bool,
}

fn write_conf_state(conf_state: &ConfState) -> Bytes {
    let ConfState { voters, learners, voters_outgoing, learners_next, auto_leave } = conf_state.clone();
    let row = Row { voters, learners, voters_outgoing, learners_next, auto_leave };
    // Numbers and a flag: nothing in it can fail to be written.
    serde_json::to_vec(&row).unwrap_or_default().into()
}

fn read_conf_state(json: &[u8]) -> Result<ConfState, MetaError> {
    let row: Row = serde_json::from_slice(json).map_err(|error| damaged(key::CONF_STATE, error.to_string()))?;
    let Row { voters, learners, voters_outgoing, learners_next, auto_leave } = row;
    Ok(ConfState { voters, learners, voters_outgoing, learners_next, auto_leave })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first row was read from the backend of an etcd 3.7.1.
    #[test]
    fn voters_as_etcd_writes_them() {
        let one = ConfState { voters: vec![12783689883282029979], ..Default::default() };
        let json = br#"{"voters":[12783689883282029979],"auto_leave":false}"#;
        assert_eq!(write_conf_state(&one).as_ref(), json);
        assert_eq!(read_conf_state(json).unwrap(), one);
        // Written by an etcd before 3.7.
        assert_eq!(read_conf_state(br#"{"voters":[12783689883282029979]}"#).unwrap(), one);

        let some = ConfState { voters: vec![1, 3], learners: vec![2], ..Default::default() };
        assert_eq!(write_conf_state(&some).as_ref(), br#"{"voters":[1,3],"learners":[2],"auto_leave":false}"#);
        assert!(read_conf_state(b"{").is_err());
    }
}

//! Asks the other members for the hash of their keys: `GET /members/hashkv` with a question in JSON (reference 2.3).

use super::judge::{NoHash, Told};
use crate::{
    apply::Identity,
    membership::{Member, MembersView},
    mvcc::HashKv,
    peer::Asker,
};
use bytes::Bytes;
use serde::Deserialize;
use std::time::Duration;
use tokio::task::JoinSet;

const PATH: &str = "/members/hashkv";

/// What it takes to ask them. Clones share.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The way.
    pub asker: Asker,
    /// Who asks.
    pub identity: Identity,
    /// Who is there.
    pub members: MembersView,
    /// How long a member may take.
    pub within: Duration,
}

/// An answer. Go leaves out what is zero.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    header: Header,
    hash: u32,
    compact_revision: i64,
    hash_revision: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Header {
    revision: i64,
}

impl Asking {
    /// What all other members have at a revision, by their ids. They are asked at the same time; one without an address is
    /// passed over.
    pub async fn others(&self, revision: i64) -> Vec<Told> {
        let others = self.members.list().into_iter();
        let others = others.filter(|member| member.id != self.identity.member_id && !member.peer_urls.is_empty());
        let mut asked = JoinSet::new();
        for member in others {
            let asking = self.clone();
            asked.spawn(async move { asking.other(member, revision).await });
        }
        let mut told = asked.join_all().await;
        told.sort_by_key(|told| told.member);
        told
    }

    /// The first of its URLs that answers does for a member.
    async fn other(&self, member: Member, revision: i64) -> Told {
        let mut answer = Err(NoHash::Other(String::new()));
        for url in &member.peer_urls {
            answer = self.at(url, revision).await;
            let Err(error) = &answer else { break };
            tracing::warn!(
                "local-member-id" = %self.identity.member_id,
                "requested-revision" = revision,
                "remote-peer-endpoint" = url,
                %error,
                "failed hash kv request"
            );
        }
        Told { member: member.id, urls: member.peer_urls, answer }
    }

    async fn at(&self, url: &str, revision: i64) -> Result<HashKv, NoHash> {
        // Go leaves out what is zero.
        let question = if revision == 0 { "{}".to_owned() } else { format!(r#"{{"revision":{revision}}}"#) };
        let question = (PATH, Bytes::from(question));
        let said = self.asker.get_with(url, question, self.identity.cluster_id, self.within).await;
        let said = said.map_err(NoHash::Other)?;
        read(said.status, &said.body)
    }
}

fn read(status: u16, body: &[u8]) -> Result<HashKv, NoHash> {
    let text = String::from_utf8_lossy(body);
    match status {
        200 => {
            // An object it must be: serde takes a list for one.
            let fields = serde_json::from_slice::<serde_json::Map<_, _>>(body);
            let answer = fields.and_then(|fields| serde_json::from_value(fields.into()));
            let Answer { header, hash, compact_revision, hash_revision } =
                answer.map_err(|error| NoHash::Other(error.to_string()))?;
            Ok(HashKv { hash, hash_revision, compact_revision, revision: header.revision })
        }
        400 if text.contains("mvcc: required revision has been compacted") => Err(NoHash::Compacted),
        400 if text.contains("mvcc: required revision is a future revision") => Err(NoHash::FutureRevision),
        412 if text.contains("cluster ID mismatch") => Err(NoHash::OtherCluster),
        _ => Err(NoHash::Other(format!("unknown error: {text}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_etcd_reads_them() {
        let json = br#"{"header":{"revision":5},"hash":123,"compact_revision":-1,"hash_revision":4}"#;
        let hash = HashKv { hash: 123, hash_revision: 4, compact_revision: -1, revision: 5 };
        assert_eq!(read(200, json), Ok(hash));
        // As an etcd 3.5 answers, and one whose numbers are zeros.
        let json = br#"{"header":{"revision":5},"hash":123,"compact_revision":-1}"#;
        assert_eq!(read(200, json), Ok(HashKv { hash_revision: 0, ..hash }));
        assert_eq!(read(200, br#"{"header":{"member_id":1}}"#), Ok(HashKv::default()));
        let compacted = b"mvcc: required revision has been compacted\n";
        assert_eq!(read(400, compacted), Err(NoHash::Compacted));
        assert_eq!(read(400, b"mvcc: required revision is a future revision\n"), Err(NoHash::FutureRevision));
        assert_eq!(read(412, b"cluster ID mismatch\n"), Err(NoHash::OtherCluster));
        for (status, body) in [(404, &b"404 page not found\n"[..]), (500, compacted), (412, b"x"), (400, b"y")] {
            let text = String::from_utf8_lossy(body);
            assert_eq!(read(status, body), Err(NoHash::Other(format!("unknown error: {text}"))));
        }
        for hostile in [&b""[..], b"[]", br#"{"hash":-1}"#, br#"{"hash":4294967296}"#, b"{", b"\xff"] {
            assert!(matches!(read(200, hostile), Err(NoHash::Other(_))), "{hostile:?}");
        }
    }
}

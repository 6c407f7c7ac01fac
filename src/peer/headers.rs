//! What two members tell each other in the headers of every request, and whether they belong together.

use super::url::PeerUrl;
use crate::id::{ClusterId, MemberId};
use crate::membership::Version;
use http::{HeaderMap, HeaderName, HeaderValue};

/// The sender.
pub const FROM: HeaderName = HeaderName::from_static("x-server-from");
/// The sender's version.
pub const VERSION: HeaderName = HeaderName::from_static("x-server-version");
/// The oldest version that the sender goes along with.
pub const VERSION_MIN: HeaderName = HeaderName::from_static("x-min-cluster-version");
/// The cluster.
pub const CLUSTER: HeaderName = HeaderName::from_static("x-etcd-cluster-id");
/// The member that the sender wants to reach.
pub const TO: HeaderName = HeaderName::from_static("x-raft-to");
/// How the sender is reached.
pub const URLS: HeaderName = HeaderName::from_static("x-peerurls");

/// What a request without a version counts as: it is from before there were any.
const UNVERSIONED: Version = Version { major: 2, minor: 0, patch: 0 };
/// The first that has both streams.
const STREAMS_SINCE: Version = Version { major: 2, minor: 1, patch: 0 };

/// Who this member is.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The member.
    pub member: MemberId,
    /// Its cluster.
    pub cluster: ClusterId,
    /// How others reach it.
    pub peer_urls: Vec<PeerUrl>,
}

/// Why two members do not talk. The texts are etcd's, and stand in the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// One is too old for the other.
    #[error("incompatible version")]
    Version,
    /// They are of two clusters.
    #[error("cluster ID mismatch")]
    Cluster,
}

impl Identity {
    /// What every request says of its sender.
    pub fn headers(&self) -> HeaderMap {
        let urls: Vec<String> = self.peer_urls.iter().map(PeerUrl::to_string).collect();
        let values = [
            (FROM, self.member.to_string()),
            (VERSION, Version::SERVER.to_string()),
            (VERSION_MIN, Version::CLUSTER_MIN.to_string()),
            (CLUSTER, self.cluster.to_string()),
            (URLS, urls.join(",")),
        ];
        // URLs that are not ASCII cannot be told; the other side then asks for them.
        values.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?))).collect()
    }

    /// May the sender of these headers talk to this member?
    ///
    /// # Errors
    /// Why not. It is logged, in etcd's words.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), Mismatch> {
        let remote = server_version(headers);
        let remote_min = version(headers, &VERSION_MIN);
        let told = Told { remote, remote_min, name: text(headers, &FROM) };
        let remote_is_newer = remote.map(Version::minor_only) >= Some(Version::CLUSTER_MIN.minor_only());
        let local_is_newer = remote_min.is_some_and(|min| min.minor_only() <= Version::SERVER.minor_only());
        if !remote_is_newer || !local_is_newer {
            let low = if remote_is_newer { "local" } else { "remote" };
            self.log_versions(&told, low);
            return Err(Mismatch::Version);
        }
        let cluster = text(headers, &CLUSTER);
        if cluster != self.cluster.to_string() {
            self.log_clusters(&told, cluster);
            return Err(Mismatch::Cluster);
        }
        Ok(())
    }

    fn log_versions(&self, told: &Told<'_>, low: &str) {
        let (name, remote, local) = (told.name, shown(told.remote), Version::SERVER);
        tracing::warn!(
            "local-member-id" = %self.member,
            "local-member-cluster-id" = %self.cluster,
            "local-member-server-version" = %local,
            "local-member-server-minimum-cluster-version" = %Version::CLUSTER_MIN,
            "remote-peer-server-name" = name,
            "remote-peer-server-version" = remote,
            "remote-peer-server-minimum-cluster-version" = shown(told.remote_min),
            "error" = format!("{low} version is too low: remote[{name}]={remote}, local={local}"),
            "failed version compatibility check"
        );
    }

    fn log_clusters(&self, told: &Told<'_>, cluster: &str) {
        tracing::warn!(
            "local-member-id" = %self.member,
            "local-member-cluster-id" = %self.cluster,
            "local-member-server-version" = %Version::SERVER,
            "local-member-server-minimum-cluster-version" = %Version::CLUSTER_MIN,
            "remote-peer-server-name" = told.name,
            "remote-peer-server-version" = shown(told.remote),
            "remote-peer-server-minimum-cluster-version" = shown(told.remote_min),
            "remote-peer-cluster-id" = cluster,
            "request cluster ID mismatch"
        );
    }
}

/// What a request says of its sender.
struct Told<'a> {
    remote: Option<Version>,
    remote_min: Option<Version>,
    name: &'a str,
}

fn shown(version: Option<Version>) -> String {
    version.map_or_else(|| "unreadable".into(), |version| version.to_string())
}

/// A header's text; empty if there is none.
pub fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The sender's version; none if it cannot be read.
pub fn server_version(headers: &HeaderMap) -> Option<Version> {
    version(headers, &VERSION)
}

fn version(headers: &HeaderMap, name: &HeaderName) -> Option<Version> {
    let Some(value) = headers.get(name).filter(|value| !value.is_empty()) else { return Some(UNVERSIONED) };
    // Builds of the main branch carry a mark, as in 3.8.0-alpha.0.
    value.to_str().ok()?.split(['-', '+']).next()?.parse().ok()
}

/// Does a member of this version have both streams? A newer one is asked in any case.
pub fn has_streams(version: Option<Version>) -> bool {
    version >= Some(STREAMS_SINCE)
}

/// Who sent this, and how it is reached, if it says both.
pub fn sender(headers: &HeaderMap) -> Option<(MemberId, Vec<PeerUrl>)> {
    let from = member_id(text(headers, &FROM))?;
    Some((from, sender_urls(headers)?))
}

/// How the sender is reached, if it says so.
pub fn sender_urls(headers: &HeaderMap) -> Option<Vec<PeerUrl>> {
    let urls = text(headers, &URLS);
    if urls.is_empty() {
        return None;
    }
    PeerUrl::parse_all(urls.split(','))
        .inspect_err(
            |error| tracing::warn!(%error, "remote-peer-urls" = urls, "ignored unusable peer URLs of a request"),
        )
        .ok()
}

/// Reads an id in hex, of either case.
pub fn member_id(text: &str) -> Option<MemberId> {
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    u64::from_str_radix(text, 16).ok().filter(|_| is_hex).map(MemberId)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        let peer_urls = PeerUrl::parse_all(["http://127.0.0.1:2380"]).unwrap();
        Identity { member: MemberId(0xabc), cluster: ClusterId(0x123), peer_urls }
    }

    /// As recorded from a real etcd 3.7.1.
    #[test]
    fn who_talks_to_whom() {
        type Change = (HeaderName, Option<&'static str>);
        let cases: &[(&[Change], Result<(), Mismatch>)] = &[
            (&[], Ok(())),
            (&[(VERSION, Some("3.8.0-alpha.0"))], Ok(())),
            (&[(VERSION, Some("4.0.0"))], Ok(())),
            (&[(VERSION, Some("3.0.9")), (VERSION_MIN, None)], Ok(())),
            (&[(VERSION, Some("2.3.0"))], Err(Mismatch::Version)),
            (&[(VERSION, None)], Err(Mismatch::Version)),
            (&[(VERSION, Some("garbage"))], Err(Mismatch::Version)),
            (&[(VERSION_MIN, Some("3.8.0"))], Err(Mismatch::Version)),
            (&[(VERSION_MIN, Some("3.7.9"))], Ok(())),
            (&[(VERSION_MIN, Some("x"))], Err(Mismatch::Version)),
            (&[(CLUSTER, Some("124"))], Err(Mismatch::Cluster)),
            (&[(CLUSTER, Some("0123"))], Err(Mismatch::Cluster)),
            (&[(CLUSTER, None)], Err(Mismatch::Cluster)),
            (&[(CLUSTER, None), (VERSION, None)], Err(Mismatch::Version)),
        ];
        for (changes, expected) in cases {
            let mut headers = identity().headers();
            for (name, value) in *changes {
                match value {
                    Some(value) => drop(headers.insert(name, HeaderValue::from_static(value))),
                    None => drop(headers.remove(name)),
                }
            }
            assert_eq!(identity().check(&headers), *expected, "{changes:?}");
        }
    }

    #[test]
    fn senders() {
        let (from, urls) = sender(&identity().headers()).unwrap();
        assert_eq!((from, urls), (MemberId(0xabc), identity().peer_urls));
        let mut headers = identity().headers();
        headers.insert(URLS, HeaderValue::from_static("http://a:1,nonsense"));
        assert_eq!(sender(&headers), None);
        for (text, id) in
            [("ABC", Some(0xabc)), ("00abc", Some(0xabc)), ("", None), ("+1", None), ("0x1", None), ("x", None)]
        {
            assert_eq!(member_id(text), id.map(MemberId), "{text}");
        }
        assert!(has_streams(Some(Version::SERVER)) && !has_streams(Some(UNVERSIONED)) && !has_streams(None));
    }
}

//! The way of a cluster to an older version: looked at, begun, given up (reference 1.8, 8.11). It is a note in the log; what
//! follows from it is seen to by the version monitor.

use super::{Failure, Handle};
use crate::{
    apply::Refusal,
    membership::Version,
    pb::{etcdserverpb::InternalRaftRequest, membershippb::DowngradeInfoSetRequest},
};

impl Handle {
    /// Could the cluster go to that version now? Its version.
    pub async fn downgrade_check(&self, target: &str) -> Result<Version, Failure> {
        self.check_target(read_target(target)?).await
    }

    /// Begins the way there. The cluster's version then: the monitor changes it a moment later.
    pub async fn downgrade_enable(&self, target: &str) -> Result<Version, Failure> {
        let target = read_target(target)?;
        self.check_target(target).await?;
        self.note_downgrade(DowngradeInfoSetRequest { enabled: true, ver: target.to_string() }).await?;
        self.cluster_version()
    }

    /// Gives the way up, or ends it when it is gone.
    pub async fn downgrade_cancel(&self) -> Result<(), Failure> {
        self.linearize().await?;
        if !self.is_downgrading() {
            return Err(Refusal::NotDowngrading.into());
        }
        self.note_downgrade(DowngradeInfoSetRequest::default()).await
    }

    async fn note_downgrade(&self, note: DowngradeInfoSetRequest) -> Result<(), Failure> {
        let request = InternalRaftRequest { downgrade_info_set: Some(note), ..Default::default() };
        self.propose(request).await.map(drop)
    }

    /// Asks the leader first, so that what is known here is not old.
    async fn check_target(&self, target: Version) -> Result<Version, Failure> {
        self.cluster_version()?;
        self.linearize().await?;
        let version = self.cluster_version()?;
        if version.below() != Some(target) {
            return Err(Refusal::BadDowngradeTarget.into());
        }
        if self.is_downgrading() {
            return Err(Refusal::Downgrading.into());
        }
        Ok(version)
    }

    /// The version that all members speak.
    pub fn cluster_version(&self) -> Result<Version, Failure> {
        self.shared.members.version().ok_or(Refusal::NoClusterVersion.into())
    }
}

/// A target is `3.6`, or any version of a server, of which two numbers count.
fn read_target(text: &str) -> Result<Version, Refusal> {
    let version = Version::of_server(text).or_else(|| Version::of_server(&format!("{text}.0")));
    version.map(Version::minor_only).ok_or(Refusal::NoVersion)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets() {
        let version = |minor| Ok(Version { major: 3, minor, patch: 0 });
        for (text, expected) in [
            ("3.6", version(6)),
            ("3.6.0", version(6)),
            ("3.6.9", version(6)),
            ("3.6.9-rc.1", version(6)),
            ("3.6+x", Err(Refusal::NoVersion)),
            ("3", Err(Refusal::NoVersion)),
            ("v3.6", Err(Refusal::NoVersion)),
            ("", Err(Refusal::NoVersion)),
            ("3.6.0.0", Err(Refusal::NoVersion)),
            ("a.b.c", Err(Refusal::NoVersion)),
        ] {
            assert_eq!(read_target(text), expected, "{text}");
        }
    }
}

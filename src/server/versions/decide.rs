//! Which version a cluster should have, by the versions of its members (reference 8.11). Values in, values out.
//!
//! ```text
//!   the cluster has none yet    the lowest of its members, or the least there is while one does not say
//!   it is on its way down       the target, if it is one below both the cluster and all of its members
//!   else                        the lowest of its members, if that is higher
//! ```

use crate::membership::Version;

/// A way down that cannot be gone: the target is not one below this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoWay {
    /// Below the cluster.
    Cluster(Version),
    /// Below the lowest member.
    Member(Version),
}

/// The version to set, if any, given the cluster's, that of the lowest of its members (not known while one does not say) and
/// the target of a downgrade that is under way.
pub fn decide(
    cluster: Option<Version>,
    lowest: Option<Version>,
    target: Option<Version>,
) -> Result<Option<Version>, NoWay> {
    let (cluster, lowest) = match (cluster, lowest) {
        (None, lowest) => return Ok(Some(lowest.unwrap_or(Version::CLUSTER_MIN).minor_only())),
        (Some(_), None) => return Ok(None),
        (Some(cluster), Some(lowest)) => (cluster, lowest),
    };
    match target {
        Some(target) if target == cluster => Ok(None),
        Some(target) if cluster.below() != Some(target) => Err(NoWay::Cluster(cluster)),
        Some(target) if lowest.below() != Some(target) => Err(NoWay::Member(lowest)),
        Some(target) => Ok(Some(target)),
        None => {
            let lowest = lowest.minor_only();
            Ok((cluster < lowest && cluster.major == lowest.major).then_some(lowest))
        }
    }
}

/// The first who is not of the target's version: none when the way is gone to its end.
pub fn first_above<I: Copy>(members: &[(I, Version)], target: Version) -> Option<(I, Version)> {
    members.iter().find(|(_, version)| version.minor_only() != target.minor_only()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(minor: u32, patch: u32) -> Version {
        Version { major: 3, minor, patch }
    }

    #[test]
    fn the_version_starts_low_and_goes_up() {
        for (cluster, lowest, expected) in [
            (None, None, Some(version(0, 0))),
            (None, Some(version(6, 5)), Some(version(6, 0))),
            (Some(version(0, 0)), None, None),
            (Some(version(0, 0)), Some(version(7, 1)), Some(version(7, 0))),
            (Some(version(7, 0)), Some(version(7, 9)), None),
            (Some(version(7, 0)), Some(version(6, 0)), None),
            (Some(version(7, 0)), Some(Version { major: 4, minor: 0, patch: 0 }), None),
        ] {
            assert_eq!(decide(cluster, lowest, None), Ok(expected), "{cluster:?} {lowest:?}");
        }
    }

    #[test]
    fn the_way_down_is_one_step() {
        for (cluster, lowest, target, expected) in [
            (version(7, 0), Some(version(7, 1)), version(6, 0), Ok(Some(version(6, 0)))),
            // One has gone already.
            (version(6, 0), Some(version(6, 9)), version(6, 0), Ok(None)),
            (version(7, 0), None, version(6, 0), Ok(None)),
            (version(7, 0), Some(version(7, 1)), version(5, 0), Err(NoWay::Cluster(version(7, 0)))),
            (version(7, 0), Some(version(7, 1)), version(8, 0), Err(NoWay::Cluster(version(7, 0)))),
            (version(7, 0), Some(version(6, 9)), version(6, 0), Err(NoWay::Member(version(6, 9)))),
            (version(6, 0), Some(version(7, 1)), version(5, 0), Err(NoWay::Member(version(7, 1)))),
            (version(0, 0), Some(version(7, 1)), version(0, 0), Ok(None)),
        ] {
            let decided = decide(Some(cluster), lowest, Some(target));
            assert_eq!(decided, expected, "{cluster} {lowest:?} {target}");
        }
        assert_eq!(decide(None, Some(version(7, 1)), Some(version(6, 0))), Ok(Some(version(7, 0))));
    }

    #[test]
    fn the_way_ends_with_the_last_member() {
        let target = version(6, 0);
        assert_eq!(first_above(&[(1, version(6, 9)), (2, version(6, 1))], target), None);
        assert_eq!(first_above(&[(1, version(6, 9)), (2, version(7, 1))], target), Some((2, version(7, 1))));
        assert_eq!(first_above(&[(1, version(5, 0))], target), Some((1, version(5, 0))));
    }
}

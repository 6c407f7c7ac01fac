//! How many connections there may be. Each needs a file descriptor, and a member that cannot open its own files for lack of
//! one is lost: so some are kept for it, and clients wait.

use crate::limits::RESERVED_FILES;
use rustix::process::{Resource, getrlimit};

/// Connections that each of so many ports may have at a time: an equal share of what the member does not need itself, and
/// one at least.
pub fn connections_max(ports: usize) -> usize {
    share(getrlimit(Resource::Nofile).current, ports)
}

/// `None` is unlimited.
fn share(limit: Option<u64>, ports: usize) -> usize {
    let Some(limit) = limit else { return usize::MAX };
    let room = usize::try_from(limit.saturating_sub(RESERVED_FILES)).unwrap_or(usize::MAX);
    (room / ports.max(1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_share_what_is_left() {
        assert_eq!(share(Some(1024), 1), 874);
        assert_eq!(share(Some(1024), 2), 437);
        assert_eq!(share(Some(1024), 0), 874);
        assert_eq!(share(None, 3), usize::MAX);
        assert_eq!([151, 150, 0].map(|few| share(Some(few), 4)), [1, 1, 1]);
    }
}

//! How many connections there may be. Each needs a file descriptor, and a member that cannot open its own files for lack of
//! one is lost: so some are kept for it, and clients wait.

use crate::limits::{PEER_CONNECTIONS_MIN, RESERVED_FILES};
use rustix::process::{Resource, getrlimit};

/// Connections at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// To each port for clients.
    pub client_port: usize,
    /// To each port for other members, who are few.
    pub peer_port: usize,
}

impl Room {
    /// What the process has room for, by the number of its ports for clients and for other members.
    pub fn of_process(client_ports: usize, peer_ports: usize) -> Self {
        Self::share(getrlimit(Resource::Nofile).current, client_ports, peer_ports)
    }

    /// The members get an eighth of what there is, and so many that they can meet; `None` is unlimited.
    fn share(limit: Option<u64>, client_ports: usize, peer_ports: usize) -> Self {
        let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
        let room = limit.saturating_sub(RESERVED_FILES);
        let peers = room / 8;
        Self {
            client_port: ((room - peers) / client_ports.max(1)).max(1),
            peer_port: (peers / peer_ports.max(1)).max(PEER_CONNECTIONS_MIN),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_share_what_is_left() {
        let share = |limit, client_ports, peer_ports| {
            let Room { client_port, peer_port } = Room::share(limit, client_ports, peer_ports);
            (client_port, peer_port)
        };
        assert_eq!(share(Some(1024), 1, 1), (765, 109));
        assert_eq!(share(Some(1024), 2, 2), (382, 54));
        assert_eq!(share(Some(1024), 0, 0), (765, 109));
        assert!(share(None, 1, 1).0 > 1 << 40);
        for few in [0, 150, 151] {
            assert_eq!(share(Some(few), 4, 1), (1, PEER_CONNECTIONS_MIN));
        }
    }
}

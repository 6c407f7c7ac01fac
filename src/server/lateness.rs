//! Are a leader's heartbeats late? Then its followers are about to look for another: it is told in the log, and counted.

use crate::{
    clock::{Clock, Now},
    id::MemberId,
    logging::go_duration,
    metrics::metrics,
    pb::raftpb::{Message, MessageType},
};
use std::{collections::BTreeMap, time::Duration};

/// When heartbeats went out.
#[derive(Debug)]
pub struct Heartbeats {
    clock: Clock,
    interval: Duration,
    /// Of a later term nothing has gone out.
    term: u64,
    sent: BTreeMap<u64, Now>,
}

impl Heartbeats {
    /// One is due every `interval` to each follower.
    pub fn new(clock: Clock, interval: Duration) -> Self {
        Self { clock, interval, term: 0, sent: BTreeMap::new() }
    }

    /// Looks at what goes out.
    pub fn look(&mut self, messages: &[Message]) {
        for message in messages.iter().filter(|message| message.msg_type == MessageType::MsgHeartbeat as i32) {
            if message.term != self.term {
                (self.term, self.sent) = (message.term, BTreeMap::new());
            }
            let now = self.clock.now();
            let before = self.sent.insert(message.to, now);
            let Some(late) = before.and_then(|before| late(now.saturating_sub(before), self.interval)) else {
                continue;
            };
            tracing::warn!(
                to = %MemberId(message.to),
                "heartbeat-interval" = go_duration(self.interval),
                "expected-duration" = go_duration(2 * self.interval),
                "exceeded-duration" = go_duration(late),
                "leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk"
            );
            metrics().heartbeat_send_failures.inc();
        }
    }
}

/// By how much a heartbeat is late that comes so long after the one before; in etcd twice the interval is well.
fn late(passed: Duration, interval: Duration) -> Option<Duration> {
    passed.checked_sub(2 * interval).filter(|late| !late.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_interval_is_in_time() {
        let ms = Duration::from_millis;
        assert_eq!((late(ms(100), ms(100)), late(ms(200), ms(100))), (None, None));
        assert_eq!(late(ms(250), ms(100)), Some(ms(50)));
    }
}

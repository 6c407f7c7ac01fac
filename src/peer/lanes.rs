//! Messages that wait for one peer, the urgent ones first.
//!
//! A heartbeat, a vote or an answer is small, and an election comes if it is late. Appends and proposals carry data and may
//! be many. Within a lane the order is kept; between lanes raft does not need it.

use crate::pb::raftpb::{Message, MessageType};
use std::collections::VecDeque;

/// A bounded queue of two lanes.
#[derive(Debug)]
pub struct Lanes {
    urgent: VecDeque<Message>,
    bulk: VecDeque<Message>,
    /// Of either lane.
    capacity: usize,
}

impl Lanes {
    /// Room for so many messages in either lane.
    pub fn new(capacity: usize) -> Self {
        Self { urgent: VecDeque::new(), bulk: VecDeque::new(), capacity }
    }

    /// Queues a message, or gives it back when its lane is full.
    pub fn push(&mut self, message: Message) -> Result<(), Box<Message>> {
        let lane = if is_bulk(&message) { &mut self.bulk } else { &mut self.urgent };
        if lane.len() >= self.capacity {
            return Err(Box::new(message));
        }
        lane.push_back(message);
        Ok(())
    }

    /// The message whose turn it is.
    pub fn pop(&mut self) -> Option<Message> {
        self.urgent.pop_front().or_else(|| self.bulk.pop_front())
    }

    /// Is nothing waiting?
    pub fn is_empty(&self) -> bool {
        self.urgent.is_empty() && self.bulk.is_empty()
    }

    /// Forgets what waits.
    pub fn clear(&mut self) {
        self.urgent.clear();
        self.bulk.clear();
    }
}

fn is_bulk(message: &Message) -> bool {
    const BULK: [i32; 3] =
        [MessageType::MsgAppend as i32, MessageType::MsgPropose as i32, MessageType::MsgSnapshot as i32];
    BULK.contains(&message.msg_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heartbeats_overtake_appends_and_each_lane_is_bounded() {
        let message = |kind: MessageType, term| Message { msg_type: kind as i32, term, ..Message::default() };
        let mut lanes = Lanes::new(2);
        for (kind, term) in [
            (MessageType::MsgAppend, 1),
            (MessageType::MsgPropose, 2),
            (MessageType::MsgHeartbeat, 3),
            (MessageType::MsgRequestVote, 4),
        ] {
            assert!(lanes.push(message(kind, term)).is_ok());
        }
        assert_eq!(lanes.push(message(MessageType::MsgAppend, 5)).map_err(|back| back.term), Err(5));
        assert_eq!(lanes.push(message(MessageType::MsgAppendResponse, 6)).map_err(|back| back.term), Err(6));
        let order: Vec<u64> = std::iter::from_fn(|| lanes.pop()).map(|message| message.term).collect();
        assert_eq!(order, [3, 4, 1, 2]);
        assert!(lanes.is_empty());
    }
}

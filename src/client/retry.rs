//! Which failed calls may be tried again. The rules of Go's client (reference 1.11, note d).

use super::error::{ClientError, Code};

/// What a second try could do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Nothing: the call reads.
    Harmless,
    /// Harm: the call changes something, and the first try may have succeeded unseen.
    Harmful,
}

impl Repeat {
    /// May a call that failed like this be sent again, when it is not certain that nothing was sent?
    pub fn allows(self, error: &ClientError, endpoints: usize) -> bool {
        // A learner serves little; among several endpoints there may be a voter.
        if error.is("etcdserver: rpc not supported for learner") && endpoints > 1 {
            return true;
        }
        match self {
            Self::Harmless => error.code() == Code::Unavailable,
            Self::Harmful => {
                error.code() == Code::Unavailable
                    && matches!(
                        error.description(),
                        "there is no address available" | "there is no connection available"
                    )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_repeated_and_writes_only_when_nothing_was_sent() {
        let gone = ClientError::status(Code::Unavailable, "etcdserver: request timed out");
        assert!(Repeat::Harmless.allows(&gone, 1) && !Repeat::Harmful.allows(&gone, 1));
        let unsent = ClientError::status(Code::Unavailable, "there is no connection available");
        assert!(Repeat::Harmful.allows(&unsent, 1));
        let compacted = ClientError::status(Code::OutOfRange, "etcdserver: mvcc: required revision has been compacted");
        assert!(!Repeat::Harmless.allows(&compacted, 3));
    }

    #[test]
    fn a_learner_sends_the_call_on() {
        let learner = ClientError::status(Code::FailedPrecondition, "etcdserver: rpc not supported for learner");
        assert!(Repeat::Harmful.allows(&learner, 2) && !Repeat::Harmful.allows(&learner, 1));
    }
}

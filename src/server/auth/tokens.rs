//! Simple tokens: words that this member takes for a user, as long as they are used now and then.
//!
//! ```text
//!   Authenticate --entry--> apply, on every member --> table: token -> user, until when
//!   a request    --token--> table: a user, and the time begins anew
//! ```
//!
//! A token is sixteen letters, which the member that was asked drew, a dot, and the index of the entry before the one that it
//! was issued by.
//! The table is in memory alone: a member that starts anew knows none, as in etcd. Time is an argument.
//!
//! What must hold: a token that was revoked, or that nobody used for its whole time, is not known; a look costs less than a
//! microsecond and waits for no other look; the table is bounded.

use crate::{clock::Now, limits};
use parking_lot::RwLock;
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// Letters of a token, before the dot.
const LETTERS: usize = 16;
const ALPHABET: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The tokens that this member knows.
#[derive(Debug)]
pub struct SimpleTokens {
    ttl: Duration,
    // Looked at by every request, on many threads; written when somebody logs in or a user changes.
    table: RwLock<Table>,
}

#[derive(Debug, Default)]
struct Table {
    tokens: HashMap<Box<str>, Known>,
    /// With so many, those whose time is over are looked for.
    sweep_at: usize,
}

#[derive(Debug)]
struct Known {
    user: Arc<str>,
    /// In nanoseconds of the member's clock.
    ends_ns: AtomicU64,
}

impl SimpleTokens {
    /// None are known; each lives for so long after its last use.
    pub fn new(ttl: Duration) -> Self {
        Self { ttl, table: RwLock::default() }
    }

    /// The user that a token stands for. It lives on from now.
    pub fn user_of(&self, now: Now, token: &str) -> Option<Arc<str>> {
        let table = self.table.read();
        let known = table.tokens.get(token)?;
        if known.ends_ns.load(Ordering::Relaxed) < nanoseconds(now) {
            return None;
        }
        known.ends_ns.store(nanoseconds(now + self.ttl), Ordering::Relaxed);
        Some(known.user.clone())
    }

    /// A token is good from now on.
    pub fn issue(&self, now: Now, user: &str, token: &str) {
        let mut table = self.table.write();
        if table.tokens.len() >= table.sweep_at {
            table.sweep(now);
        }
        let ends_ns = AtomicU64::new(nanoseconds(now + self.ttl));
        table.tokens.insert(token.into(), Known { user: user.into(), ends_ns });
    }

    /// The tokens of a user are good no more.
    pub fn revoke_of(&self, user: &str) {
        self.table.write().tokens.retain(|_, known| *known.user != *user);
    }

    /// No token is good any more.
    pub fn revoke_all(&self) {
        *self.table.write() = Table::default();
    }

    /// How many are kept.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.table.read().tokens.len()
    }
}

impl Table {
    /// Drops the tokens whose time is over, and, when there are too many all the same, a tenth: those whose time ends first.
    fn sweep(&mut self, now: Now) {
        self.tokens.retain(|_, known| *known.ends_ns.get_mut() >= nanoseconds(now));
        if self.tokens.len() >= limits::SIMPLE_TOKENS {
            let mut ends: Vec<u64> = self.tokens.values_mut().map(|known| *known.ends_ns.get_mut()).collect();
            let (_, last, _) = ends.select_nth_unstable(limits::SIMPLE_TOKENS / 10);
            let mut surplus = limits::SIMPLE_TOKENS / 10;
            // Many may end at the same time.
            self.tokens.retain(|_, known| {
                let goes = surplus > 0 && known.ends_ns.get_mut() <= last;
                surplus -= usize::from(goes);
                !goes
            });
        }
        self.sweep_at = (2 * self.tokens.len()).clamp(1024, limits::SIMPLE_TOKENS);
    }
}

fn nanoseconds(time: Now) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// The letters of a token, as drawn: no two tokens of a cluster have the same, and nobody can guess them.
///
/// # Errors
/// The machine has no randomness to give.
pub fn draw_letters() -> Result<String, getrandom::Error> {
    // Each byte below the highest multiple of 52 gives one letter, so that all are equally likely.
    const FAIR: u8 = (256 / ALPHABET.len() * ALPHABET.len()) as u8;
    let mut letters = String::with_capacity(LETTERS);
    let mut drawn = [0; 2 * LETTERS];
    while letters.len() < LETTERS {
        getrandom::fill(&mut drawn)?;
        let fair = drawn.iter().filter(|byte| **byte < FAIR).take(LETTERS - letters.len());
        letters.extend(fair.map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])));
    }
    Ok(letters)
}

/// The index of the entry that has issued a token; none if it is no token, or none that an entry can have issued.
pub fn issued_by(token: &str) -> Option<u64> {
    let (_, before) = token.split_once('.')?;
    // Rust would take a sign.
    if before.starts_with('+') { None } else { before.parse::<u64>().ok()?.checked_add(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Now {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_token_lives_as_long_as_it_is_used() {
        let tokens = SimpleTokens::new(s(10));
        assert_eq!(tokens.user_of(s(0), "x.1"), None);
        tokens.issue(s(0), "alice", "x.1");
        for now in [10, 20, 30] {
            assert_eq!(tokens.user_of(s(now), "x.1").as_deref(), Some("alice"), "at {now}");
        }
        assert_eq!(tokens.user_of(s(41), "x.1"), None, "nobody used it for more than ten seconds");
        assert_eq!(tokens.user_of(s(41), "x.2"), None);
    }

    #[test]
    fn tokens_are_revoked_of_one_or_of_all() {
        let tokens = SimpleTokens::new(s(10));
        for (user, token) in [("alice", "a.1"), ("bob", "b.2"), ("alice", "c.3")] {
            tokens.issue(s(0), user, token);
        }
        tokens.revoke_of("alice");
        let known = |token: &str| tokens.user_of(s(1), token).is_some();
        assert_eq!(["a.1", "b.2", "c.3"].map(known), [false, true, false]);
        tokens.revoke_all();
        assert!(!known("b.2"));
    }

    #[test]
    fn the_table_is_bounded_and_the_oldest_go() {
        let tokens = SimpleTokens::new(s(10));
        let token = |number: usize| format!("t.{number}");
        for number in 0..limits::SIMPLE_TOKENS + 5 {
            tokens.issue(Duration::from_micros(number as u64), "u", &token(number));
            assert!(tokens.len() <= limits::SIMPLE_TOKENS);
        }
        assert_eq!(tokens.user_of(s(1), &token(0)), None);
        for number in [limits::SIMPLE_TOKENS / 5, limits::SIMPLE_TOKENS + 4] {
            assert!(tokens.user_of(s(1), &token(number)).is_some(), "{number}");
        }
        // Those whose time is over go without anybody asking for them.
        (0..limits::SIMPLE_TOKENS).for_each(|number| tokens.issue(s(100), "u", &format!("n.{number}")));
        assert!(tokens.table.read().tokens.keys().all(|token| token.starts_with('n')));
    }

    #[test]
    fn letters_are_drawn_from_the_whole_alphabet() {
        let drawn: Vec<String> = (0..200).map(|_| draw_letters().unwrap()).collect();
        assert!(drawn.iter().all(|letters| letters.len() == LETTERS));
        assert!(ALPHABET.iter().all(|letter| drawn.iter().any(|letters| letters.as_bytes().contains(letter))));
        assert_ne!(drawn[0], drawn[1]);
    }

    #[test]
    fn a_token_names_its_entry() {
        let cases = [
            ("aBc.17", Some(18)),
            (".0", Some(1)),
            ("a.18446744073709551614", Some(u64::MAX)),
            ("a.18446744073709551615", None),
            ("a.1.2", None),
            ("a.", None),
            ("a.+1", None),
            ("a.-1", None),
            ("a", None),
            ("", None),
        ];
        for (token, index) in cases {
            assert_eq!(issued_by(token), index, "{token}");
        }
    }
}

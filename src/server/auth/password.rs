//! Passwords: hashed and compared with bcrypt, which is meant to be slow, so that it must not be in anybody's way.
//!
//! Each piece of work has a thread of its own, at the lowest priority that the machine has, and half of the processors' worth
//! of them work at once; the others wait for their turn, in the order they came. So a flood of logins takes the time that
//! writes leave, and no more.
//!
//! What must hold: a password is in no log line and in no error; and one who tries passwords learns nothing from the time it
//! takes: where there is no hash to compare with, the same work is done.

use crate::limits;
use bcrypt::Version;
use std::sync::Arc;
use tokio::sync::{Semaphore, oneshot};

/// The costs that bcrypt knows.
const COSTS: std::ops::RangeInclusive<u32> = 4..=31;
/// Taken when another one is asked for.
const COST: u32 = 10;
/// Longer passwords are refused: bcrypt looks at so many bytes.
const BYTES_MAX: usize = 72;
/// Added to the priority of threads that hash: as low as it gets.
const NICE: i32 = 19;

/// Too many wait already, or the machine gives no thread or no randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

/// A password that cannot be hashed, in the words of Go's bcrypt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("bcrypt: password length exceeds 72 bytes")]
pub struct TooLong;

/// Is this a password that can be hashed?
pub fn check_length(password: &str) -> Result<(), TooLong> {
    if password.len() > BYTES_MAX { Err(TooLong) } else { Ok(()) }
}

/// What bcrypt looks at, so that no more of it has to wait.
fn significant(password: &str) -> Vec<u8> {
    password.as_bytes()[..password.len().min(BYTES_MAX)].to_vec()
}

/// Hashes and compares.
#[derive(Clone, Debug)]
pub struct Passwords {
    cost: u32,
    /// Who works, and who waits for a turn.
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl Passwords {
    /// With that cost, or etcd's default and a warning if there is no such cost.
    pub fn new(given_cost: u64) -> Self {
        let cost = u32::try_from(given_cost).ok().filter(|cost| COSTS.contains(cost));
        let cost = cost.unwrap_or_else(|| {
            tracing::warn!(
                "min-cost" = COSTS.start(),
                "max-cost" = COSTS.end(),
                "default-cost" = COST,
                "given-cost" = given_cost,
                "use default bcrypt cost instead of the invalid given cost"
            );
            COST
        });
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let turns = Arc::new(Semaphore::new(processors.div_ceil(2)));
        Self { cost, places: Arc::new(Semaphore::new(limits::PASSWORDS_WAITING)), turns }
    }

    /// The hash of a password, as text; of one that is too long, of its beginning.
    pub async fn hash(&self, password: &str) -> Result<String, Busy> {
        let password = significant(password);
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|_| Busy)?;
        let cost = self.cost;
        let hashed = self.in_turn(move || bcrypt::hash_with_salt(password, cost, salt)).await?;
        // The cost was looked at; nothing else can be wrong.
        hashed.map(|parts| parts.format_for_version(Version::TwoA)).map_err(|_| Busy)
    }

    /// Is the hash that of this password? As in Go, what is behind the 72nd byte does not count. Without a hash, or with one
    /// that is none, it takes as long, and is not.
    pub async fn compare(&self, password: &str, hash: Option<Vec<u8>>) -> Result<bool, Busy> {
        let password = significant(password);
        let cost = self.cost;
        self.in_turn(move || {
            let hash = hash.and_then(|hash| String::from_utf8(hash).ok());
            let compared = hash.and_then(|hash| bcrypt::verify(&password, &hash).ok());
            compared.unwrap_or_else(|| {
                // For the time that it takes.
                let _ = std::hint::black_box(bcrypt::hash_with_salt(&password, cost, [0; 16]));
                false
            })
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| Busy)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| Busy)?;
        let (done, result) = oneshot::channel();
        let thread = std::thread::Builder::new().name("password".into());
        let spawned = thread.spawn(move || {
            // One that cannot be lowered works all the same. It is this thread's priority alone.
            step_back();
            let _ = done.send(work());
            // Given back when the work is done, even if nobody waits for it any more.
            drop((turn, place));
        });
        spawned.map_err(|_| Busy)?;
        result.await.map_err(|_| Busy)
    }
}

/// Lets everything else on the machine go first. A low priority alone is not enough: the kernel lets such a thread end its slice
/// of a few milliseconds before one that has just become ready, and a put becomes ready several times.
fn step_back() {
    let _ = rustix::process::nice(NICE);
    let no_priority = libc::sched_param { sched_priority: 0 };
    // SAFETY: the kernel reads the structure, which lives until the call returns, and changes the calling thread's scheduling
    // alone. No crate in use here offers the call.
    let _ = unsafe { libc::sched_setscheduler(0, libc::SCHED_IDLE, &no_priority) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn cheap() -> Passwords {
        Passwords::new(4)
    }

    async fn is_of(password: &str, hash: &str) -> bool {
        cheap().compare(password, Some(hash.into())).await.unwrap()
    }

    /// Hashes as Go makes them: `2a`, the cost in two digits.
    #[tokio::test]
    async fn a_hash_is_of_its_password() {
        for password in ["", "secret", "zwölf", "a\0b", &"x".repeat(72)] {
            let hash = cheap().hash(password).await.unwrap();
            assert!(hash.starts_with("$2a$04$") && hash.len() == 60, "{hash}");
            assert!(is_of(password, &hash).await);
            assert!(!is_of("other", &hash).await && !is_of(&format!("y{password}"), &hash).await);
        }
        let one = cheap().hash("secret").await.unwrap();
        assert_ne!(one, cheap().hash("secret").await.unwrap(), "each has its own salt");
    }

    /// Made by etcd 3.7.1: `user add` with these passwords at cost 4.
    #[tokio::test]
    async fn etcds_hashes_are_understood() {
        for (password, hash) in ETCDS {
            assert!(is_of(password, hash).await, "{password}");
            assert!(!is_of("wrong", hash).await);
        }
    }

    const ETCDS: [(&str, &str); 4] = [
        ("secret", "$2a$04$ym5PkN4wIYd7GyOXecxb9e3Rh90PScjF0P86BCYK9Bhy2ggXNomyW"),
        ("", "$2a$04$stFc0c/dGibj7s/66wLY7.324I7ikm/ZPIoLtbmjg1l3qC6ZmLqDO"),
        ("zw\u{f6}lf\0x", "$2a$04$Jy8SGSyV5oOts4IbpW6izuNq4TqnGT5L7i3i0e2Mtro5FHVL4xZRC"),
        (
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "$2a$04$8.AfUwH6sNvRyy/cojhm.O6tp0PppjXQ5euD7sCyp4qtgEnpRpJqO",
        ),
    ];

    #[tokio::test]
    async fn what_is_no_hash_is_of_no_password() {
        for hash in [None, Some(vec![]), Some(b"$2a$04$x".to_vec()), Some(vec![0xff; 60])] {
            assert!(!cheap().compare("", hash).await.unwrap());
        }
    }

    #[test]
    fn only_so_many_bytes() {
        assert_eq!(check_length(&"x".repeat(72)), Ok(()));
        assert_eq!(check_length(&"x".repeat(73)), Err(TooLong));
        assert_eq!(TooLong.to_string(), "bcrypt: password length exceeds 72 bytes");
    }

    #[test]
    fn costs_are_etcds() {
        let cases = [(4, 4), (31, 31), (10, 10), (3, COST), (32, COST), (0, COST), (u64::MAX, COST)];
        for (given, cost) in cases {
            assert_eq!(Passwords::new(given).cost, cost, "{given}");
        }
    }

    #[tokio::test]
    async fn only_so_many_wait_and_the_rest_of_a_password_does_not_count() {
        let passwords = Passwords::new(4);
        let hash = passwords.hash(&"x".repeat(72)).await.unwrap().into_bytes();
        assert_eq!(passwords.compare(&"x".repeat(99), Some(hash)).await, Ok(true));
        let all = passwords.places.clone().acquire_many_owned(limits::PASSWORDS_WAITING as u32).await.unwrap();
        assert_eq!(passwords.compare("", None).await, Err(Busy));
        drop(all);
        assert_eq!(passwords.compare("", None).await, Ok(false));
    }

    /// The work without a hash is that of a comparison: far more than that of doing nothing, whatever else the machine does.
    #[tokio::test]
    async fn it_takes_its_time_where_there_is_no_hash() {
        let passwords = Passwords::new(8);
        let hash = passwords.hash("secret").await.unwrap();
        let mut fastest = [Duration::MAX; 2];
        for _ in 0..5 {
            for (place, hash) in [Some(hash.clone().into_bytes()), None].into_iter().enumerate() {
                let started = Instant::now();
                assert!(!passwords.compare("other", hash).await.unwrap());
                fastest[place] = fastest[place].min(started.elapsed());
            }
        }
        let [with, without] = fastest;
        assert!(without > with / 3, "{without:?} without a hash, {with:?} with one");
    }
}

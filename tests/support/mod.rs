//! What the tests that look at a member from outside share: members to talk to, and where randomness begins.

#![allow(dead_code, missing_docs)]

pub mod config;
pub mod inside;
pub mod log;
pub mod member;
pub mod moments;
pub mod ports;
pub mod running;
pub mod scripts;
pub mod words;

/// The seed of a random test: from the environment, or a fixed one. It is printed, so that a failure can be replayed.
pub fn seed(test: &str) -> u64 {
    let seed = std::env::var("TEST_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_121);
    println!("{test}: TEST_SEED={seed}");
    seed
}

/// A number from the environment, for runs that are longer than the usual.
pub fn count(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

//! The run with users, roles and tokens: who may do what is decided alike, with the same texts and codes.
//!
//! ```text
//!   what.rs         every call of the API
//!   who.rs          who makes it: users, and those who pretend
//!   method.rs       how tokens are made, by every method there is
//!   forged.rs       signed tokens that the run makes itself
//!   model.rs        what the run knows of users and roles
//!   requests.rs     random calls by random callers
//!   ask.rs          a call, and its answer without ids, times and tokens
//!   sides.rs        the members that are asked
//!   lane.rs         two sides that are asked the same
//!   differences.rs  when two answers are equal
//! ```
//!
//! `DIFFERENTIAL_AUTH_OPS` sets the number of calls. In a lane with signed tokens both sides have the same keys, and take
//! the tokens of each other.

mod ask;
mod differences;
mod forged;
mod lane;
mod method;
mod model;
mod requests;
mod sides;
mod what;
mod who;

use crate::{
    coverage,
    ops::Shape,
    support::{count, member::Program, seed},
};
use lane::Lane;
use method::{Method, SIGNED};
use requests::Size;
use tokio::task::JoinSet;

/// What a run of 100,000 calls usually counts.
const USUAL: &str = include_str!("coverage.txt");

/// Calls of a run that is.
const LONG: u64 = 40_000;

/// Lanes at full length; all further ones are shorter by this factor.
const SHORT: u64 = 16;

#[tokio::test(flavor = "multi_thread")]
async fn who_may_do_what_is_decided_alike() {
    let seed = seed("differential_auth");
    let total = count("DIFFERENTIAL_AUTH_OPS", 600);
    // What each of the methods takes, in parts of a long lane.
    let share = total * SHORT / (5 * SHORT + SIGNED.len() as u64);
    let mut lanes = JoinSet::new();
    let mut plan: Vec<(&str, Shape, Size, u64)> = vec![
        ("simple", Shape::Narrow, Size::Alone, share),
        ("simple", Shape::Wide, Size::Alone, share),
        ("simple", Shape::Narrow, Size::Cluster, share),
        ("HS256", Shape::Narrow, Size::Alone, share),
        ("ES256", Shape::Wide, Size::Cluster, share),
    ];
    plan.extend(SIGNED.map(|name| (name, Shape::Narrow, Size::Alone, share / SHORT)));
    if Program::oracle().is_some_and(|oracle| !oracle.is_current()) {
        // Of Edwards' curves etcd has heard with 3.6.
        plan.retain(|(name, ..)| *name != "EdDSA");
    }
    for (number, (name, shape, size, ops)) in plan.into_iter().enumerate() {
        let seed = seed.wrapping_add(number as u64);
        lanes.spawn(async move {
            let method = if name == "simple" { Method::simple() } else { Method::signed(name) };
            let mut lane = Lane::start(seed, method, shape, size).await;
            lane.run(ops).await;
            (lane.dialect, lane.coverage)
        });
    }
    let (dialect, coverage) = coverage::of_lanes(lanes).await;
    println!("{total} calls with users, each to two sides:\n{}", coverage.table());
    // The first calls are not like the others: a short run is not usual.
    let missing = coverage.missing(USUAL, dialect, if total < LONG { 0 } else { total });
    assert!(missing.is_empty(), "too little was covered:\n{}", missing.join("\n"));
}

//! The key-value history, from outside: against a model, beside itself on other threads, and against etcd's own hashes.

mod concurrent;
mod crash;
mod damage;
mod midst;
mod model;
#[path = "../support/moments.rs"]
mod moments;
mod property;
mod replaced;
mod scripts;
mod support;

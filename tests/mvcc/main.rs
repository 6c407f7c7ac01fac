//! The key-value history, from outside: against a model, beside itself on other threads, and against etcd's own hashes.

mod concurrent;
mod crash;
mod damage;
mod model;
mod property;
mod replaced;
mod scripts;
mod support;

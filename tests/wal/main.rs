//! The write-ahead log through its own door, over the simulated disk: against a model, through crashes at every operation,
//! with every bit flipped, on arbitrary bytes, and against bytes that etcd wrote.

mod absurd;
mod cases;
mod crash;
mod damage;
mod fuzz;
mod golden;
mod model;
mod support;

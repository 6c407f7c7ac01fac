//! The watch hub at its boundary: requests and publications in, items out, against a model of the store.

mod cost;
mod memory;
mod model;
mod random;
mod script;

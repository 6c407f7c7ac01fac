//! Output of the client's tool, by noun: what is printed for keys, leases, members, endpoints, alarms, in each format.
//!
//! A command hands over the response and knows nothing of formats. `json` is the dialect of Go's encoding/json (reference
//! 5.5), not that of the gateway.

mod alarm;
mod auth;
mod bench;
mod downgrade;
mod endpoint;
mod fields;
mod json;
mod kv;
mod lease;
mod member;
mod messages;
mod printer;
mod table;
mod watch;

pub use bench::{BenchCost, BenchFigures, BenchPhase, BenchSeries};
pub use downgrade::Downgraded;
pub use endpoint::{EndpointHashKv, EndpointHealth, EndpointStatus};
pub use member::Change;
pub use printer::{Format, Ids, Output};
pub use watch::type_name;

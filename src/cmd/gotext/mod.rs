//! How Go writes and reads text: quoted strings, numbers, durations, sizes.
//!
//! etcd's tools show these forms and harnesses read them back, so they must agree to the byte. Each function was compared
//! with what `etcdctl` 3.7.1 prints; nothing here knows about etcd.

mod duration;
mod number;
mod quote;

pub use crate::logging::humanize;
pub use duration::{format_duration, format_signed_duration, parse_duration, parse_signed_duration};
pub use number::{parse_bool, parse_int, parse_uint};
pub use quote::{quote, quote_list, scan_quoted};

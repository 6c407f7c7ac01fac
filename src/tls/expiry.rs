//! How long certificates are good for: a metric each, and a line in the log when there is little time left. Certificates that
//! nobody renews are a common end of clusters.

use super::{certificate, server::ServerTls};
use crate::{
    limits::{TLS_EXPIRES_SOON, TLS_EXPIRY_SAID},
    metrics::metrics,
};
use std::collections::BTreeMap;

/// What was said of a file's certificate: when, and when it expires; in seconds since 1970.
pub type Said = BTreeMap<String, (u64, i64)>;

/// Sets the metrics of the certificates in use, and warns of those that expire soon, once a day each.
pub fn look_at_expiry(ports: &[(&str, &ServerTls)], unix_s: u64, said: &mut Said) {
    for (endpoint, tls) in ports {
        for (file, pair) in tls.certificates() {
            let not_after_s = pair.certificate.not_after_s;
            metrics().certificate_expiry.with_label_values(&[*endpoint, file.as_str()]).set(not_after_s);
            let is_said = said.get(&file).is_some_and(|(at_s, of)| {
                *of == not_after_s && unix_s < at_s.saturating_add(TLS_EXPIRY_SAID.as_secs())
            });
            if is_said {
                continue;
            }
            said.insert(file.clone(), (unix_s, not_after_s));
            let left_s = not_after_s.saturating_sub(unix_s as i64);
            let until = certificate::shown(not_after_s);
            if left_s < 0 {
                tracing::error!(endpoint, "cert-file" = file, "not-after" = until, "certificate has expired");
            } else if (left_s as u64) < TLS_EXPIRES_SOON.as_secs() {
                let days = left_s / (24 * 3600);
                tracing::warn!(endpoint, "cert-file" = file, "not-after" = until, days, "certificate expires soon");
            }
        }
    }
}

//! The flags that every command takes.

use crate::cmd::cobra::{List, bool_value, duration_value, int_value, list_value};
use std::time::Duration;

/// Global flags. The value names are the type words that help shows.
#[derive(clap::Args, Clone, Debug)]
pub struct Global {
    /// servers to talk to, all of one cluster
    #[arg(long, value_name = "strings", value_parser = list_value, default_value = "127.0.0.1:2379")]
    pub endpoints: Vec<List>,
    /// show the settings in use on standard error
    #[arg(long)]
    pub debug: bool,
    /// form of the output: fields, json, protobuf, simple or table
    #[arg(short = 'w', long, value_name = "string", default_value = "simple")]
    pub write_out: String,
    /// write keys, values and ids in hexadecimal
    #[arg(long)]
    pub hex: bool,
    /// how long to wait for a connection
    #[arg(long, value_name = "duration", value_parser = duration_value, default_value = "2s")]
    pub dial_timeout: Duration,
    /// how long a command may take that is meant to be short
    #[arg(long, value_name = "duration", value_parser = duration_value, default_value = "5s")]
    pub command_timeout: Duration,
    /// silence after which a connection is probed
    #[arg(long, value_name = "duration", value_parser = duration_value, default_value = "2s")]
    pub keepalive_time: Duration,
    /// how long a probe may stay unanswered
    #[arg(long, value_name = "duration", value_parser = duration_value, default_value = "6s")]
    pub keepalive_timeout: Duration,
    /// largest request in bytes (0 for 2 MiB)
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "0")]
    pub max_request_bytes: i64,
    /// largest response in bytes (0 for no limit)
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "0")]
    pub max_recv_bytes: i64,
    /// connect without TLS
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "true",
        action = clap::ArgAction::Set, value_parser = bool_value)]
    pub insecure_transport: bool,
    /// accept SRV records of endpoints without TLS
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "true",
        action = clap::ArgAction::Set, value_parser = bool_value)]
    pub insecure_discovery: bool,
    /// do not check the server's certificate (for tests)
    #[arg(long)]
    pub insecure_skip_tls_verify: bool,
    /// certificate file that tells who the client is
    #[arg(long, value_name = "string")]
    pub cert: Option<String>,
    /// key file of that certificate
    #[arg(long, value_name = "string")]
    pub key: Option<String>,
    /// file of the authorities that servers' certificates must come from
    #[arg(long, value_name = "string")]
    pub cacert: Option<String>,
    /// token to authenticate with, in place of a user
    #[arg(long, value_name = "string", default_value = "")]
    pub auth_jwt_token: String,
    /// user to authenticate as, with or without :password
    #[arg(long, value_name = "string", default_value = "")]
    pub user: String,
    /// password of the user
    #[arg(long, value_name = "string", default_value = "")]
    pub password: String,
    /// domain whose SRV records list the endpoints
    #[arg(short = 'd', long, value_name = "string", default_value = "")]
    pub discovery_srv: String,
    /// name of the service in those records
    #[arg(long, value_name = "string", default_value = "")]
    pub discovery_srv_name: String,
}

impl Global {
    /// The endpoints, without the spaces that may stand around them.
    pub fn endpoint_texts(&self) -> Vec<String> {
        self.endpoints.iter().flat_map(|list| &list.0).map(|text| text.trim().to_owned()).collect()
    }

    /// Names and values as `--debug` shows them, in the order of the names. Unlike etcdctl's, secrets are hidden: what goes to
    /// standard error ends up in logs.
    pub fn shown(&self) -> Vec<(&'static str, String)> {
        use crate::cmd::gotext::format_duration as duration;
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let secret = |value: &str| if value.is_empty() { String::new() } else { "***".to_owned() };
        let user = match self.user.split_once(':') {
            Some((name, password)) => format!("{name}:{}", secret(password)),
            None => self.user.clone(),
        };
        vec![
            ("auth-jwt-token", secret(&self.auth_jwt_token)),
            ("cacert", text(&self.cacert)),
            ("cert", text(&self.cert)),
            ("command-timeout", duration(self.command_timeout)),
            ("debug", self.debug.to_string()),
            ("dial-timeout", duration(self.dial_timeout)),
            ("discovery-srv", self.discovery_srv.clone()),
            ("discovery-srv-name", self.discovery_srv_name.clone()),
            ("endpoints", format!("[{}]", self.endpoint_texts().join(","))),
            ("hex", self.hex.to_string()),
            ("insecure-discovery", self.insecure_discovery.to_string()),
            ("insecure-skip-tls-verify", self.insecure_skip_tls_verify.to_string()),
            ("insecure-transport", self.insecure_transport.to_string()),
            ("keepalive-time", duration(self.keepalive_time)),
            ("keepalive-timeout", duration(self.keepalive_timeout)),
            ("key", text(&self.key)),
            ("max-recv-bytes", self.max_recv_bytes.to_string()),
            ("max-request-bytes", self.max_request_bytes.to_string()),
            ("password", secret(&self.password)),
            ("user", user),
            ("write-out", self.write_out.clone()),
        ]
    }
}

//! What a command works with once its own arguments are in order: the settings, the output, the way to a client.

use super::{
    ask::ask_password,
    environment::{self, Known},
    global::Global,
    notice::Attempts,
};
use crate::{
    client::{Client, Config, Credentials, Endpoint, Secure},
    cmd::{
        failure::{Failure, bad_arguments, code, not_available},
        output::{Format, Ids, Output},
        terminal::warn,
    },
    limits::{CLIENT_REQUEST_BYTES, CLIENT_RESPONSE_BYTES},
    tls::{ClientSettings, ClientTls},
};
use clap::{Args, FromArgMatches};
use std::{ffi::OsString, os::unix::ffi::OsStringExt, path::PathBuf, sync::Arc};
use tokio::time::Instant;

/// The global flags as given, not yet joined with the environment. etcdctl looks at the environment only when a command is
/// about to connect, so `version` neither warns nor fails, and wrong arguments are told first.
pub struct Given {
    /// Names and values.
    pub flags: Vec<(String, Vec<u8>)>,
}

/// Settings and output of one run.
pub struct Session {
    global: Global,
    credentials: Option<Credentials>,
    output: Output,
}

impl Given {
    /// Joins flags and environment, and checks them.
    pub fn open(&self) -> Result<Session, Failure> {
        self.open_with(Known::Flags)
    }

    /// The same for `watch`, which has variables of its own.
    pub fn open_for_watch(&self) -> Result<Session, Failure> {
        self.open_with(Known::Watch)
    }

    fn open_with(&self, known: Known) -> Result<Session, Failure> {
        let parser = definition();
        let is_flag = |name: &str| parser.get_arguments().any(|arg| arg.get_long() == Some(name));
        let takes = |name: &str, value: &OsString| {
            let flag = (name.to_owned(), value.clone().into_vec());
            parse(&[flag]).is_ok()
        };
        let global = parse(&environment::add(&self.flags, known, is_flag, takes)?)?;
        if global.debug {
            global.shown().iter().for_each(|(name, value)| {
                warn(&format!("ETCDCTL_{}={value}\n", name.to_uppercase().replace('-', "_")));
            });
        }
        if !global.discovery_srv.is_empty() {
            return Err(not_available("--discovery-srv"));
        }
        for (name, value) in [("cert", &global.cert), ("key", &global.key), ("cacert", &global.cacert)] {
            if value.as_deref() == Some("") {
                return Err(bad_arguments(format!("empty string is passed to --{name} option")));
            }
        }
        let credentials = credentials(&global)?;
        let ids = if global.hex { Ids::Hex } else { Ids::Plain };
        let output = Output::new(Format::parse(&global.write_out)?, ids);
        Ok(Session { global, credentials, output })
    }
}

/// The global flags as a command of their own.
fn definition() -> clap::Command {
    Global::augment_args(clap::Command::new("etcdctl")).args_override_self(true).disable_help_flag(true)
}

fn parse(flags: &[(String, Vec<u8>)]) -> Result<Global, Failure> {
    let definition = definition();
    let mut line = vec![OsString::from("etcdctl")];
    for (name, value) in flags {
        let bare = definition
            .get_arguments()
            .any(|arg| arg.get_long() == Some(name) && matches!(arg.get_action(), clap::ArgAction::SetTrue));
        // A flag that is off again must take back one before it: only the last one goes in.
        let on = String::from_utf8_lossy(value);
        let on = crate::cmd::gotext::parse_bool(&on);
        match (bare, on) {
            (true, Err(error)) => return Err(Failure::new(code::ERROR, error)),
            (true, Ok(on)) => {
                line.retain(|word| *word != *format!("--{name}"));
                if on {
                    line.push(format!("--{name}").into());
                }
            }
            (false, _) => {
                let mut word = format!("--{name}=").into_bytes();
                word.extend_from_slice(value);
                line.push(OsString::from_vec(word));
            }
        }
    }
    // The command line was checked before, and so was each variable.
    let matches = definition.try_get_matches_from(line).map_err(|error| Failure::new(code::ERROR, error))?;
    Global::from_arg_matches(&matches).map_err(|error| Failure::new(code::ERROR, error))
}

impl Session {
    /// Where responses go.
    pub fn output(&self) -> Output {
        self.output
    }

    /// When a short command must be done.
    pub fn deadline(&self) -> Instant {
        Instant::now() + self.global.command_timeout
    }

    /// The endpoints as written.
    pub fn endpoints(&self) -> Vec<String> {
        self.global.endpoint_texts()
    }

    /// A client whose calls end at the deadline of short commands.
    pub async fn connect(&self) -> Result<Client, Failure> {
        let deadline = self.deadline();
        Ok(self.connect_unbounded().await?.with_deadline(deadline))
    }

    /// A client whose calls may take for ever: for commands that etcdctl does not bound.
    pub async fn connect_unbounded(&self) -> Result<Client, Failure> {
        self.connect_to(&self.endpoints()).await
    }

    /// A client of these endpoints alone.
    pub async fn connect_to(&self, endpoints: &[String]) -> Result<Client, Failure> {
        let config = self.config(endpoints)?;
        Client::connect(config).await.map_err(|error| Failure::new(code::BAD_CONNECTION, error))
    }

    /// How TLS is spoken, if the flags tell. Their files are read here.
    pub fn tls(&self) -> Result<Option<ClientTls>, Failure> {
        let global = &self.global;
        let path = |text: &Option<String>| text.as_ref().map(PathBuf::from);
        let settings = ClientSettings {
            ca: path(&global.cacert),
            cert: path(&global.cert),
            key: path(&global.key),
            insecure_skip_verify: global.insecure_skip_tls_verify,
            ..Default::default()
        };
        if settings == ClientSettings::default() && global.insecure_transport {
            return Ok(None);
        }
        ClientTls::new(settings).map(Some).map_err(bad_arguments)
    }

    fn config(&self, endpoints: &[String]) -> Result<Config, Failure> {
        let global = &self.global;
        let tls = self.tls()?;
        let (send, recv) = (global.max_request_bytes, global.max_recv_bytes);
        if recv > 0 && send > recv {
            let message =
                format!("gRPC message recv limit ({recv} bytes) must be greater than send limit ({send} bytes)");
            return Err(Failure::new(code::BAD_CONNECTION, message));
        }
        Ok(Config {
            dial_timeout: global.dial_timeout,
            keepalive_time: global.keepalive_time,
            keepalive_timeout: global.keepalive_timeout,
            request_bytes_max: limit(global.max_request_bytes, CLIENT_REQUEST_BYTES),
            response_bytes_max: limit(global.max_recv_bytes, CLIENT_RESPONSE_BYTES),
            tls,
            credentials: self.credentials.clone(),
            observer: Some(Arc::new(Attempts)),
            ..Config::new(parse_endpoints(endpoints)?)
        })
    }
}

/// The first endpoint decides for all whether TLS is spoken, as in etcd's client.
fn parse_endpoints(texts: &[String]) -> Result<Vec<Endpoint>, Failure> {
    let mut first: Option<Secure> = None;
    let parse = |text: &String| {
        let endpoint = Endpoint::parse(text).map_err(|error| Failure::new(code::UNSUPPORTED, error))?;
        let secure = *first.get_or_insert(endpoint.secure());
        Ok(endpoint.with_secure(secure))
    };
    texts.iter().map(parse).collect()
}

/// A token counts before a user, and half a user is none: etcdctl then comes as nobody. Asks for the password when the flags
/// do not tell it.
fn credentials(Global { auth_jwt_token, user, password, .. }: &Global) -> Result<Option<Credentials>, Failure> {
    if !auth_jwt_token.is_empty() {
        return Ok(Some(Credentials::Token(auth_jwt_token.clone())));
    }
    if user.is_empty() {
        return Ok(None);
    }
    let (name, password) = match user.split_once(':') {
        _ if !password.is_empty() => (user.as_str(), password.clone()),
        Some((name, password)) => (name, password.to_owned()),
        None => (user.as_str(), ask_password()?),
    };
    let whole = !name.is_empty() && !password.is_empty();
    Ok(whole.then(|| Credentials::Password { name: name.to_owned(), password }))
}

/// The limit given; zero stands for the default.
fn limit(given: i64, default: usize) -> usize {
    usize::try_from(given).ok().filter(|given| *given > 0).unwrap_or(default)
}

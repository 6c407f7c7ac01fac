//! What a command line comes to: words, variables and a file in; a configuration, or the reason why there is none, out.
//! Nothing is printed, logged or opened here.
//!
//! ```text
//!   words -- go_flags --> given --+-- env -----------+--> old names --> check --> build --> ServerConfig
//!                                 '-- config file ---'   (replaces all that was given)
//! ```

use super::{
    build::{self, Surroundings},
    check,
    config::ServerConfig,
    env::{self, EnvError},
    file::{self, FileError},
    given::Given,
    go_flags::{self, Typed},
    log_settings,
    notice::Notice,
};
use crate::logging::LoggingConfig;

/// All that a configuration is made from.
pub struct Sources<'a> {
    /// The words behind the program's name.
    pub words: &'a [String],
    /// The environment: names and values.
    pub variables: &'a [(String, String)],
    /// Reads a file; the error is worded as Go words it.
    pub read_file: &'a dyn Fn(&str) -> Result<Vec<u8>, String>,
    /// What else is needed.
    pub around: Surroundings<'a>,
}

/// What came of it.
pub struct Settled {
    /// What is worth saying, in order.
    pub notices: Vec<Notice>,
    /// How to log it.
    pub log: LoggingConfig,
    /// The result.
    pub outcome: Outcome,
}

/// The result.
pub enum Outcome {
    /// Help was asked for.
    Help,
    /// The version was asked for.
    Version,
    /// The line cannot be read; Go's words.
    Unreadable(String),
    /// A list of URLs in the config file cannot be read; a line for standard error.
    BadUrls(String),
    /// A variable and a flag say different things.
    Conflict(EnvError),
    /// The settings cannot be used.
    Refused(String),
    /// They can be used, but a start would fail.
    CannotStart(String),
    /// A configuration.
    Ready(Box<ServerConfig>),
}

/// Settles what is to be done.
pub fn settle(sources: &Sources<'_>) -> Settled {
    let mut settled = Settled { notices: Vec::new(), log: LoggingConfig::default(), outcome: Outcome::Help };
    settled.outcome = match go_flags::parse(sources.words) {
        Err(error) => Outcome::Unreadable(error.to_string()),
        Ok(typed) if typed.help => Outcome::Help,
        Ok(Typed { stray: Some(word), .. }) => {
            Outcome::Refused(format!("{} is not a valid flag", crate::cmd::gotext::quote(word.as_bytes())))
        }
        Ok(typed) if typed.given.bool("version") => Outcome::Version,
        Ok(typed) => configure(typed, sources, &mut settled).unwrap_or_else(|outcome| outcome),
    };
    settled
}

fn configure(typed: Typed, sources: &Sources<'_>, settled: &mut Settled) -> Result<Outcome, Outcome> {
    let notices = &mut settled.notices;
    let mut given = match config_file(&typed.given, sources.variables) {
        Some(path) => from_file(&path, sources, notices)?,
        None => {
            let mut given = typed.given;
            notices.extend(typed.ignored.into_iter().map(Notice::Ignored));
            env::add(&mut given, sources.variables, notices).map_err(|error| match error {
                EnvError::Conflict { .. } => Outcome::Conflict(error),
                EnvError::Invalid { .. } => Outcome::Refused(error.to_string()),
            })?;
            given
        }
    };
    let old = given.settle_old().map_err(Outcome::Refused)?;
    notices.extend(old.into_iter().map(|(flag, message)| Notice::OldName { flag, message }));
    let log = log_settings::read(&given).map_err(|error| Outcome::Refused(error.0))?;
    settled.log = log.clone();
    check::check(&given, notices).map_err(|error| Outcome::Refused(error.0))?;
    let config = build::build(&given, log, &sources.around, notices);
    config.map(|config| Outcome::Ready(Box::new(config))).map_err(|error| Outcome::CannotStart(error.0))
}

fn config_file(given: &Given, variables: &[(String, String)]) -> Option<String> {
    let variable = || variables.iter().find(|(name, _)| name == "ETCD_CONFIG_FILE").map(|(_, path)| path.clone());
    let path = match given.text("config-file") {
        "" => variable()?,
        path => path.to_owned(),
    };
    (!path.is_empty()).then_some(path)
}

fn from_file(path: &str, sources: &Sources<'_>, notices: &mut Vec<Notice>) -> Result<Given, Outcome> {
    let bytes = (sources.read_file)(path).map_err(Outcome::Refused)?;
    let given = file::read(&bytes, notices).map_err(|error| match error {
        FileError::Contents(text) => Outcome::Refused(text),
        FileError::Urls { .. } => Outcome::BadUrls(error.to_string()),
    })?;
    notices.insert(0, Notice::FileLoaded { path: path.to_owned() });
    Ok(given)
}

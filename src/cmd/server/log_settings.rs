//! How the log is to be written, checked before anything is opened.

use super::{check::ConfigError, given::Given};
use crate::logging::{Logging, LoggingConfig, Rotation};
use serde_json::Value as Json;

/// What is wrong with rotation when there is not exactly one file (etcd's words, the flag's name included).
const NOT_ONE_FILE: &str = "--log-outputs requires a single file path when --log-rotate-config-json is defined";
/// An output of systemd.
const JOURNAL: &str = "systemd/journal";

/// The settings of the log, and of its rotation where that is on.
pub fn read(given: &Given) -> Result<LoggingConfig, ConfigError> {
    let mut outputs = given.list("log-outputs");
    if outputs.is_empty() {
        outputs = vec!["default".into()];
    }
    let mut log = LoggingConfig {
        logger: given.text("logger").to_string(),
        level: given.text("log-level").to_string(),
        format: given.text("log-format").to_string(),
        outputs,
        rotation: None,
    };
    let is_file = |output: &&String| !matches!(output.as_str(), "default" | "stderr" | "stdout");
    // Opening is for later: files are checked as if they were standard error.
    let unopened = log.outputs.iter().map(|output| if is_file(&output) { "stderr".into() } else { output.clone() });
    let checked = LoggingConfig { outputs: unopened.collect(), ..log.clone() };
    Logging::new(&checked).map_err(|error| ConfigError(error.to_string()))?;
    if given.bool("enable-log-rotation") {
        let files = log.outputs.iter().filter(is_file).count();
        if files > 1 || (files == 0 && log.outputs.len() == 1) {
            return Err(ConfigError(NOT_ONE_FILE.into()));
        }
        log.rotation = Some(read_rotation(given.text("log-rotation-config-json"))?);
    }
    if log.outputs.len() > 1 && log.outputs.iter().any(|output| output == JOURNAL) {
        let shown = crate::cmd::gotext::quote_list(&log.outputs);
        return Err(ConfigError(format!(
            "running with systemd/journal but other '--log-outputs' values ({shown}) are configured with 'default'; \
             override 'default' value with something else"
        )));
    }
    Ok(log)
}

/// The options are an object of numbers and booleans; the errors are those of Go's JSON decoder. Names are taken in any
/// case, and others passed over, as by that decoder.
fn read_rotation(text: &str) -> Result<Rotation, ConfigError> {
    let json: Json = serde_json::from_str(text).map_err(|error| {
        let reason = if error.is_eof() { "unexpected end of JSON input".into() } else { error.to_string() };
        ConfigError(format!("improperly formatted log rotation config: {reason}"))
    })?;
    let wrong = |found: &Json, field: &str, kind: &str| {
        let found = match found {
            Json::Null => "null",
            Json::Bool(_) => "bool",
            Json::Number(_) => "number",
            Json::String(_) => "string",
            Json::Array(_) => "array",
            Json::Object(_) => "object",
        };
        ConfigError(format!(
            "invalid log rotation config: json: cannot unmarshal {found} into Go {field} of type {kind}"
        ))
    };
    let options = match &json {
        Json::Object(options) => options,
        Json::Null => return Ok(Rotation::default()),
        other => return Err(wrong(other, "value", "embed.logRotationConfig")),
    };
    let mut rotation = Rotation::default();
    for (key, value) in options.iter().filter(|(_, value)| !value.is_null()) {
        let field = format!("struct field logRotationConfig.Logger.{key}");
        let number = || value.as_i64().ok_or_else(|| wrong(value, &field, "int"));
        let switch = || value.as_bool().ok_or_else(|| wrong(value, &field, "bool"));
        match key.to_ascii_lowercase().as_str() {
            "maxsize" => rotation.size_max_mb = number()?,
            "maxage" => rotation.age_max_days = number()?,
            "maxbackups" => rotation.backups_max = number()?,
            "localtime" => rotation.local_time = switch()?,
            "compress" => rotation.compress = switch()?,
            // It is taken and overwritten with the output.
            "filename" if !value.is_string() => return Err(wrong(value, &field, "string")),
            _ => {}
        }
    }
    Ok(rotation)
}

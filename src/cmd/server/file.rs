//! The config file: YAML or JSON, its keys the names of flags, some of them in nested maps (reference 3.5).
//!
//! etcd reads it through Go's JSON decoder, and the errors are that decoder's: types are strict (`name: 5` is refused),
//! durations are whole numbers of nanoseconds, unknown keys are passed over, upper and lower case are one.

use super::{
    flags::{self, Flag, Kind, Value},
    given::Given,
    notice::Notice,
    urls::{self, UrlError},
    yaml::{self, Node},
};
use std::collections::BTreeMap;

/// A config file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Whatever is wrong with the contents; etcd's text.
    #[error("{0}")]
    Contents(String),
    /// A list of URLs: etcd says so on standard error and logs nothing.
    #[error("unexpected error setting up {key}: {reason}")]
    Urls {
        /// The key, as etcd names it.
        key: &'static str,
        /// Why.
        reason: String,
    },
}

impl From<String> for FileError {
    fn from(text: String) -> Self {
        Self::Contents(text)
    }
}

/// Keys whose fields stand in another Go struct than the rest; errors name it.
const IN_CONFIG_JSON: &[&str] = &[
    "listen-peer-urls",
    "listen-client-urls",
    "listen-client-http-urls",
    "initial-advertise-peer-urls",
    "advertise-client-urls",
    "cors",
    "host-whitelist",
    "client-transport-security",
    "peer-transport-security",
    "feature-gates",
];

/// Maps within the file: the keys that lead to one, the Go struct that holds its fields, and its type as errors name it.
const MAPS: &[(&[&str], &str, &str)] = &[
    (&["client-transport-security"], "securityConfig", "embed.securityConfig"),
    (&["peer-transport-security"], "securityConfig", "embed.securityConfig"),
    (&["socket-options"], "SocketOpts", "transport.SocketOpts"),
    (&["discovery-config"], "DiscoveryConfig", "v3discovery.DiscoveryConfig"),
    (&["discovery-config", "client"], "ConfigSpec", "clientv3.ConfigSpec"),
    (&["discovery-config", "client", "secure"], "SecureConfig", "clientv3.SecureConfig"),
    (&["discovery-config", "client", "auth"], "AuthConfig", "clientv3.AuthConfig"),
];

/// Reads the settings of a file's bytes, and says what is worth saying about them.
pub fn read(bytes: &[u8], notices: &mut Vec<Notice>) -> Result<Given, FileError> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| "error converting YAML to JSON: yaml: invalid UTF-8".to_owned())?;
    let document = yaml::read(text).map_err(|reason| format!("error converting YAML to JSON: yaml: {reason}"))?;
    let mut given = Given::by_file();
    let map = match document {
        Node::Null => return Ok(given),
        Node::Map(map) => map,
        other => return Err(decoding(format!("{} into Go value of type embed.configYAML", json_type(&other))).into()),
    };
    let mut urls = Vec::new();
    walk(&map, &[], &mut given, &mut urls, notices)?;
    if map.get("peer-transport-security") == Some(&Node::Null) {
        return Err("invalid peer-transport-security".to_owned().into());
    }
    // etcd looks at the URLs when all else could be decoded, in this order.
    let order = |flag: &Flag| IN_CONFIG_JSON.iter().position(|key| *key == flag.name).unwrap_or(IN_CONFIG_JSON.len());
    urls.sort_by_key(|(flag, _)| order(flag));
    for (flag, text) in urls {
        take_urls(&mut given, flag, &text)?;
    }
    Ok(given)
}

fn walk(
    map: &BTreeMap<String, Node>,
    above: &[&str],
    given: &mut Given,
    urls: &mut Vec<(&'static Flag, String)>,
    notices: &mut Vec<Notice>,
) -> Result<(), FileError> {
    for (key, node) in map {
        let keys = [above, &[key.as_str()]].concat();
        let same = |known: &[&str]| {
            known.len() == keys.len() && known.iter().zip(&keys).all(|(a, b)| a.eq_ignore_ascii_case(b))
        };
        if let Some(flag) = flags::all().chain(flags::IN_FILE).find(|flag| same(&flag.keys())) {
            read_flag(flag, node, given, urls)?;
        } else if let Some((keys, _, go_type)) = MAPS.iter().find(|(keys, ..)| same(keys)) {
            match node {
                Node::Map(map) => walk(map, keys, given, urls, notices)?,
                Node::Null => {}
                other => return Err(mismatch(other, keys, go_type).into()),
            }
        } else if let Some(legacy) = flags::find_legacy(key).filter(|_| above.is_empty()) {
            read_legacy(legacy, node, given)?;
        } else if *node != Node::Null {
            notices.push(Notice::UnknownKey(keys.join(".")));
        }
    }
    Ok(())
}

fn read_flag(
    flag: &'static Flag,
    node: &Node,
    given: &mut Given,
    urls: &mut Vec<(&'static Flag, String)>,
) -> Result<(), FileError> {
    let value = match (flag.kind, read_value(flag.kind, &flag.keys(), node)?) {
        (_, None) => return Ok(()),
        (Kind::Urls | Kind::Origins | Kind::TextSet | Kind::Gates, Some(Value::Text(text))) if text.is_empty() => {
            return Ok(());
        }
        (Kind::Urls, Some(Value::Text(text))) => {
            urls.push((flag, text));
            return Ok(());
        }
        (Kind::Origins | Kind::TextSet | Kind::Gates, Some(Value::Text(text))) => flag.kind.read(&text)?,
        // The empty state is the default one.
        (Kind::Choice(choices), Some(Value::Text(text))) if text.is_empty() => Value::Text(choices[0].to_owned()),
        (_, Some(value)) => value,
    };
    given.put(flag, value);
    Ok(())
}

fn take_urls(given: &mut Given, flag: &'static Flag, text: &str) -> Result<(), FileError> {
    let urls = urls::read_list(text).map_err(|UrlError(reason)| {
        // etcd names the wrong key here.
        let key = if flag.name == "advertise-client-urls" { "advertise-peer-urls" } else { flag.name };
        FileError::Urls { key, reason }
    })?;
    given.put(flag, Value::List(urls));
    Ok(())
}

/// Keys of older versions: one that means something sets it, whatever else stands there is passed over, as etcd does.
fn read_legacy(legacy: &'static flags::Legacy, node: &Node, given: &mut Given) -> Result<(), FileError> {
    let value = match (legacy.fate, node) {
        (_, Node::Null) => return Ok(()),
        (flags::Fate::Gone(_), _) => Value::Text(String::new()),
        // `proxy: off` is a boolean in YAML.
        (flags::Fate::Off(..), Node::Bool(value)) if legacy.kind == Kind::Text => {
            Value::Text(if *value { "on" } else { "off" }.to_owned())
        }
        _ => match read_value(legacy.kind, &[legacy.name], node)? {
            Some(value) => value,
            None => return Ok(()),
        },
    };
    given.put_old(legacy, value);
    Ok(())
}

/// The value of a field of that kind; none where nothing stands. Lists that are one text in the file come as text.
fn read_value(kind: Kind, keys: &[&str], node: &Node) -> Result<Option<Value>, FileError> {
    let wrong = || FileError::Contents(mismatch(node, keys, kind.go_type()));
    let whole = || match node {
        Node::Int(number) => Some(*number),
        Node::Float(float) if float.fract() == 0.0 && float.abs() < 1e21 => Some(*float as i128),
        _ => None,
    };
    let value = match kind {
        _ if *node == Node::Null => return Ok(None),
        Kind::Bool => match node {
            Node::Bool(value) => Value::Bool(*value),
            _ => return Err(wrong()),
        },
        Kind::Int | Kind::Int64 => Value::Int(whole().and_then(|number| i64::try_from(number).ok()).ok_or_else(wrong)?),
        Kind::Duration => Value::Duration(whole().and_then(|number| i64::try_from(number).ok()).ok_or_else(wrong)?),
        Kind::Uint | Kind::Uint64 => {
            Value::Uint(whole().and_then(|number| u64::try_from(number).ok()).ok_or_else(wrong)?)
        }
        Kind::Uint32 => Value::Uint(whole().and_then(|number| u32::try_from(number).ok()).ok_or_else(wrong)?.into()),
        Kind::List | Kind::Set => match node {
            Node::List(items) => Value::List(read_items(items, keys)?),
            _ => return Err(wrong()),
        },
        _ => match node {
            Node::Text(text) => Value::Text(text.clone()),
            _ => return Err(wrong()),
        },
    };
    Ok(Some(value))
}

fn read_items(items: &[Node], keys: &[&str]) -> Result<Vec<String>, FileError> {
    let read = |item: &Node| match item {
        Node::Text(text) => Ok(text.clone()),
        Node::Null => Ok(String::new()),
        other => Err(FileError::Contents(mismatch(other, keys, "string"))),
    };
    items.iter().map(read).collect()
}

fn mismatch(node: &Node, keys: &[&str], go_type: &str) -> String {
    let section = if IN_CONFIG_JSON.contains(&keys[0]) { "configJSON" } else { "Config" };
    let above = &keys[..keys.len() - 1];
    let owner = MAPS.iter().find(|(map, ..)| *map == above).map_or("configYAML", |(_, owner, _)| owner);
    let found = match node {
        // Only a number that does not fit a number is shown.
        Node::Int(number) if is_number(go_type) => match number.unsigned_abs() > u128::from(u64::MAX) {
            true => format!("number {:.0}", *number as f64),
            false => format!("number {number}"),
        },
        Node::Float(number) if is_number(go_type) => format!("number {number}"),
        other => json_type(other).to_owned(),
    };
    decoding(format!("{found} into Go struct field {owner}.{section}.{} of type {go_type}", keys.join(".")))
}

fn is_number(go_type: &str) -> bool {
    go_type.contains("int") || go_type == "time.Duration"
}

fn decoding(what: String) -> String {
    format!("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {what}")
}

fn json_type(node: &Node) -> &'static str {
    match node {
        Node::Null => "null",
        Node::Bool(_) => "bool",
        Node::Int(_) | Node::Float(_) => "number",
        Node::Text(_) => "string",
        Node::List(_) => "array",
        Node::Map(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> Given {
        read(text.as_bytes(), &mut Vec::new()).unwrap()
    }

    #[test]
    fn keys_of_any_depth_set_their_flags() {
        let given = given(
            "NAME: a\nbackend-batch-interval: 5000000\nlisten-peer-urls: http://b:2,http://a:1\n\
             log-outputs: [stderr, stdout]\nhost-whitelist: b,a\nsocket-options: {reuse-port: yes}\n\
             discovery-config: {client: {secure: {cert: c}}}\n",
        );
        assert_eq!((given.text("name"), given.nanoseconds("backend-batch-interval")), ("a", 5_000_000));
        assert_eq!(given.list("listen-peer-urls"), ["http://a:1", "http://b:2"]);
        assert_eq!((given.list("log-outputs").len(), given.list("host-whitelist").len()), (2, 2));
        assert!(given.bool("socket-reuse-port"));
        assert_eq!(given.text("discovery-cert"), "c");
    }

    #[test]
    fn unknown_keys_are_named_and_passed_over() {
        let mut notices = Vec::new();
        let given = read(b"foo: 1\nbar:\nsocket-options: {x: 1}", &mut notices).unwrap();
        assert_eq!(notices, [Notice::UnknownKey("foo".into()), Notice::UnknownKey("socket-options.x".into())]);
        assert_eq!(given, Given::by_file());
    }
}

//! A log line without what differs from run to run.

use serde_json::Value;

/// `level logger message: names of the fields`. None for a line that tells of a slow machine.
pub fn outline(line: &str) -> Option<String> {
    let (level, message, fields) = parts(line);
    let slow = ["slow fdatasync", "apply request took too long", "request stats", "trace"];
    if slow.contains(&message.as_str()) {
        return None;
    }
    let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    Some(format!("{level} {message}: {}", names.join(" ")).trim_end_matches(": ").to_owned())
}

/// The line with its values, but for times, ids of requests and ports.
pub fn settled(line: &str) -> String {
    let (level, message, fields) = parts(line);
    let mut text = format!("{level} {message}");
    for (name, value) in fields {
        let value = match name.as_str() {
            "took" | "start time" | "time spent" | "remote" => "*".to_owned(),
            _ => value,
        };
        text += &format!("\n  {name}: {value}");
    }
    // An id is a number of nineteen or more digits.
    let mut settled = String::new();
    for part in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let digits = part.trim_end_matches(|c: char| !c.is_ascii_digit());
        settled += if digits.len() >= 18 { "*" } else { digits };
        settled += &part[digits.len()..];
    }
    // Go's text form has one space or two, by chance of the build.
    settled.replace("  ", " ").replace("\n ", "\n  ")
}

/// Level (with the logger, if any), message, and the other fields but for time and place.
fn parts(line: &str) -> (String, String, Vec<(String, String)>) {
    let fields = fields_of(line);
    let value = |name: &str| {
        let found = fields.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default()
    };
    let head = format!("{} {}", value("level"), value("logger"));
    let head_names = ["level", "ts", "logger", "caller", "msg", "stacktrace"];
    let rest = fields.iter().filter(|(name, _)| !head_names.contains(&name.as_str()));
    let rest = rest.map(|(name, value)| (name.clone(), value.to_string())).collect();
    (head.trim_end().to_owned(), value("msg"), rest)
}

/// The members of a JSON object in their order, which a map would lose.
fn fields_of(line: &str) -> Vec<(String, Value)> {
    struct Ordered(Vec<(String, Value)>);
    impl<'de> serde::Deserialize<'de> for Ordered {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Ordered;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Ordered, A::Error> {
                    let mut fields = Vec::new();
                    while let Some(field) = map.next_entry()? {
                        fields.push(field);
                    }
                    Ok(Ordered(fields))
                }
            }
            from.deserialize_map(Visitor)
        }
    }
    serde_json::from_str::<Ordered>(line).unwrap_or_else(|error| panic!("{error}: {line}")).0
}

//! A page of metrics, read.

use std::collections::BTreeMap;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Samples by name and labels.
pub type Samples = BTreeMap<String, f64>;

/// The text at a path of a member. HTTP/1.0, so that it comes in one piece.
pub async fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("the member listens");
    let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("the member reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the member answers");
    answer.split_once("\r\n\r\n").map_or(String::new(), |(_, body)| body.into())
}

/// Every sample of a page.
pub fn samples(text: &str) -> Samples {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.rsplit_once(' '));
    pairs.map(|(name, value)| (name.into(), value.parse().expect("a number"))).collect()
}

/// A sample's name without its labels.
pub fn bare(sample: &str) -> &str {
    sample.split('{').next().unwrap_or(sample)
}

/// Every family: `name -> type, labels, bounds`. Labels are those that its samples have.
pub fn families(text: &str) -> BTreeMap<String, String> {
    let mut families = BTreeMap::new();
    let mut current = String::new();
    let mut labels: Vec<String> = Vec::new();
    let mut bounds: Vec<String> = Vec::new();
    let mut kind = String::new();
    for line in text.lines().chain(["# TYPE  "]) {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (next, next_kind) = rest.split_once(' ').expect("a name and a type");
            let shape = [&kind, &labels.join(","), &bounds.join(" ")].map(String::as_str).join(" ");
            families.insert(std::mem::replace(&mut current, next.into()), shape.trim_end().into());
            (kind, labels, bounds) = (next_kind.into(), Vec::new(), Vec::new());
        } else if !line.starts_with('#') {
            for (label, value) in labels_of(line) {
                if label == "le" {
                    let bound = value.parse::<f64>().expect("a bound").to_string();
                    bounds.extend(Some(bound).filter(|bound| !bounds.contains(bound)));
                } else if !labels.contains(&label.to_string()) {
                    labels.push(label.into());
                }
            }
            labels.sort();
        }
    }
    families.remove("");
    families
}

/// Values here hold no quotes and no commas.
fn labels_of(sample: &str) -> Vec<(&str, &str)> {
    let Some((_, rest)) = sample.split_once('{') else { return Vec::new() };
    let inside = rest.rsplit_once('}').map_or("", |(inside, _)| inside);
    let pairs = inside.split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(label, value)| (label, value.trim_matches('"'))).collect()
}

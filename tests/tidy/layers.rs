//! Who may know whom: the order of modules, circles between files, and which crate belongs to which module.

use crate::source::{Kind, Path, Source};
use std::collections::{BTreeMap, BTreeSet};

/// The modules of `lib.rs`, lowest first.
pub fn module_order(sources: &[Source]) -> Vec<String> {
    let Some(lib) = sources.iter().find(|source| source.path == "src/lib.rs") else { return Vec::new() };
    let declared = (0..lib.tokens.len()).filter(|at| lib.is_at(*at, &["mod"]) && lib.is_at(*at + 2, &[";"]));
    declared.map(|at| lib.tokens[at + 1].text.clone()).collect()
}

/// A module names only what stands above it in `lib.rs`.
pub fn names_only_what_is_above(sources: &[Source]) -> Vec<String> {
    let order = module_order(sources);
    let place = |module: &str| order.iter().position(|name| name == module);
    let mut offenders = Vec::new();
    for source in sources.iter().filter(|source| source.path.starts_with("src/")) {
        let Some(own) = source.module().first().and_then(|module| place(module)) else { continue };
        for path in source.paths() {
            let absolute = absolute(source, &path);
            let Some(other) = absolute.as_ref().and_then(|path| place(path.first()?)) else { continue };
            if other > own {
                let (own, other) = (&order[own], &order[other]);
                offenders.push(format!("{}:{}: {own} names {other}, which is listed below it", source.path, path.line));
            }
        }
    }
    offenders
}

/// The path from the crate's root, without `crate`; `None` for a path that starts elsewhere.
fn absolute(source: &Source, path: &Path) -> Option<Vec<String>> {
    let mut base = source.module();
    let mut rest = path.segments.as_slice();
    match rest.first()?.as_str() {
        "crate" => return Some(rest[1..].to_vec()),
        // Inside an inline module these are about the file itself.
        "self" if path.depth == 0 => rest = &rest[1..],
        "super" => {
            let up = rest.iter().take_while(|segment| *segment == "super").count();
            rest = &rest[up..];
            for _ in path.depth..up {
                base.pop()?;
            }
        }
        _ => return None,
    }
    base.extend_from_slice(rest);
    Some(base)
}

/// No circles between the files (and subfolders) of one folder. What a `mod.rs` exports counts as the file that it is
/// from; a `mod.rs` may name its children, and then they may not name what `mod.rs` itself defines.
pub fn has_no_circles(sources: &[Source]) -> Vec<String> {
    let mut offenders = Vec::new();
    for folder in sources.iter().filter(|source| source.path.starts_with("src/") && source.path != "src/lib.rs") {
        let home = folder.home();
        let inside = format!("{home}/");
        let members: Vec<&Source> = sources.iter().filter(|source| source.path.starts_with(&inside)).collect();
        let mut edges: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for source in members.iter().copied().filter(|source| source.path != folder.path).chain([folder]) {
            for (from, to, line) in uses(folder, source, &members) {
                edges.entry(from).or_default().entry(to).or_insert_with(|| format!("{}:{line}", source.path));
            }
        }
        offenders.extend(circle(&edges).map(|circle| format!("{home}: circle of imports {}", circle.join(" -> "))));
    }
    offenders
}

const SELF: &str = "mod.rs";

/// What `source` uses of its folder: (its own part, the other part, line).
fn uses(folder: &Source, source: &Source, members: &[&Source]) -> Vec<(String, String, usize)> {
    let root = folder.module();
    let part_of = |module: &[String]| module.get(root.len()).cloned().unwrap_or_else(|| SELF.into());
    let children: BTreeSet<String> = members.iter().map(|member| part_of(&member.module())).collect();
    let exports = exports(folder, &children);
    let from = part_of(&source.module());
    let mut uses = Vec::new();
    for path in source.paths().into_iter().filter(|path| !path.test) {
        let own_child = from == SELF && children.contains(&path.segments[0]) && path.depth == 0;
        let target = match absolute(source, &path) {
            Some(target) => target,
            None if own_child => [root.clone(), path.segments.clone()].concat(),
            None => continue,
        };
        // The root itself, as in `use super::*`, is what mod.rs defines.
        if !target.starts_with(&root) || (from == SELF && path.kind == Kind::Export) {
            continue;
        }
        let to = match target.get(root.len()) {
            Some(name) if children.contains(name) => name.clone(),
            Some(name) => exports.get(name).cloned().unwrap_or_else(|| SELF.into()),
            None => SELF.into(),
        };
        if to != from {
            uses.push((from.clone(), to, path.line));
        }
    }
    uses
}

/// Which child a name of `mod.rs` is from.
fn exports(folder: &Source, children: &BTreeSet<String>) -> BTreeMap<String, String> {
    let mut exports = BTreeMap::new();
    for path in folder.paths().into_iter().filter(|path| path.kind != Kind::Plain && path.depth == 0) {
        let child = path.segments.iter().find(|segment| *segment != "self");
        if let Some(child) = child.filter(|child| children.contains(*child)) {
            exports.insert(path.name, child.clone());
        }
    }
    exports
}

/// Some circle of the graph, with the place of each import.
fn circle(edges: &BTreeMap<String, BTreeMap<String, String>>) -> Option<Vec<String>> {
    fn walk<'a>(
        edges: &'a BTreeMap<String, BTreeMap<String, String>>,
        at: &'a str,
        way: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<Vec<String>> {
        if let Some(start) = way.iter().position(|seen| *seen == at) {
            let mut circle = way[start..].to_vec();
            circle.push(at);
            return Some(circle.windows(2).map(|pair| format!("{} ({})", pair[0], edges[pair[0]][pair[1]])).collect());
        }
        if !done.insert(at) {
            return None;
        }
        way.push(at);
        let found = edges.get(at).and_then(|next| next.keys().find_map(|next| walk(edges, next, way, done)));
        way.pop();
        found
    }
    let mut done = BTreeSet::new();
    edges.keys().find_map(|start| walk(edges, start, &mut Vec::new(), &mut done))
}

/// A crate (or module of `std`) and the only places that may name it.
const OWNED: &[(&[&str], &[&str])] = &[
    (&["raft"], &["src/raft/"]),
    (&["raft_proto"], &["src/pb.rs", "src/raft/"]),
    (&["slog"], &["src/raft/"]),
    (&["redb"], &["src/backend/"]),
    (&["std", "fs"], &["src/disk/os.rs"]),
    (&["tokio", "fs"], &["src/disk/os.rs"]),
    (&["tonic"], &["src/pb.rs", "src/rpc/", "src/client/", "src/peer/", "src/proxy/"]),
    (&["tonic_prost"], &["src/pb.rs", "src/rpc/", "src/client/", "src/peer/", "src/proxy/"]),
    (&["hyper"], &["src/http/", "src/rpc/", "src/client/", "src/peer/", "src/proxy/"]),
    (&["h2"], &["src/client/"]),
    (&["rustls"], &["src/tls/"]),
    (&["rcgen"], &["src/tls/"]),
    (&["x509_parser"], &["src/tls/"]),
    (&["rustls_native_certs"], &["src/tls/"]),
    (&["tokio_rustls"], &["src/client/", "src/peer/", "src/http/"]),
    (&["clap"], &["src/cmd/"]),
    (&["comfy_table"], &["src/cmd/"]),
];

/// Macros that print, and the only places that may.
const PRINTING: (&[&str], &str) = (&["print", "println", "eprint", "eprintln", "dbg"], "src/cmd/");

/// Each crate with one owner is named by it alone, and only commands print.
pub fn respects_owners(sources: &[Source]) -> Vec<String> {
    let mut offenders = Vec::new();
    for source in sources.iter().filter(|source| source.path.starts_with("src/")) {
        let paths = source.paths();
        // `use crate::raft;` makes `raft::Node` ours.
        let ours: Vec<&str> = (paths.iter().filter(|path| path.kind != Kind::Plain && path.segments[0] == "crate"))
            .map(|path| path.name.as_str())
            .collect();
        for path in paths.iter().filter(|path| !path.test && !ours.contains(&path.segments[0].as_str())) {
            for (owned, owners) in OWNED {
                let named = path.segments.iter().zip(*owned).all(|(have, want)| have == want);
                if named && path.segments.len() >= owned.len() && !is_in(source, owners) {
                    let (owned, owners) = (owned.join("::"), owners.join(", "));
                    offenders.push(format!("{}:{}: {owned} is named only by {owners}", source.path, path.line));
                }
            }
        }
        let printing = |at: &usize| PRINTING.0.iter().any(|name| source.is_at(*at, &[name, "!"]));
        for token in (0..source.tokens.len()).filter(printing).map(|at| &source.tokens[at]) {
            if !token.test && !is_in(source, &[PRINTING.1]) {
                offenders.push(format!("{}:{}: only {} prints", source.path, token.line, PRINTING.1));
            }
        }
    }
    offenders
}

fn is_in(source: &Source, places: &[&str]) -> bool {
    let flat = |place: &str| format!("{}.rs", place.trim_end_matches('/'));
    places.iter().any(|place| source.path.starts_with(place) || source.path == flat(place))
}

/// The last synchronous module of `lib.rs`.
const LAST_PURE: &str = "raft";
/// These hold a clock or write to the outside by their nature.
const IMPURE: [&str; 4] = ["clock", "logging", "metrics", "tls"];
/// Clocks, chance, threads and async, as first or any segment of a path.
const CHANCE: [&str; 13] = [
    "Instant",
    "SystemTime",
    "OffsetDateTime",
    "thread",
    "tokio",
    "tokio_util",
    "tokio_stream",
    "futures",
    "rand",
    "getrandom",
    "fastrand",
    "async",
    "await",
];

/// Synchronous modules read no clock, draw nothing, spawn nothing and await nothing.
pub fn is_pure_below_the_line(sources: &[Source]) -> Vec<String> {
    let order = module_order(sources);
    let pure = order.iter().position(|module| module == LAST_PURE).map_or(0, |last| last + 1);
    let mut offenders = Vec::new();
    for source in sources.iter().filter(|source| source.path.starts_with("src/")) {
        let Some(module) = source.module().first().cloned() else { continue };
        if IMPURE.contains(&module.as_str()) || !order[..pure].contains(&module) {
            continue;
        }
        for token in source.tokens.iter().filter(|token| !token.test && CHANCE.contains(&token.text.as_str())) {
            offenders
                .push(format!("{}:{}: {module} is synchronous and pure: no {}", source.path, token.line, token.text));
        }
    }
    offenders
}

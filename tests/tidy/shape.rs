//! The shape of files and functions, and what no file may contain.

use crate::source::Source;

/// Lines of a file, tests included.
const FILE_LINES_MAX: usize = 600;
/// Lines of a function, from its name to its closing brace.
const FUNCTION_LINES_MAX: usize = 70;

/// No file is too long.
pub fn files_are_short(sources: &[Source]) -> Vec<String> {
    let lines = sources.iter().map(|source| (source, source.text.lines().count()));
    let long = lines.filter(|(_, lines)| *lines > FILE_LINES_MAX);
    long.map(|(source, lines)| format!("{}:{lines}: {lines} lines, at most {FILE_LINES_MAX}", source.path)).collect()
}

/// No function is too long.
pub fn functions_are_short(sources: &[Source]) -> Vec<String> {
    let mut offenders = Vec::new();
    for (source, at, body) in functions(sources) {
        let lines = source.tokens[source.closing(body)].line + 1 - source.tokens[at].line;
        if lines > FUNCTION_LINES_MAX {
            let (name, line) = (&source.tokens[at + 1].text, source.tokens[at].line);
            offenders
                .push(format!("{}:{line}: fn {name} has {lines} lines, at most {FUNCTION_LINES_MAX}", source.path));
        }
    }
    offenders
}

/// A `bool` beside other parameters is a switch: two functions say more. One called `value` is data that is passed on.
pub fn has_no_switches(sources: &[Source]) -> Vec<String> {
    let mut offenders = Vec::new();
    for (source, at, body) in functions(sources).into_iter().filter(|(source, ..)| source.path.starts_with("src/")) {
        let token = &source.tokens[at];
        let Some(open) = (at..body).find(|i| source.is_at(*i, &["("])) else { continue };
        let close = source.closing(open);
        let parameters = (open..close).filter(|i| source.is_at(*i, &[":"]) && level(source, open, *i) == 1);
        let is_data = |i: usize| source.tokens[i - 1].text == "value";
        let switch =
            (open..close).any(|i| source.is_at(i, &[":", "bool"]) && level(source, open, i) == 1 && !is_data(i));
        if switch && parameters.count() > 1 && !token.test {
            let name = &source.tokens[at + 1].text;
            offenders.push(format!("{}:{}: fn {name} has a bool parameter; make it two", source.path, token.line));
        }
    }
    offenders
}

/// How many brackets are open between `open` and `at`.
fn level(source: &Source, open: usize, at: usize) -> i32 {
    let step = |text: &str| match text {
        "(" | "[" | "{" => 1,
        ")" | "]" | "}" => -1,
        _ => 0,
    };
    source.tokens[open..at].iter().map(|token| step(&token.text)).sum()
}

/// Functions with a body: (file, token `fn`, token `{`).
fn functions(sources: &[Source]) -> Vec<(&Source, usize, usize)> {
    let mut functions = Vec::new();
    for source in sources {
        for at in (0..source.tokens.len()).filter(|at| source.is_at(*at, &["fn"])) {
            let named = source.tokens.get(at + 1).is_some_and(|token| token.text != "(");
            let body = source.body(at).filter(|body| source.is_at(*body, &["{"]));
            functions.extend(body.filter(|_| named).map(|body| (source, at, body)));
        }
    }
    functions
}

/// Every file opens with its idea.
pub fn files_open_with_their_idea(sources: &[Source]) -> Vec<String> {
    let mute = sources.iter().filter(|source| !source.text.starts_with("//!"));
    mute.map(|source| format!("{}:1: begins with `//!`, a sentence on why the file exists", source.path)).collect()
}

/// No file is a drawer for everything.
pub fn has_no_drawers(sources: &[Source]) -> Vec<String> {
    const DRAWERS: [&str; 6] = ["utils", "util", "helpers", "helper", "misc", "common"];
    // `etcd util` is a command.
    let ours = sources.iter().filter(|source| source.path.starts_with("src/") && !source.path.starts_with("src/cmd/"));
    let drawers = ours.filter(|source| DRAWERS.contains(&source.home().rsplit('/').next().unwrap_or("")));
    drawers.map(|source| format!("{}:1: name the file after what it is about", source.path)).collect()
}

/// Nothing is left for later, and every test runs.
pub fn leaves_nothing_undone(sources: &[Source]) -> Vec<String> {
    let mut offenders = Vec::new();
    for source in sources {
        for (at, token) in source.tokens.iter().enumerate() {
            let undone = source.is_at(at, &["todo", "!"]) || source.is_at(at, &["unimplemented", "!"]);
            let ignored = source.is_at(at, &["#", "[", "ignore"]);
            if undone || ignored {
                let what = if ignored { "an ignored test" } else { "an unfinished place" };
                offenders.push(format!("{}:{}: {what}", source.path, token.line));
            }
        }
    }
    offenders
}

/// Tests wait for what they need, never for time to pass.
pub fn tests_do_not_sleep(sources: &[Source]) -> Vec<String> {
    let mut offenders = Vec::new();
    for source in sources {
        for (at, token) in source.tokens.iter().enumerate().filter(|(_, token)| token.test) {
            if source.is_at(at, &["sleep"]) || source.is_at(at, &["sleep_ms"]) {
                offenders.push(format!("{}:{}: a test sleeps; wait for the event", source.path, token.line));
            }
        }
    }
    offenders
}

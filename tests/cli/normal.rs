//! Makes output comparable: what differs from run to run is replaced by its name.

use crate::{stage::Stage, tool::Output, transcript::Reaction};
use etcd::client::{Client, Config, Endpoint};

/// What is known of the member under test.
pub struct Normal {
    address: String,
    dir: Option<String>,
    member: u64,
    cluster: u64,
    leases: Vec<i64>,
    /// Those that were added.
    members: Vec<u64>,
}

impl Normal {
    /// Asks the member for its ids.
    pub fn of(address: &str, stage: &Stage) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let header = runtime.block_on(async {
            let endpoint = Endpoint::parse(address).expect("an endpoint");
            let config = Config { tls: stage.tls.clone(), ..Config::new(vec![endpoint]) };
            let client = Client::connect(config).await.expect("a client");
            client.status().await.expect("the member answers").header.expect("a header")
        });
        Self {
            address: address.into(),
            dir: stage.dir.as_ref().map(|dir| dir.display().to_string()),
            member: header.member_id,
            cluster: header.cluster_id,
            leases: Vec::new(),
            members: Vec::new(),
        }
    }

    /// Puts the leases that were granted before in the place of their names.
    pub fn fill_in(&self, command: &str) -> String {
        let mut command = command.replace("<endpoint>", &self.address);
        command = command.replace("<dir>", self.dir.as_deref().unwrap_or("<dir>"));
        command = command.replace("<member in hex>", &format!("{:x}", self.member));
        for (index, member) in self.members.iter().enumerate() {
            command = command.replace(&format!("<member {}>", index + 1), &format!("{member:x}"));
        }
        for (index, lease) in self.leases.iter().enumerate() {
            command = command.replace(&format!("<lease {}>", index + 1), &format!("{lease:x}"));
        }
        command
    }

    /// The outcome of a command without what differs.
    pub fn apply(&mut self, command: &str, output: &Output) -> Reaction {
        let stdout = show(&output.stdout);
        if command.contains(" gr") {
            let is_hex = command.contains("--hex");
            stdout.iter().for_each(|line| self.learn(line, is_hex));
        }
        self.members.extend(stdout.iter().filter_map(|line| added(line)));
        let stdout = stdout.iter().map(|line| self.line(line)).collect();
        let stderr = show(&output.stderr);
        // Usage is worded differently on purpose: only what stands around it counts.
        let usage = stderr.iter().position(|line| line == "Usage:").unwrap_or(stderr.len());
        // So is the bar that shows how far a check is.
        let is_bar = |line: &str| line.ends_with("p/s<no line end>");
        // etcdctl hides passwords with a program that complains when there is no terminal.
        let is_noise = |line: &str| is_bar(line) || line.starts_with("stty: ");
        let counts = |(at, line): &(usize, &String)| (*at < usage || line.starts_with("Error:")) && !is_noise(line);
        let stderr = stderr.iter().enumerate().filter(counts);
        let stderr = stderr.map(|(_, line)| self.line(&without_log_details(line))).collect();
        Reaction { stdout, stderr, code: output.code }
    }

    /// Remembers the lease that was granted.
    fn learn(&mut self, line: &str, is_hex: bool) {
        let id = if let Some(rest) = line.strip_prefix("lease ") {
            i64::from_str_radix(rest.split(' ').next().unwrap_or_default(), 16).ok()
        } else if let Some(rest) = line.strip_prefix("\"ID\" : ") {
            i64::from_str_radix(rest, if is_hex { 16 } else { 10 }).ok()
        } else {
            line.split("\"ID\":").nth(1).and_then(|rest| rest.split(',').next()).and_then(|id| id.parse().ok())
        };
        self.leases.extend(id);
    }

    fn line(&self, line: &str) -> String {
        let mut line = line.replace(&self.address, "<endpoint>");
        if let Some(dir) = &self.dir {
            line = line.replace(dir, "<dir>");
        }
        for (id, name) in [(self.member, "member"), (self.cluster, "cluster")] {
            line = line.replace(&id.to_string(), &format!("<{name}>"));
            line = line.replace(&format!("{id:x}"), &format!("<{name} in hex>"));
        }
        for (index, member) in self.members.iter().enumerate() {
            line = line.replace(&format!("{member:16x}"), &format!("<member {}>", index + 1));
        }
        let line = match line.strip_prefix("ETCD_INITIAL_CLUSTER=\"").and_then(|rest| rest.strip_suffix('"')) {
            // In the order of ids, which are other ones each time.
            Some(members) => {
                let mut members: Vec<&str> = members.split(',').collect();
                members.sort_unstable();
                format!("ETCD_INITIAL_CLUSTER=\"{}\"", members.join(","))
            }
            None => line,
        };
        let mut line = line;
        for (index, lease) in self.leases.iter().enumerate() {
            let number = index + 1;
            line = line.replace(&format!("{lease:016x}"), &format!("<lease {number}>"));
            line = line.replace(&lease.to_string(), &format!("<lease {number} in decimal>"));
        }
        numbers(&status_row(&without_drawing(&line)))
    }
}

/// The member that a line says was added.
fn added(line: &str) -> Option<u64> {
    let (id, rest) = line.strip_prefix("Member ")?.trim_start().split_once(' ')?;
    u64::from_str_radix(id, 16).ok().filter(|_| rest.starts_with("added"))
}

/// Lines of text; what is not text is escaped, and a last line without an end says so.
fn show(bytes: &[u8]) -> Vec<String> {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.extend(chunk.valid().chars().map(|c| match c {
            '\n' => "\n".to_owned(),
            c if c.is_control() => c.escape_default().to_string(),
            c => c.to_string(),
        }));
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push_str("<no line end>");
    }
    text.lines().map(|line| line.trim_end().to_owned()).collect()
}

/// A log line's level and message.
fn without_log_details(line: &str) -> String {
    match serde_json::from_str::<serde_json::Value>(line) {
        Ok(fields) if fields["level"].is_string() => {
            let variable = fields["environment-variable"].as_str().unwrap_or_default();
            let (level, message) = (fields["level"].as_str().unwrap_or_default(), fields["msg"].as_str());
            format!("log: {level}: {} {variable}", message.unwrap_or_default()).trim_end().to_owned()
        }
        _ => line.to_owned(),
    }
}

/// The columns of a table are as wide as their content, which differs: spaces and lines shrink to one.
fn without_drawing(line: &str) -> String {
    if !line.starts_with(['┌', '│', '├', '└']) {
        return line.to_owned();
    }
    let mut out = String::new();
    for c in line.chars() {
        if !(matches!(c, ' ' | '─') && out.ends_with(c)) {
            out.push(c);
        }
    }
    out
}

/// The sizes and raft positions of an endpoint's status, and the time that its health took, which stand in columns.
fn status_row(line: &str) -> String {
    let is_drawn = line.starts_with('│');
    let (separator, rest) = if is_drawn { ("│", &line['│'.len_utf8()..]) } else { (", ", line) };
    let mut cells: Vec<&str> = rest.split(separator).collect();
    let differing: &[usize] = match cells.len() - usize::from(is_drawn) {
        16 if line.contains("<member in hex>") => &[4, 5, 6, 10, 11, 12],
        4 if is_drawn && !line.contains("TOOK") => &[2],
        _ => return line.to_owned(),
    };
    differing.iter().for_each(|column| cells[*column] = if is_drawn { " <n> " } else { "<n>" });
    let head = if is_drawn { "│" } else { "" };
    format!("{head}{}", cells.join(separator))
}

/// Sizes, raft positions and times, behind the names that they have in the formats.
fn numbers(line: &str) -> String {
    const NAMES: [&str; 18] = [
        "\"raftIndex\":",
        "\"raftAppliedIndex\":",
        "\"dbSize\":",
        "\"dbSizeInUse\":",
        "\"raftTerm\":",
        "\"raft_term\":",
        "\"took\":",
        "\"RaftIndex\" : ",
        "\"RaftAppliedIndex\" : ",
        "\"RaftTerm\" : ",
        "\"DBSize\" : ",
        "\"DBSizeInUse\" : ",
        "\"Took\" : ",
        "took = ",
        "remaining(",
        "\"ttl\":",
        "attempt\":",
        "\"TTL\" : ",
    ];
    let mut line = line.to_owned();
    for name in NAMES {
        let mut from = 0;
        while let Some(at) = line[from..].find(name).map(|at| from + at + name.len()) {
            let end = line[at..].find([',', '}', ')']).map_or(line.len(), |length| at + length);
            line.replace_range(at..end, "<n>");
            from = at;
        }
    }
    // The time that a defragmentation took ends with its unit, and a sentence may follow.
    if let Some(at) = line.find("]. took ").map(|at| at + "]. took ".len())
        && let Some(length) = line[at..].find('s')
    {
        line.replace_range(at..=at + length, "<n>");
    }
    if let Some(at) = line.find("system memory used : ").map(|at| at + "system memory used : ".len()) {
        line.replace_range(at..line.len() - " MB.".len(), "<n>");
    }
    line
}

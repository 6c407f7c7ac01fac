//! What the server says of itself: in its log, to the program that started it, and when the machine has too little for it.
//!
//! `tests/scripts/logs/*.txt` are recorded from our binary (`UPDATE=1` records). With an etcd 3.7 in `ETCD_ORACLE` its log
//! is compared as well: [`differences`] lists what differs on purpose.

#[path = "logs/differences.rs"]
mod differences;
#[path = "logs/line.rs"]
mod line;
#[path = "logs/refusals.rs"]
mod refusals;
#[path = "logs/run.rs"]
mod run;
#[path = "logs/traces.rs"]
mod traces;
mod support;

use etcd::pb::etcdserverpb::{
    Compare, DeleteRangeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest, compare::TargetUnion,
    kv_client::KvClient, request_op::Request,
};
use run::Run;
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    os::unix::{fs::PermissionsExt, net::UnixDatagram, process::ExitStatusExt},
    path::{Path, PathBuf},
};
use support::member::Program;
use tempfile::TempDir;
use tonic::transport::{Channel, Endpoint};

/// The text must be what the file holds; with `UPDATE=1` it becomes that.
#[track_caller]
fn hold(name: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/logs").join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, now).unwrap();
    }
    let recorded = fs::read_to_string(&path).unwrap_or_default();
    assert!(recorded == now, "{}: recorded\n{recorded}\nand now\n{now}\n(UPDATE=1 records)", path.display());
}

/// A first start, a stop, a second start, a stop: the lines of each life.
fn two_lives(program: &Program) -> [Vec<String>; 2] {
    let folder = TempDir::new().unwrap();
    let ready = "successfully notified init daemon";
    [&[ready, "\"updated storage version\""][..], &[ready]].map(|awaited| {
        let mut run = Run::serving(program, folder.path(), &[]);
        for text in awaited {
            if !run.seen.iter().any(|line| line.contains(text)) {
                run.until(text);
            }
        }
        let (end, lines) = run.terminate();
        assert_eq!(end.signal(), Some(15), "{end}");
        lines.iter().filter_map(|line| line::outline(line)).collect()
    })
}

/// The lines of a life, those behind all others that are told beside the rest, now earlier and now later.
fn in_order(lines: &[String]) -> Vec<&str> {
    const BESIDE: [&str; 2] = ["serving peer traffic", "now serving peer"];
    let is_beside = |line: &str| BESIDE.iter().any(|text| line.starts_with(&format!("info {text}")));
    let mut lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    lines.sort_by_key(|line| is_beside(line));
    lines
}

#[test]
fn a_start_and_a_stop_are_told() {
    let lives = two_lives(&Program::ours());
    let texts = lives.each_ref().map(|lines| in_order(lines).join("\n"));
    // The ids follow from the URLs.
    hold("lives.txt", &format!("# first\n{}\n# second\n{}\n", texts[0], texts[1]));
    if let Some(oracle) = Program::current_oracle() {
        for (ours, theirs) in lives.iter().zip(two_lives(&oracle)) {
            differences::check(ours, &theirs);
        }
    }
}

/// The settings of discovery, as the start tells them.
fn discovery_settings(program: &Program, flags: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    let run = Run::serving(program, folder.path(), flags);
    let line = run.seen.iter().find(|line| line.contains("\"starting an etcd server\"")).unwrap().clone();
    run.terminate();
    let settled = line::settled(&line);
    settled.lines().filter(|line| line.starts_with("  discovery-")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn settings_of_discovery_are_told() {
    let given = [
        "--discovery-dial-timeout=1500ms",
        "--discovery-keepalive-timeout=1h",
        "--discovery-insecure-transport=false",
        "--discovery-insecure-skip-tls-verify",
        "--discovery-cert=a.crt",
        "--discovery-key=a.key",
        "--discovery-cacert=ca.crt",
        "--discovery-user=somebody",
    ];
    let all = |program: &Program| discovery_settings(program, &[]) + &discovery_settings(program, &given);
    let ours = all(&Program::ours());
    hold("discovery.txt", &ours);
    if let Some(oracle) = Program::current_oracle() {
        assert_eq!(ours, all(&oracle));
    }
    assert!(!discovery_settings(&Program::ours(), &["--discovery-user=a:secret"]).contains("secret"));
}

fn channel(run: &Run) -> Channel {
    Endpoint::from_shared(format!("http://{}", run.address())).unwrap().connect_lazy()
}

/// Requests of each kind that has something to tell.
async fn ask(run: &Run) {
    let mut kv = KvClient::new(channel(run));
    let put = PutRequest { key: "a\"b".into(), value: "secret".into(), ..Default::default() };
    let range = RangeRequest { key: "a".into(), range_end: "z".into(), limit: 3, ..Default::default() };
    let delete = DeleteRangeRequest { key: "foo".into(), prev_kv: true, ..Default::default() };
    let compare = |target: i32, union| Compare {
        target,
        key: "foo".into(),
        target_union: Some(union),
        result: 1,
        ..Default::default()
    };
    let op = |request| RequestOp { request: Some(request) };
    let txn = TxnRequest {
        compare: vec![compare(3, TargetUnion::Value("secret".into())), compare(2, TargetUnion::ModRevision(0))],
        success: vec![op(Request::RequestPut(put.clone()))],
        failure: vec![op(Request::RequestRange(range.clone())), op(Request::RequestDeleteRange(delete.clone()))],
    };
    let read = TxnRequest { success: vec![op(Request::RequestRange(range.clone()))], ..Default::default() };
    kv.put(put).await.unwrap();
    kv.range(range.clone()).await.unwrap();
    kv.range(RangeRequest { serializable: true, sort_order: 2, sort_target: 3, ..range }).await.unwrap();
    kv.txn(txn).await.unwrap();
    kv.txn(read).await.unwrap();
    kv.delete_range(delete).await.unwrap();
}

/// All that is slow by the strictest measure, and at debug level.
async fn told_of_requests(program: &Program) -> String {
    let strict = ["--warning-unary-request-duration=1ns", "--warning-apply-duration=1ns"];
    let mut text = String::new();
    for flags in [&strict[..], &["--log-level=debug"][..]] {
        let folder = TempDir::new().unwrap();
        let run = Run::serving(program, folder.path(), flags);
        ask(&run).await;
        let (_, lines) = run.terminate();
        let wanted = |line: &&String| {
            ["\"request stats\"", "\"apply request took too long\""].iter().any(|text| line.contains(text))
                && !line.contains("cluster_")
        };
        text += &format!("# {}\n", flags.join(" "));
        // The two lines of a request may come in either order: an entry is applied on another thread.
        let mut lines: Vec<String> = lines.iter().filter(wanted).map(|line| line::settled(line) + "\n").collect();
        lines.sort();
        text += &lines.concat();
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_requests_are_told() {
    let ours = told_of_requests(&Program::ours()).await;
    assert!(!ours.contains("secret"), "values are not for the log");
    hold("requests.txt", &ours);
    if let Some(oracle) = Program::current_oracle() {
        let theirs = told_of_requests(&oracle).await;
        assert!(ours == theirs, "ours:\n{ours}\ntheirs:\n{theirs}");
    }
}

#[test]
fn lines_go_to_every_output() {
    let folder = TempDir::new().unwrap();
    let run = Run::serving(&Program::ours(), folder.path(), &["--log-outputs=b.log,stderr,a.log,b.log"]);
    let (_, lines) = run.terminate();
    for name in ["a.log", "b.log"] {
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), lines.join("\n") + "\n");
    }
    for program in Program::all_current() {
        for (output, error) in [
            ("no/such", r#"open sink \"no/such\": open no/such: no such file or directory"#),
            ("a.log/x", r#"open sink \"a.log/x\": open a.log/x: not a directory"#),
            ("/tmp", r#"open sink \"/tmp\": open /tmp: is a directory"#),
            ("http://x/y", r#"open sink \"http://x/y\": no sink found for scheme \"http\""#),
        ] {
            let (end, lines) =
                Run::start(&program, folder.path(), &[&format!("--log-outputs=stderr,{output}")], &[]).end();
            assert_eq!(end.code(), Some(1));
            assert!(lines.len() == 2 && lines[0].contains("\"Running: \""), "{lines:?}");
            assert!(lines[1].ends_with(&format!(r#""msg":"failed to verify flags","error":"{error}"}}"#)), "{lines:?}");
        }
    }
}

#[test]
fn a_log_file_is_rotated() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("e.log"), vec![b'x'; (1 << 20) - 10]).unwrap();
    let flags =
        ["--log-outputs=stderr,e.log", "--enable-log-rotation", r#"--log-rotation-config-json={"maxsize":1,"x":0}"#];
    let run = Run::serving(&Program::ours(), folder.path(), &flags);
    let (_, lines) = run.terminate();
    assert_eq!(fs::read_to_string(folder.path().join("e.log")).unwrap(), lines.join("\n") + "\n");
    let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let aside: Vec<String> = names.filter(|name| name.starts_with("e-2") && name.ends_with(".log")).collect();
    assert!(matches!(&aside[..], [name] if name.len() == "e-2026-11-21T00-50-30.001.log".len()), "{aside:?}");
}

#[test]
fn whoever_started_it_is_told_that_it_serves() {
    for program in Program::all_current() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("notify");
        let listener = UnixDatagram::bind(&path).unwrap();
        let mut run = Run::start(&program, folder.path(), &[], &[("NOTIFY_SOCKET", path.to_str().unwrap())]);
        run.until("successfully notified init daemon");
        let mut message = [0; 100];
        let length = listener.recv(&mut message).unwrap();
        assert_eq!(&message[..length], b"READY=1");
        run.terminate();
        listener.set_nonblocking(true).unwrap();
        assert!(listener.recv(&mut message).is_err(), "nothing else is told");
    }
}

#[test]
fn too_few_file_descriptors_end_the_start() {
    let folder = TempDir::new().unwrap();
    for program in Program::all_current() {
        let (end, lines) = Run::start(&program.after("ulimit -n 150"), folder.path(), &[], &[]).end();
        assert_eq!(end.code(), Some(1));
        let last = line::outline(lines.last().unwrap()).unwrap();
        let text = "file descriptor limit of etcd process is too low; please set higher";
        assert_eq!(last, format!("fatal {text}: limit recommended-limit"));
    }
    assert!(!folder.path().join("data").exists());
}

/// A page of the server, over a connection of its own.
fn get(connection: &mut TcpStream, path: &str) -> String {
    write!(connection, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_soft_limit_of_descriptors_is_raised() {
    let folder = TempDir::new().unwrap();
    let run = Run::serving(&Program::ours().after("ulimit -n 300; ulimit -Sn 60"), folder.path(), &[]);
    let page = get(&mut TcpStream::connect(run.address()).unwrap(), "/metrics");
    assert!(page.contains("\nprocess_max_fds 300\n") && page.contains("\nos_fd_limit 300\n"));
    run.terminate();
}

/// Clients that find no descriptor wait; nobody is thrown out, and the member goes on. There is room for one, and fewer
/// than so many descriptors in all that are not in use.
#[test]
fn more_clients_than_descriptors_wait() {
    let folder = TempDir::new().unwrap();
    let run = Run::serving(&Program::ours().after("ulimit -n 151"), folder.path(), &[]);
    let mut clients: Vec<TcpStream> = (0..125).map(|_| TcpStream::connect(run.address()).unwrap()).collect();
    let mut last = clients.pop().unwrap();
    let mut first = clients.remove(0);
    assert!(get(&mut first, "/version").contains("3.7.1"));
    drop((first, clients));
    assert!(get(&mut last, "/version").contains("3.7.1"));
    let (end, lines) = run.terminate();
    assert_eq!(end.signal(), Some(15));
    assert!(!lines.iter().any(|line| line.contains("failed to accept")), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("\"a port is full; more must wait\"")), "{lines:?}");
}

/// The data directory cannot be one: a clear word, exit code 1.
#[test]
fn a_data_directory_that_cannot_be_is_refused() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("file"), "x").unwrap();
    for program in Program::all_current() {
        let last = |dir: &str| {
            let (end, lines) = Run::start(&program, folder.path(), &[&format!("--data-dir={dir}")], &[]).end();
            assert_eq!(end.code(), Some(1), "{lines:?}");
            lines.last().unwrap().clone()
        };
        let line = last("file/x");
        assert!(line.contains("\"fatal\"") && line.contains("\"failed to list data directory\""), "{line}");
        assert!(line.contains("\"error\":\"open file/x: not a directory\""), "{line}");
        let line = last("/proc/x");
        assert!(line.contains("\"fatal\"") && line.contains("\"discovery failed\""), "{line}");
    }
}

/// No room on the disk, at the start and while it runs (here a limit of the size of files): a clear word, exit code 1, and
/// what was acknowledged is found when there is room again.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_ends_it_and_damages_nothing() {
    let folder = TempDir::new().unwrap();
    let cramped = Program::ours().after("trap '' XFSZ; ulimit -f 8");
    let (end, lines) = Run::start(&cramped, folder.path(), &[], &[]).end();
    assert_eq!(end.code(), Some(1));
    let last = lines.last().unwrap();
    assert!(last.contains("\"fatal\"") && last.contains("discovery failed") && last.contains("too large"), "{last}");
    // What ignores the signal gets an error from the write.
    let mut run = Run::serving(&Program::ours().after("trap '' XFSZ"), folder.path(), &[]);
    let mut kv = KvClient::new(channel(&run));
    let put = |key: String| PutRequest { key: key.into(), value: vec![b'x'; 100_000].into(), ..Default::default() };
    kv.put(put("kept".into())).await.unwrap();
    let full = Rlimit { current: Some(1 << 16), maximum: Some(1 << 16) };
    prlimit(Pid::from_raw(run.pid() as i32), Resource::Fsize, full).unwrap();
    let mut acknowledged = 0;
    while kv.put(put(format!("more-{acknowledged}"))).await.is_ok() {
        acknowledged += 1;
    }
    let (end, lines) = run.end();
    assert_eq!(end.code(), Some(1));
    let told = lines.iter().find(|line| line.contains("the member cannot go on")).unwrap();
    assert!(told.contains("too large"), "{told}");
    let run = Run::serving(&Program::ours(), folder.path(), &[]);
    let mut kv = KvClient::new(channel(&run));
    let all = RangeRequest { key: vec![0].into(), range_end: vec![0].into(), count_only: true, ..Default::default() };
    let count = kv.range(all).await.unwrap().into_inner().count;
    assert!(count > acknowledged, "{count} keys of {acknowledged} and one");
    run.terminate();
}

/// What is below a folder, and may be read or written by others than its owner.
fn open_to_others(folder: &Path) -> Vec<PathBuf> {
    let mut open = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let metadata = entry.metadata().unwrap();
        if metadata.permissions().mode() & 0o077 != 0 {
            open.push(entry.path());
        }
        if metadata.is_dir() {
            open.extend(open_to_others(&entry.path()));
        }
    }
    open
}

/// CVE-2020-15113: a folder that others may read is told of; what a member makes is for nobody else.
#[test]
fn what_others_may_read_is_told() {
    for program in Program::all_current() {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::set_permissions(&data, fs::Permissions::from_mode(0o754)).unwrap();
        let run = Run::serving(&program, folder.path(), &[]);
        let told: Vec<String> = run
            .seen
            .iter()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .filter(|line| line["msg"] == "check file permission" && line["level"] == "warn")
            .map(|line| line["error"].as_str().unwrap().into())
            .collect();
        let expected = r#"directory "data" exist, but the permission is "drwxr-xr--". The recommended permission is "-rwx------" to prevent possible unprivileged access to the data"#;
        assert_eq!(told, [expected], "{program:?}");
        assert_eq!(open_to_others(&data), [] as [PathBuf; 0], "{program:?}");
        run.terminate();
    }
}

/// The directory is gone while it runs: it ends cleanly when asked to, and begins anew.
#[test]
fn a_lost_data_directory_does_not_hang_it() {
    let folder = TempDir::new().unwrap();
    let run = Run::serving(&Program::ours(), folder.path(), &[]);
    fs::remove_dir_all(folder.path().join("data")).unwrap();
    let (end, lines) = run.terminate();
    assert_eq!(end.signal(), Some(15), "{lines:?}");
    let run = Run::serving(&Program::ours(), folder.path(), &[]);
    assert!(run.seen.iter().any(|line| line.contains("\"Initialize and start etcd server\"")));
    run.terminate();
}

/// Whether it may depends on who runs the test; either way it does it, or says why not.
#[test]
fn memory_is_locked_or_refused() {
    let folder = TempDir::new().unwrap();
    let mut run = Run::start(&Program::ours(), folder.path(), &["--memory-mlock"], &[]);
    let line = run.until_any(&["\"serving client traffic", "\"fatal\""]);
    if line.contains("\"fatal\"") {
        assert!(line.contains("--memory-mlock: cannot lock memory: ") && line.contains("ulimit -l"), "{line}");
        assert_eq!(run.end().0.code(), Some(1));
    } else {
        let status = fs::read_to_string(format!("/proc/{}/status", run.pid())).unwrap();
        let locked = status.lines().find_map(|line| line.strip_prefix("VmLck:")).unwrap().trim();
        assert_ne!(locked, "0 kB");
    }
}

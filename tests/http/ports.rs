//! Ports that cannot be had, and ports that are shared.

use crate::support::member::{Member, Program};

/// What a start that fails says last: the error, and the exit code.
fn failure(program: &Program, flags: &[&str]) -> (String, Option<i32>) {
    let dir = tempfile::tempdir().expect("a folder");
    let fixed = ["--data-dir=data", "--listen-peer-urls=http://127.0.0.1:0", "--advertise-client-urls=http://a:1"];
    let (said, code) = program.run(dir.path(), &[&fixed, flags].concat());
    let last = said.lines().rfind(|line| line.contains("\"fatal\"")).unwrap_or_else(|| panic!("no last words: {said}"));
    let fields: serde_json::Value = serde_json::from_str(last).expect("a line of JSON");
    assert_eq!(fields["msg"], "discovery failed");
    (fields["error"].as_str().unwrap_or_default().to_owned(), code)
}

#[test]
fn one_port_is_not_for_both() {
    for program in Program::all_current() {
        for url in ["http://127.0.0.1:0", "unix://socket"] {
            let text = "cannot bind both --listen-client-urls and --listen-client-http-urls on the same url";
            let flags = [format!("--listen-client-urls={url}"), format!("--listen-client-http-urls={url}")];
            let failed = failure(&program, &flags.each_ref().map(String::as_str));
            assert_eq!(failed, (format!("{text} {url}"), Some(1)), "{program:?}");
        }
    }
}

#[test]
fn a_port_that_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address");
    for program in Program::all_current() {
        for flag in ["listen-client-http-urls", "listen-metrics-urls", "listen-client-urls"] {
            let mut flags = vec![format!("--{flag}=http://{address}")];
            if flag != "listen-client-urls" {
                flags.push("--listen-client-urls=http://127.0.0.1:0".into());
            }
            let failed = failure(&program, &flags.iter().map(String::as_str).collect::<Vec<_>>());
            let text = format!("listen tcp {address}: bind: address already in use");
            assert_eq!(failed, (text, Some(1)), "{program:?} {flag}");
        }
    }
}

#[test]
fn a_port_is_shared_by_processes() {
    for program in Program::all_current() {
        let first = Member::start(&program, &["--socket-reuse-port", "--socket-reuse-address"]);
        let url = format!("--listen-client-urls=http://{}", first.address());
        let second = Member::start(&program, &["--socket-reuse-port", &url]);
        assert_eq!(first.address(), second.address(), "{program:?}");
    }
}

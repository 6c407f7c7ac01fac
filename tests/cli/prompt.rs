//! Passwords that are typed on a terminal, where nobody must read them.

use crate::support::member::path_of_ours;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::{
    fs::File,
    io::{Read, Write},
    os::unix::ffi::OsStrExt,
    process::{Command, Stdio},
};

/// What shows on a terminal while the tool runs there and these lines are typed, each behind its prompt.
fn shows(words: &[&str], typed: &[(&str, &str)]) -> (String, Option<i32>) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&master).and_then(|()| unlockpt(&master)).expect("a terminal that can be opened");
    let name = ptsname(&master, Vec::new()).expect("its name");
    let path = std::path::Path::new(std::ffi::OsStr::from_bytes(name.as_bytes()));
    let terminal = File::options().read(true).write(true).open(path).expect("its other end");
    let end = |file: &File| Stdio::from(file.try_clone().expect("a second handle"));
    let mut command = Command::new(path_of_ours());
    command.arg("ctl").args(words).stdin(end(&terminal)).stdout(end(&terminal)).stderr(end(&terminal));
    std::env::vars_os().filter(|(name, _)| name.as_bytes().starts_with(b"ETCDCTL_")).for_each(|(name, _)| {
        command.env_remove(name);
    });
    let mut child = command.spawn().expect("the tool runs");
    drop((command, terminal));
    let mut master = File::from(master);
    let mut seen = Vec::new();
    let mut typed = typed.iter();
    let mut next = typed.next();
    let mut buffer = [0; 1024];
    // A terminal whose other ends are all closed reads as an error.
    while let Ok(length @ 1..) = master.read(&mut buffer) {
        seen.extend_from_slice(&buffer[..length]);
        if let Some((prompt, line)) = next
            && seen.ends_with(prompt.as_bytes())
        {
            master.write_all(format!("{line}\n").as_bytes()).expect("the terminal takes it");
            next = typed.next();
        }
    }
    let code = child.wait().expect("it ends").code();
    (String::from_utf8_lossy(&seen).replace("\r\n", "\n"), code)
}

#[test]
fn a_typed_password_does_not_show() {
    let (seen, code) = shows(
        &["--endpoints=127.0.0.1:1", "--dial-timeout=1ms", "--user=root", "user", "add", "u"],
        &[
            ("Password of u: ", "secret"),
            ("Type password of u again for confirmation: ", "secret"),
            ("\nPassword: ", "mine"),
        ],
    );
    let prompts = "Password of u: \nType password of u again for confirmation: \nPassword: \n";
    assert!(seen.starts_with(prompts), "{seen}");
    assert!(seen.ends_with("Error: context deadline exceeded\n"), "{seen}");
    assert!(!seen.contains("secret") && !seen.contains("mine"), "{seen}");
    assert_eq!(code, Some(2));
}

#[test]
fn two_passwords_that_differ_are_none() {
    let typed = [("Password of u: ", "one"), ("confirmation: ", "two")];
    let (seen, code) = shows(&["user", "passwd", "u"], &typed);
    assert!(seen.ends_with("Error: given passwords are different\n"), "{seen}");
    assert_eq!(code, Some(128));
}

/// Unlike in etcdctl, which shows them.
#[test]
fn secrets_do_not_show_among_the_settings() {
    let flags = ["--endpoints=127.0.0.1:1", "--dial-timeout=1ms", "--command-timeout=1ms", "--debug", "get", "a"];
    for secret in ["--user=root:secret", "--password=secret", "--auth-jwt-token=secret"] {
        let output = Command::new(path_of_ours()).arg("ctl").args(flags).arg(secret).output().expect("the tool runs");
        let shown = String::from_utf8_lossy(&output.stderr);
        assert!(shown.contains("ETCDCTL_USER=") && shown.contains("***") && !shown.contains("secret"), "{shown}");
    }
}

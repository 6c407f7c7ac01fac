//! Runs a program for each event of a watch.

use crate::{
    cmd::{
        failure::{Failure, code},
        gotext::{quote, quote_list},
        output::type_name,
        terminal::warn,
    },
    pb::{etcdserverpb::WatchResponse, mvccpb::Event},
};
use std::{
    ffi::OsString,
    io,
    os::unix::{ffi::OsStrExt, process::ExitStatusExt},
    process::{ExitStatus, Stdio},
};
use tokio::process::Command;

/// Runs the program for every event, one after the other. It finds the event in its environment; the values are quoted as in
/// Go. A program that fails ends the watch.
pub async fn run(program: &[OsString], response: &WatchResponse) -> Result<(), Failure> {
    for event in &response.events {
        if let Err(reason) = run_for(program, response, event).await {
            let words = quote_list(program.iter().map(|word| word.as_bytes()));
            warn(&format!("command {words} error ({reason})\n"));
            return Err(Failure::silent(code::ERROR));
        }
    }
    Ok(())
}

async fn run_for(program: &[OsString], response: &WatchResponse, event: &Event) -> Result<(), String> {
    let Some((name, words)) = program.split_first() else { return Ok(()) };
    let kv = event.kv.clone().unwrap_or_default();
    let revision = response.header.unwrap_or_default().revision;
    let status = Command::new(name)
        .args(words)
        .env("ETCD_WATCH_REVISION", revision.to_string())
        .env("ETCD_WATCH_EVENT_TYPE", quote(type_name(event).as_bytes()))
        .env("ETCD_WATCH_KEY", quote(&kv.key))
        .env("ETCD_WATCH_VALUE", quote(&kv.value))
        .stdin(Stdio::null())
        .status()
        .await;
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(ended(status)),
        Err(error) => Err(not_started(name, &error)),
    }
}

fn ended(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("signal: {signal}"),
        (None, None) => status.to_string(),
    }
}

fn not_started(name: &OsString, error: &io::Error) -> String {
    let is_path = name.as_bytes().contains(&b'/');
    if error.kind() == io::ErrorKind::NotFound && !is_path {
        return format!("exec: {}: executable file not found in $PATH", quote(name.as_bytes()));
    }
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    format!("fork/exec {}: {reason}", name.to_string_lossy())
}

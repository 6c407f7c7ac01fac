//! Watches by dialogue: each line of standard input begins one, or asks all of them how far they are.

use super::super::split::split;
use super::{
    args::{Environment, Watch},
    show::{begin, show},
};
use crate::{
    client::{Client, ProgressRequester},
    cmd::{
        cobra,
        failure::{Failure, bad_arguments, code},
        output::Output,
        terminal::warn,
    },
    limits::INTERACTIVE_LINES,
};
use clap::{Args, FromArgMatches};
use std::io::{self, BufRead};
use tokio::{sync::mpsc, task::JoinSet};

/// Runs until the input ends, which is an error as in etcdctl, or until a watch's program fails.
pub async fn run(client: &Client, output: Output, environment: &Environment) -> Result<(), Failure> {
    let mut dialogue = Dialogue { client, output, environment, watches: JoinSet::new(), progress: Vec::new() };
    let mut lines = lines();
    loop {
        tokio::select! {
            biased;
            Some(ended) = dialogue.watches.join_next() => {
                // A watch that ends by itself has said why; one whose program failed ends all.
                ended.map_err(|error| Failure::new(code::ERROR, error))??;
            }
            line = lines.recv() => match line {
                Some(line) => dialogue.line(&line).await?,
                None => {
                    let message = "error reading watch request line: EOF";
                    return Err(Failure::new(code::INVALID_INPUT, message));
                }
            }
        }
    }
}

/// The lines of standard input. A thread of its own reads them, since nothing can interrupt such a read.
fn lines() -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel(INTERACTIVE_LINES);
    std::thread::spawn(move || {
        let mut input = io::stdin().lock();
        loop {
            let mut line = Vec::new();
            let whole = input.read_until(b'\n', &mut line).is_ok() && line.pop() == Some(b'\n');
            if !whole || sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

struct Dialogue<'a> {
    client: &'a Client,
    output: Output,
    environment: &'a Environment,
    watches: JoinSet<Result<(), Failure>>,
    progress: Vec<ProgressRequester>,
}

impl Dialogue<'_> {
    async fn line(&mut self, line: &[u8]) -> Result<(), Failure> {
        let shown = String::from_utf8_lossy(line);
        let words = split(line).ok_or_else(|| Failure::new(code::INVALID_INPUT, "invalid syntax"))?;
        match words.first().map(Vec::as_slice) {
            None => warn(&format!("Invalid command: {shown} (watch and progress supported)\n")),
            Some(b"watch") if words.len() < 2 && !self.environment.has_key() => {
                warn(&format!("Invalid command {shown} (command type or key is not provided)\n"));
            }
            Some(b"watch") => self.watch(&words[1..], &shown)?,
            Some(b"progress") => {
                for watch in &self.progress {
                    watch.request().await;
                }
            }
            Some(_) => warn(&format!("Invalid command {shown} (only support watch)\n")),
        }
        Ok(())
    }

    fn watch(&mut self, words: &[Vec<u8>], shown: &str) -> Result<(), Failure> {
        let definition = Watch::augment_args(clap::Command::new("watch"));
        let definition = definition.args_override_self(true).disable_help_flag(true);
        let line = cobra::read_flags(&definition, &words.to_vec()).map_err(bad_arguments)?;
        let watch = Watch::from_arg_matches(&line.matches).map_err(bad_arguments)?;
        let (prefix, count) = (watch.prefix, line.before_dashes.unwrap_or(watch.words.len()));
        if prefix && count == 2 {
            warn(&format!("Invalid command {shown} (`range_end` and `--prefix` are mutually exclusive)\n"));
            return Ok(());
        }
        let plan = watch.plan(self.environment, line.before_dashes)?;
        let watcher = begin(self.client, &plan);
        self.progress.push(watcher.progress_requester());
        let output = self.output;
        self.watches.spawn(async move { show(watcher, &plan, output).await });
        Ok(())
    }
}

//! `watch`: show changes as they happen.

mod args;
mod exec;
mod interactive;
mod show;

use super::session::Given;
use crate::cmd::failure::{Failure, code};
use args::Environment;
pub use args::Watch;

/// Runs the command. `before_dashes`: how many of its words stand before `--`, if there is one.
pub async fn run(watch: Watch, given: &Given, before_dashes: Option<usize>) -> Result<(), Failure> {
    let environment = Environment::read()?;
    if watch.interactive {
        let session = given.open_for_watch()?;
        let client = session.connect_unbounded().await?;
        return interactive::run(&client, session.output(), &environment).await;
    }
    let plan = watch.plan(&environment, before_dashes)?;
    let session = given.open_for_watch()?;
    let client = session.connect_unbounded().await?;
    show::show(show::begin(&client, &plan), &plan, session.output()).await?;
    Err(Failure::new(code::INTERRUPTED, "watch is canceled by the server"))
}

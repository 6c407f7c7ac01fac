//! The members' processes: started together, told of, stopped together.

use super::{
    super::exit::{self, EXIT_FAILURE},
    places::{Place, places},
    plan::Plan,
};
use crate::{
    client::{Endpoint, fetch_page},
    cmd::terminal,
};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    collections::BTreeMap,
    process::{ExitCode, ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    process::{Child, Command},
    signal::unix::{SignalKind, signal},
    task::JoinSet,
    time::sleep,
};

/// Pause between two questions whether a member is ready.
const POLL: Duration = Duration::from_millis(100);

/// Who ended, and how.
type Ended = (Place, std::io::Result<ExitStatus>);

/// Runs the members until a signal, or until none is left. The error is for the terminal.
pub fn run(plan: &Plan) -> Result<ExitCode, String> {
    let places = places(&plan.data_dir, plan.members).map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| format!("cannot start: {error}"))?.block_on(live(plan, &places))
}

async fn live(plan: &Plan, places: &[Place]) -> Result<ExitCode, String> {
    let text = |error: std::io::Error| error.to_string();
    let mut interrupt = signal(SignalKind::interrupt()).map_err(text)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(text)?;
    let (mut members, mut ids) = (JoinSet::new(), BTreeMap::new());
    show(plan, places)?;
    for place in places {
        let mut child = start(plan, place, places)?;
        let place = place.clone();
        ids.extend(child.id().and_then(|id| Some((place.name.clone(), Pid::from_raw(id.cast_signed())?))));
        members.spawn(async move { (place, child.wait().await) });
    }
    let mut said_ready = false;
    let number = loop {
        tokio::select! {
            biased;
            _ = terminate.recv() => break Some(15),
            _ = interrupt.recv() => break Some(2),
            ended = members.join_next() => match ended {
                Some(Ok(ended)) => {
                    // The number may soon be somebody else's.
                    ids.remove(&ended.0.name);
                    tell_end(plan, ended);
                    if !said_ready {
                        break None;
                    }
                }
                Some(Err(_)) => {}
                None => break None,
            },
            () = all_ready(places), if !said_ready => {
                said_ready = true;
                print(&how_to_reach(places))?;
            }
        }
    };
    for id in ids.values() {
        // One that has just ended needs no telling.
        let _ = kill_process(*id, Signal::TERM);
    }
    while members.join_next().await.is_some() {}
    Ok(number.map_or(ExitCode::from(EXIT_FAILURE), exit::by_signal))
}

fn start(plan: &Plan, place: &Place, places: &[Place]) -> Result<Child, String> {
    let program = std::env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    let everybody: Vec<String> = places.iter().map(|place| format!("{}={}", place.name, place.peer_url())).collect();
    let started = Command::new(program)
        .arg("server")
        .arg(format!("--name={}", place.name))
        .arg(format!("--data-dir={}", plan.data_dir.join(&place.name).display()))
        .arg(format!("--listen-client-urls={}", place.client_url()))
        .arg(format!("--advertise-client-urls={}", place.client_url()))
        .arg(format!("--listen-peer-urls={}", place.peer_url()))
        .arg(format!("--initial-advertise-peer-urls={}", place.peer_url()))
        .arg(format!("--initial-cluster={}", everybody.join(",")))
        .arg(format!("--log-outputs={}", log(plan, place)))
        .args(&plan.flags)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    started.map_err(|error| format!("cannot start {}: {error}", place.name))
}

fn log(plan: &Plan, place: &Place) -> String {
    let name = format!("{}.log", place.name);
    plan.data_dir.join(name).display().to_string()
}

fn show(plan: &Plan, places: &[Place]) -> Result<(), String> {
    let mut text = format!("{} members below {}:\n", places.len(), plan.data_dir.display());
    for place in places {
        let log = log(plan, place);
        text += &format!("  {}  clients {}  peers {}  log {log}\n", place.name, place.client_url(), place.peer_url());
    }
    print(&text)
}

fn how_to_reach(places: &[Place]) -> String {
    let urls: Vec<String> = places.iter().map(Place::client_url).collect();
    format!("ready; Ctrl-C stops all. To reach them:\n  export ETCDCTL_ENDPOINTS={}\n", urls.join(","))
}

fn tell_end(plan: &Plan, (place, how): Ended) {
    let how = how.map_or_else(|error| error.to_string(), |status| status.to_string());
    terminal::warn(&format!("{} has ended: {how}; its log is {}\n", place.name, log(plan, &place)));
}

async fn all_ready(places: &[Place]) {
    for place in places {
        while !is_ready(place).await {
            sleep(POLL).await;
        }
    }
}

async fn is_ready(place: &Place) -> bool {
    let Ok(endpoint) = Endpoint::parse(&place.client_url()) else { return false };
    let page = fetch_page(&endpoint, None, "/readyz", Duration::from_secs(1)).await;
    page.is_ok_and(|page| page.starts_with(b"ok"))
}

fn print(text: &str) -> Result<(), String> {
    terminal::print(text.as_bytes()).map_err(|_| "nobody reads what this says".into())
}

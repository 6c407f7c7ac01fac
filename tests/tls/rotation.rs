//! Certificates, authorities and lists are replaced while clients come and go, and nobody notices.

use crate::{
    authority::{CLIENT, Certificates, SERVER, Wanted, has_openssl},
    place::{Place, WAIT_MAX, client, page, settings, use_it},
    support::member::Program,
};
use etcd::{pb::etcdserverpb::StatusResponse, tls::ClientSettings};
use parking_lot::Mutex;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};
use tokio::{sync::watch, task::JoinSet};

fn flags(files: &Certificates) -> Vec<String> {
    let kinds = ["", "peer-"].iter().flat_map(|kind| {
        [
            format!("--{kind}cert-file={}", files.at("server.crt")),
            format!("--{kind}key-file={}", files.at("server.key")),
            format!("--{kind}trusted-ca-file={}", files.at("trusted.crt")),
        ]
    });
    kinds.chain(["--client-cert-auth".to_owned(), "--peer-client-cert-auth".to_owned()]).collect()
}

/// Clients that come and go, and one that stays.
struct Load {
    fresh: Arc<AtomicU64>,
    trouble: Arc<Mutex<Vec<String>>>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Load {
    async fn start(places: &[&Place], files: &Certificates) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (fresh, trouble) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(Vec::new())));
        let mut tasks = JoinSet::new();
        let mut asking = settings(files, "trusted", Some("client"));
        asking.ca = Some(files.path("believed.crt"));
        let staying = client(places, &asking).await;
        for number in 0..4 {
            let (stopped, trouble, fresh) = (stopped.clone(), trouble.clone(), fresh.clone());
            let (staying, asking) = (staying.clone(), asking.clone());
            let endpoints: Vec<_> = places.iter().map(|place| place.endpoint()).collect();
            tasks.spawn(async move {
                // What is read from files half-way stays what it was: that is the client's to remember, too.
                let tls = etcd::tls::ClientTls::new(asking).expect("certificates");
                while !*stopped.borrow() {
                    let used = match number {
                        0 => use_it(&staying, "staying").await,
                        _ => {
                            let config = etcd::client::Config {
                                tls: Some(tls.clone()),
                                ..etcd::client::Config::new(endpoints.clone())
                            };
                            let client = etcd::client::Client::connect(config).await.expect("a client");
                            let used = use_it(&client, "fresh").await;
                            fresh.fetch_add(1, Ordering::Relaxed);
                            used
                        }
                    };
                    trouble.lock().extend(used.err());
                }
            });
        }
        Self { fresh, trouble, stop, tasks }
    }

    /// Waits until so many clients have come since.
    async fn until_more(&self, count: u64, what: &str) {
        let (goal, deadline) = (self.fresh.load(Ordering::Relaxed) + count, Instant::now() + WAIT_MAX);
        while self.fresh.load(Ordering::Relaxed) < goal {
            tokio::task::yield_now().await;
            assert!(Instant::now() < deadline, "{what}: nobody comes any more: {:?}", self.trouble.lock());
        }
        assert_eq!(*self.trouble.lock(), Vec::<String>::new(), "{what}");
    }

    async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
        assert_eq!(*self.trouble.lock(), Vec::<String>::new());
    }
}

fn pair(files: &Certificates, authority: &str, to: &str, extensions: &str) {
    files.issue(authority, "next", Wanted { name: to, extensions, ..Wanted::default() });
}

/// Two authorities, of which one has issued all there is.
fn certificates() -> Certificates {
    let files = Certificates::new();
    files.authority("ca");
    files.authority("new");
    for (file, extensions) in [("server", SERVER), ("client", CLIENT), ("old", CLIENT)] {
        files.issue("ca", file, Wanted { name: file, extensions, ..Wanted::default() });
    }
    files.write("trusted.crt", files.read("ca.crt"));
    files.write("believed.crt", files.read("ca.crt"));
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_notices() {
    if !has_openssl() {
        return;
    }
    let files = certificates();
    // A machine under load must not bring about an election, which requests would notice.
    let flags = [flags(&files), vec!["--election-timeout=3000".into()]].concat();
    let mut places: Vec<Place> = ["m1", "m2", "m3"].map(|name| Place::new(name, &Program::ours(), &flags)).into();
    let all = places.iter().map(Place::entry).collect::<Vec<_>>().join(",");
    places.iter_mut().for_each(|place| place.spawn(&all));
    places.iter_mut().for_each(|place| drop(place.until("ready to serve client requests")));
    let_another_lead(&places[1], &places[0], &settings(&files, "ca", Some("client"))).await;
    let load = Load::start(&[&places[0], &places[2]], &files).await;
    load.until_more(20, "at first").await;

    replace_pairs(&files, &load).await;
    replace_authority(&files, &load).await;

    // Between members, too: one that comes back meets the others anew.
    places[1].kill();
    load.until_more(20, "a member is gone").await;
    places[1].spawn(&all);
    places[1].until("ready to serve client requests");
    load.until_more(20, "a member is back").await;
    load.stop().await;
    let back = client(&[&places[1]], &settings(&files, "new", Some("client"))).await;
    use_it(&back, "back").await.expect("it serves");

    // Nobody had to be told, and whoever the old authority vouches for is not let in.
    let mut old = settings(&files, "new", Some("old"));
    old.speech.max = Some(etcd::tls::Version::V12);
    for place in &places {
        assert_eq!(page(place, &old).await, "remote error: tls: unknown certificate authority");
    }
}

/// Whoever is about to be killed must not lead: what is under way at a leader that dies is lost, with TLS and without.
async fn let_another_lead(doomed: &Place, other: &Place, asking: &ClientSettings) {
    let (doomed, other) = (client(&[doomed], asking).await, client(&[other], asking).await);
    let id = |status: &StatusResponse| status.header.expect("a header").member_id;
    let deadline = Instant::now() + WAIT_MAX;
    loop {
        let (here, there) = (doomed.status().await.expect("it answers"), other.status().await.expect("it answers"));
        if here.leader != 0 && here.leader != id(&here) {
            return;
        }
        // It may lead no more when it is asked to.
        let _ = doomed.move_leader(id(&there)).await;
        assert!(Instant::now() < deadline, "nobody else leads");
    }
}

/// Certificates and keys, in every way in which they can be caught half-way.
async fn replace_pairs(files: &Certificates, load: &Load) {
    pair(files, "ca", "server", SERVER);
    files.rename("next.crt", "server.crt");
    load.until_more(20, "the new certificate does not belong to the old key").await;
    files.rename("next.key", "server.key");
    load.until_more(20, "both are new").await;

    pair(files, "ca", "client", CLIENT);
    for kind in ["key", "crt"] {
        let whole = files.read(&format!("next.{kind}"));
        files.write(&format!("client.{kind}"), &whole[..whole.len() / 2]);
        load.until_more(20, "a file is half written").await;
        files.write(&format!("client.{kind}"), &whole);
        load.until_more(20, "a file is written").await;
    }
    files.write("server.crt", "");
    load.until_more(20, "a file is empty").await;
    files.write("server.crt", "garbage");
    load.until_more(20, "a file is garbage").await;
    std::fs::remove_file(files.path("server.crt")).expect("it goes");
    load.until_more(20, "a file is gone").await;
    pair(files, "ca", "server", SERVER);
    files.rename("next.key", "server.key");
    files.rename("next.crt", "server.crt");
    load.until_more(20, "both are there again").await;
}

/// A new authority: first it is believed, beside the old one; then it issues; then the old one is forgotten.
async fn replace_authority(files: &Certificates, load: &Load) {
    let both = [files.read("ca.crt"), files.read("new.crt")].concat();
    for file in ["believed.crt", "trusted.crt"] {
        files.write(file, &both[..both.len() - 30]);
        load.until_more(20, "authorities are half written").await;
        files.write(file, &both);
        load.until_more(20, "there are two authorities").await;
    }
    for (file, extensions) in [("server", SERVER), ("client", CLIENT)] {
        pair(files, "new", file, extensions);
        files.rename("next.key", &format!("{file}.key"));
        files.rename("next.crt", &format!("{file}.crt"));
        load.until_more(20, "the new authority has issued").await;
    }
    files.write("believed.crt", files.read("new.crt"));
    files.write("trusted.crt", files.read("new.crt"));
    load.until_more(20, "the old authority is forgotten").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_revoked_certificates_count_at_once() {
    if !has_openssl() {
        return;
    }
    let files = Certificates::new();
    files.authority("ca");
    for (file, extensions) in [("server", SERVER), ("client", CLIENT), ("other", CLIENT)] {
        files.issue("ca", file, Wanted { name: file, extensions, ..Wanted::default() });
    }
    files.revoke("ca", None);
    let list = format!("--client-crl-file={}", files.at("list"));
    let flags = [flags(&files), vec![list]].concat();
    files.write("trusted.crt", files.read("ca.crt"));
    let place = Place::new("m", &Program::ours(), &flags).alone();
    let (good, other) = (settings(&files, "ca", Some("client")), settings(&files, "ca", Some("other")));
    let is_served = async |settings| page(&place, settings).await.contains("true");
    assert!(!is_served(&good).await, "there is no list, and nobody can tell");
    files.rename("ca.crl", "list");
    assert!(is_served(&good).await && is_served(&other).await, "nobody is on the list");
    files.revoke("ca", Some("client"));
    files.rename("ca.crl", "list");
    assert!(!is_served(&good).await && is_served(&other).await, "one is on the list");
    // In PEM, as earlier etcds took it.
    files.rename("ca.crl.pem", "list");
    assert!(!is_served(&good).await && is_served(&other).await, "one is on the list");
    // A list that cannot be read may be about to be replaced; for good, it lets nobody in.
    files.write("list", "garbage");
    assert!(!is_served(&good).await, "it is still on the list");
    let deadline = Instant::now() + WAIT_MAX;
    while is_served(&other).await {
        assert!(Instant::now() < deadline, "a list that cannot be read is passed over for good");
    }
    files.revoke("ca", None);
    files.rename("ca.crl", "list");
    assert!(!is_served(&good).await && is_served(&other).await, "the list is back");
}

//! Ours among real ones, with certificates on every side. Runs if `ETCD_ORACLE` names a real etcd of 3.7.

use crate::{
    authority::{CLIENT, Certificates, SERVER, Wanted, has_openssl},
    place::{Place, WAIT_MAX, client, settings, use_it},
    support::member::Program,
};
use std::time::Instant;

async fn together(programs: [&Program; 3], auto: bool) {
    let files = Certificates::new();
    files.authority("ca");
    for (file, extensions) in [("server", SERVER), ("client", CLIENT)] {
        files.issue("ca", file, Wanted { name: "member", extensions, ..Wanted::default() });
    }
    let of = |kind: &str| {
        [
            format!("--{kind}cert-file={}", files.at("server.crt")),
            format!("--{kind}key-file={}", files.at("server.key")),
            format!("--{kind}trusted-ca-file={}", files.at("ca.crt")),
            format!("--{kind}client-cert-auth"),
        ]
    };
    let peer = match auto {
        true => vec!["--peer-auto-tls".to_owned()],
        false => [of("peer-").to_vec(), vec!["--peer-cert-allowed-cn=member".into()]].concat(),
    };
    let flags = [of("").to_vec(), peer].concat();
    let mut places: Vec<Place> = (programs.iter().enumerate())
        .map(|(number, program)| Place::new(&format!("m{number}"), program, &flags))
        .collect();
    let all = places.iter().map(Place::entry).collect::<Vec<_>>().join(",");
    places.iter_mut().for_each(|place| place.spawn(&all));
    places.iter_mut().for_each(|place| drop(place.until("ready to serve client requests")));
    let good = settings(&files, "ca", Some("client"));
    for (number, place) in places.iter().enumerate() {
        use_it(&client(&[place], &good).await, &format!("first-{number}")).await.expect("it serves");
    }
    // One comes back, and one is gone: the others need each other.
    places[1].kill();
    places[1].spawn(&all);
    places[1].until("ready to serve client requests");
    places[0].kill();
    let deadline = Instant::now() + WAIT_MAX;
    for (number, place) in places.iter().enumerate().skip(1) {
        // What the one that is gone was asked to write, as the leader, is lost.
        while let Err(error) = use_it(&client(&[place], &good).await, &format!("then-{number}")).await {
            assert!(Instant::now() < deadline, "{error}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_ours_among_two_real_ones() {
    let (Some(real), true) = (Program::current_oracle(), has_openssl()) else { return };
    together([&real, &Program::ours(), &real], false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_one_among_two_of_ours() {
    let (Some(real), true) = (Program::current_oracle(), has_openssl()) else { return };
    together([&Program::ours(), &real, &Program::ours()], false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_each_makes_for_itself() {
    if !has_openssl() {
        return;
    }
    let (real, ours) = (Program::current_oracle(), Program::ours());
    together([&ours, real.as_ref().unwrap_or(&ours), &ours], true).await;
}

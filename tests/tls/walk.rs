//! Who comes in and who does not: a cluster of three with certificates on every side, and each kind of wrong one.
//!
//! The answers stand in `walk.txt`, recorded from a real etcd 3.7.1. `RECORD=1` with `ETCD_ORACLE` writes it anew.

use crate::{
    authority::{CLIENT, Certificates, Key, SERVER, Wanted, has_openssl},
    place::{Place, client, ctl, curl, etcdctl, page, settings, use_it},
    support::member::Program,
};
use etcd::tls::Version;
use std::fmt::Write;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tls/walk.txt");

fn certificates() -> Certificates {
    let files = Certificates::new();
    files.authority("ca");
    files.authority("other");
    let plain = Wanted::default();
    files.issue("ca", "server", Wanted { name: "server", extensions: SERVER, ..plain });
    files.issue("ca", "client", Wanted { name: "root", extensions: CLIENT, ..plain });
    files.issue("ca", "early", Wanted { name: "version-1", ..plain });
    files.issue("ca", "revoked", Wanted { name: "revoked", extensions: CLIENT, ..plain });
    files.issue("ca", "serves", Wanted { name: "x", extensions: "extendedKeyUsage=serverAuth", ..plain });
    files.issue("other", "stranger", Wanted { name: "root", extensions: CLIENT, ..plain });
    let (past, future) = (Some(("200101000000Z", "210101000000Z")), Some(("20700101000000Z", "20710101000000Z")));
    files.issue("ca", "expired", Wanted { name: "root", extensions: CLIENT, valid: past, ..plain });
    files.issue("ca", "early-bird", Wanted { name: "root", extensions: CLIENT, valid: future, ..plain });
    for (file, key) in [
        ("rsa", Key::Rsa),
        ("rsa-old", Key::RsaOld),
        ("p384", Key::P384),
        ("p521", Key::P521),
        ("ed25519", Key::Ed25519),
    ] {
        files.issue("ca", file, Wanted { name: file, extensions: SERVER, key, ..plain });
    }
    files.issue("ca", "elsewhere", Wanted { name: "x", extensions: "subjectAltName=DNS:elsewhere", ..plain });
    files.issue("ca", "nameless", Wanted { name: "127.0.0.1", extensions: "basicConstraints=CA:false", ..plain });
    let only = "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=clientAuth";
    files.issue("ca", "only-client", Wanted { name: "x", extensions: only, ..plain });
    files.revoke("ca", Some("revoked"));
    files
}

fn flags(files: &Certificates) -> Vec<String> {
    let kinds = ["", "peer-"].iter().flat_map(|kind| {
        [
            format!("--{kind}cert-file={}", files.at("server.crt")),
            format!("--{kind}key-file={}", files.at("server.key")),
            format!("--{kind}trusted-ca-file={}", files.at("ca.crt")),
        ]
    });
    let others = ["--client-cert-auth".to_owned(), "--peer-client-cert-auth".to_owned()];
    let list = format!("--client-crl-file={}", files.at("ca.crl"));
    kinds.chain(others).chain([list]).collect()
}

/// Three members, together.
fn cluster(program: &Program, flags: &[String]) -> Vec<Place> {
    let mut places: Vec<Place> = ["m1", "m2", "m3"].map(|name| Place::new(name, program, flags)).into();
    let all: Vec<String> = places.iter().map(Place::entry).collect();
    places.iter_mut().for_each(|place| place.spawn(&all.join(",")));
    places.iter_mut().for_each(|place| drop(place.until("ready to serve client requests")));
    places
}

/// The steps, as text: what each who asks was told, and what the member said of it.
async fn walk(program: &Program) -> String {
    let files = certificates();
    let mut places = cluster(program, &flags(&files));
    let good = settings(&files, "ca", Some("client"));
    let all: Vec<&Place> = places.iter().collect();
    use_it(&client(&all, &good).await, "a").await.expect("who shows a good certificate is served");
    let mut told = String::new();
    for (who, trusts, shows) in [
        ("a good certificate", "ca", Some("client")),
        ("one of version 1", "ca", Some("early")),
        ("RSA", "ca", Some("rsa")),
        ("RSA in PKCS#1", "ca", Some("rsa-old")),
        ("P-384", "ca", Some("p384")),
        ("P-521", "ca", Some("p521")),
        ("Ed25519", "ca", Some("ed25519")),
        ("none", "ca", None),
        ("one of another authority", "ca", Some("stranger")),
        ("one that is revoked", "ca", Some("revoked")),
        ("one that has expired", "ca", Some("expired")),
        ("one that is not valid yet", "ca", Some("early-bird")),
        ("one for servers", "ca", Some("serves")),
        ("a good one, and trusts another authority", "other", Some("client")),
    ] {
        let place = &mut places[0];
        writeln!(told, "== {who}").expect("text");
        let mut asking = settings(&files, trusts, shows);
        // By its name, which the others do not use, the member's line is found; and in TLS 1.2 a client hears why it is refused
        // before it goes on, where in 1.3 it may find the connection closed under its first words.
        asking.server_name = Some("localhost".into());
        asking.speech.max = Some(Version::V12);
        writeln!(told, "page: {}", calm(&page(place, &asking).await)).expect("text");
        let words = |words: &[&str]| -> Vec<String> { words.iter().map(|word| word.to_string()).collect() };
        let mut tool = words(&[&format!("--cacert={}", files.at(&format!("{trusts}.crt")))]);
        let mut web = words(&["--tls-max", "1.2", "--cacert", &files.at(&format!("{trusts}.crt"))]);
        if let Some(shows) = shows {
            let (cert, key) = (files.at(&format!("{shows}.crt")), files.at(&format!("{shows}.key")));
            tool.extend([format!("--cert={cert}"), format!("--key={key}")]);
            web.extend(words(&["--cert", &cert, "--key", &key]));
        }
        let is_refused = !told.lines().last().is_some_and(|line| line.contains("true"));
        if is_refused {
            let line = place.line(r#""server-name":"localhost""#);
            writeln!(told, "member: {} {}", line["level"], line["error"]).expect("text");
        }
        tool.extend(words(&["get", "a"]));
        let said = [("etcdctl", etcdctl(place, &tool)), ("curl", curl(place, &web))];
        if let Some(ours) = ctl(place, &tool) {
            assert_eq!(ours.starts_with("exit 0"), !is_refused, "etcd ctl, {who}: {ours}");
            if let Some(theirs) = &said[0].1 {
                // What the log says of a connection is each client's own.
                let shown = |said: &str| -> Vec<String> {
                    let lines = calm(said);
                    let is_log = |line: &&str| line.starts_with("  log:") || line.contains("the connection was closed");
                    lines.lines().filter(|line| !is_log(line)).map(str::to_owned).collect()
                };
                assert_eq!(shown(&ours), shown(theirs), "etcd ctl beside etcdctl, {who}");
            }
        }
        for (tool, said) in said {
            writeln!(told, "{tool}: {}", calm(&said.unwrap_or_else(|| "not there".into()))).expect("text");
        }
    }
    without_serials(&told, &files)
}

/// What a client is told when its connection is closed is chance: by a word of TLS, by an end, or by the system. And in TLS 1.2
/// a missing certificate is one word in Go's library and another in ours.
fn calm(told: &str) -> String {
    const ENDS: [&str; 15] = [
        "was not closed cleanly",
        "curl: (16)",
        "curl: (18)",
        "curl: (52)",
        "curl: (92)",
        "error shutting down connection",
        "getpeername() failed",
        "error reading server preface",
        "broken pipe",
        "connection reset",
        "connection closed before message completed",
        "operation was canceled",
        "Empty reply from server",
        "Recv failure",
        "unexpected eof",
    ];
    const MISSING: [&str; 4] = [
        "remote error: tls: handshake failure",
        "remote error: tls: certificate required",
        "sslv3 alert handshake failure",
        "tlsv13 alert certificate required",
    ];
    let calm = |line: &str| match line {
        _ if ENDS.iter().any(|end| line.contains(end)) => "  the connection was closed".to_owned(),
        _ if MISSING.iter().any(|text| line.contains(text)) => "  a certificate is missing".to_owned(),
        _ if line.starts_with("exit") && line != "exit 0" => "fails".to_owned(),
        line => line.to_owned(),
    };
    told.lines().map(calm).collect::<Vec<_>>().join("\n")
}

/// Numbers and times differ from run to run.
fn without_serials(told: &str, files: &Certificates) -> String {
    let folder = files.at("");
    let words = |line: &str| {
        let mut after = "";
        let mut kept = Vec::new();
        for word in line.replace(&folder, "").split(' ') {
            kept.push(match after {
                "serial" => "SERIAL".to_owned(),
                "time" if word.contains('T') => "NOW".to_owned(),
                _ => word.to_owned(),
            });
            after = ["serial", "time"].into_iter().find(|known| *known == word).unwrap_or("");
        }
        kept.join(" ")
    };
    told.lines().map(|line| words(line) + "\n").collect()
}

/// Lines of tools that are not there are not compared.
fn comparable(told: &str, other: &str) -> Vec<String> {
    let missing: Vec<&str> = ["etcdctl", "curl"]
        .into_iter()
        .filter(|tool| [told, other].iter().any(|text| text.contains(&format!("{tool}: not there"))))
        .collect();
    let mut is_left_out = false;
    let lines = told.lines().filter(|line| {
        if !line.starts_with(' ') {
            is_left_out = missing.iter().any(|tool| line.starts_with(&format!("{tool}:")));
        }
        !is_left_out
    });
    lines.map(str::to_owned).collect()
}

#[track_caller]
fn compare(told: &str, golden: &str) {
    let (told, golden) = (comparable(told, golden), comparable(golden, told));
    let step = |at: usize| told[..at].iter().rev().find(|line| line.starts_with("==")).cloned().unwrap_or_default();
    for (at, (line, expected)) in told.iter().zip(&golden).enumerate() {
        assert_eq!(line, expected, "{}", step(at));
    }
    assert_eq!(told.len(), golden.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_in() {
    if !has_openssl() {
        return;
    }
    if let Some(real) = Program::current_oracle() {
        let told = walk(&real).await;
        if std::env::var_os("RECORD").is_some() {
            std::fs::write(GOLDEN, &told).expect("it can be written");
        }
        let golden = std::fs::read_to_string(GOLDEN).expect("the answers are there");
        compare(&told, &golden);
    }
    let (ours, golden) =
        (walk(&Program::ours()).await, std::fs::read_to_string(GOLDEN).expect("the answers are there"));
    compare(&ours, &golden);
}

/// The other way round: a server that should not be believed.
#[tokio::test(flavor = "multi_thread")]
async fn whom_clients_believe() {
    if !has_openssl() {
        return;
    }
    let files = certificates();
    let server = |file: &str| {
        let flags = [
            format!("--cert-file={}", files.at(&format!("{file}.crt"))),
            format!("--key-file={}", files.at(&format!("{file}.key"))),
        ];
        let mut place = Place::new("m", &Program::ours(), &flags);
        place.schemes.1 = "http";
        place.alone()
    };
    let verify = "tls: failed to verify certificate: x509: ";
    for (file, answer) in [
        ("rsa", "{\"health\":\"true\",\"reason\":\"\"}".to_owned()),
        ("p521", "{\"health\":\"true\",\"reason\":\"\"}".to_owned()),
        ("ed25519", "{\"health\":\"true\",\"reason\":\"\"}".to_owned()),
        (
            "elsewhere",
            format!("{verify}cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs"),
        ),
        ("nameless", format!("{verify}certificate relies on legacy Common Name field, use SANs instead")),
        ("only-client", format!("{verify}certificate specifies an incompatible key usage")),
    ] {
        let place = server(file);
        let told = page(&place, &settings(&files, "ca", None)).await;
        assert_eq!(told, answer, "{file}");
    }
    let place = server("p384");
    let told = page(&place, &settings(&files, "other", None)).await;
    assert_eq!(told, format!("{verify}certificate signed by unknown authority"));
    let mut any = settings(&files, "other", None);
    any.insecure_skip_verify = true;
    assert!(page(&place, &any).await.contains("true"));
    let mut named = settings(&files, "ca", None);
    named.server_name = Some("elsewhere".into());
    let told = page(&place, &named).await;
    assert_eq!(told, format!("{verify}certificate is valid for localhost, not elsewhere"));
}

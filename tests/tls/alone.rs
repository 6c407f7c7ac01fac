//! One member, and all that a port with TLS must bear.

use crate::{
    authority::{CLIENT, Certificates, Key, SERVER, Wanted, has_openssl},
    place::{Place, WAIT_MAX, client, page, settings, use_it},
    support::{member::Program, ports::Port},
};
use etcd::{
    client::{Endpoint, fetch_page},
    tls::{ClientSettings, ClientTls, Version},
};
use std::{
    io::{Read, Write},
    net::TcpStream,
    process::Command,
    time::{Duration, Instant},
};

fn certificates() -> Certificates {
    let files = Certificates::new();
    files.authority("ca");
    let plain = Wanted::default();
    files.issue("ca", "server", Wanted { name: "server", extensions: SERVER, ..plain });
    files.issue("ca", "client", Wanted { name: "client", extensions: CLIENT, ..plain });
    files.issue("ca", "revoked", Wanted { name: "revoked", extensions: CLIENT, ..plain });
    let (here, there) = ("subjectAltName=DNS:localhost", "subjectAltName=DNS:nowhere.invalid");
    files.issue("ca", "here", Wanted { name: "here", extensions: here, ..plain });
    files.issue("ca", "there", Wanted { name: "there", extensions: there, ..plain });
    files.issue("ca", "far", Wanted { name: "far", extensions: "subjectAltName=IP:192.0.2.1", ..plain });
    files.revoke("ca", Some("revoked"));
    files
}

fn flags(files: &Certificates, kind: &str) -> Vec<String> {
    vec![
        format!("--{kind}cert-file={}", files.at("server.crt")),
        format!("--{kind}key-file={}", files.at("server.key")),
        format!("--{kind}trusted-ca-file={}", files.at("ca.crt")),
        format!("--{kind}client-cert-auth"),
    ]
}

/// A member whose ports for clients alone have TLS.
fn member(flags: &[String]) -> Place {
    let mut place = Place::new("m", &Program::ours(), flags);
    place.schemes.1 = "http";
    place.alone()
}

async fn at(url: &str, settings: &ClientSettings, path: &str) -> String {
    let tls = ClientTls::new(settings.clone()).expect("certificates of clients are right");
    let endpoint = Endpoint::parse(url).expect("an endpoint");
    match fetch_page(&endpoint, Some(&tls), path, WAIT_MAX).await {
        Ok(page) => String::from_utf8_lossy(&page).trim_end().to_owned(),
        Err(error) => error.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_tls_and_without_on_one_port() {
    if !has_openssl() {
        return;
    }
    let files = certificates();
    let mut place = Place::new("m", &Program::ours(), &flags(&files, ""));
    place.schemes.1 = "http";
    let plain = place.client_url().replace("https", "http");
    place.flags.push(format!("--listen-client-urls={plain},{}", place.client_url()));
    place.flags.push("--host-whitelist=elsewhere".into());
    let place = place.alone();
    let good = settings(&files, "ca", Some("client"));
    let healthy = r#"{"health":"true","reason":""}"#;
    // Without TLS a web page may have its name point here (CVE-2018-5702).
    let misdirected = at(&plain, &good, "/health").await;
    assert!(misdirected.contains("the Host header was unrecognized"), "{misdirected}");
    assert_eq!(at(&place.client_url(), &good, "/health").await, healthy);
    use_it(&client(&[&place], &good).await, "with").await.expect("TLS");
    let config = etcd::client::Config::new(vec![Endpoint::parse(&plain).expect("an endpoint")]);
    use_it(&etcd::client::Client::connect(config).await.expect("a client"), "without").await.expect("no TLS");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_socket_file() {
    if !has_openssl() {
        return;
    }
    let files = certificates();
    let mut place = Place::new("m", &Program::ours(), &flags(&files, ""));
    place.schemes.1 = "http";
    let url = format!("unixs://{}", place.dir.path().join("s.sock").display());
    place.flags.push(format!("--listen-client-urls={url}"));
    place.flags.push(format!("--advertise-client-urls={url}"));
    let place = place.alone();
    let mut good = settings(&files, "ca", Some("client"));
    let told = at(&url, &good, "/health").await;
    assert_eq!(told, "tls: failed to verify certificate: x509: certificate is valid for localhost, not s.sock");
    good.server_name = Some("localhost".into());
    assert!(at(&url, &good, "/health").await.contains("true"));
    let endpoint = Endpoint::parse(&url).expect("an endpoint");
    let tls = Some(ClientTls::new(good).expect("certificates"));
    let config = etcd::client::Config { tls, ..etcd::client::Config::new(vec![endpoint]) };
    use_it(&etcd::client::Client::connect(config).await.expect("a client"), "a").await.expect("it serves");
    drop(place);
}

/// A connection that says nothing, or half of something, is closed in time, and holds nobody up (GHSA-6vch-q96h-7gc3).
#[tokio::test(flavor = "multi_thread")]
async fn handshakes_without_end() {
    if !has_openssl() {
        return;
    }
    let files = certificates();
    let mut place = member(&flags(&files, ""));
    let begun = Instant::now();
    // A record is begun, and its length is never reached.
    let words: [&[u8]; 3] = [b"", &[0x16], &[0x16, 3, 1, 2, 0, 1, 0, 1]];
    let open: Vec<TcpStream> = (0..120)
        .map(|number| {
            let mut stream = TcpStream::connect(place.address()).expect("it listens");
            stream.write_all(words[number % 3]).expect("it takes that");
            stream
        })
        .collect();
    let good = settings(&files, "ca", Some("client"));
    for round in 0..20 {
        use_it(&client(&[&place], &good).await, &round.to_string()).await.expect("others are served");
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "others were held up");
    for mut stream in open {
        stream.set_read_timeout(Some(WAIT_MAX)).expect("a time");
        // An alert may come first.
        let mut rest = Vec::new();
        let end = stream.read_to_end(&mut rest);
        assert!(end.is_ok() || end.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset));
    }
    assert!(begun.elapsed() >= Duration::from_secs(9), "a handshake may take ten seconds");
    let line = place.line("rejected connection on client endpoint");
    assert!(line["error"].as_str().is_some_and(|error| error.contains("i/o timeout")), "{line}");
    assert!(line["remote-addr"].as_str().is_some_and(|address| address.starts_with("127.0.0.1:")), "{line}");
}

/// Where pages are served elsewhere the list of revoked certificates counts on the port of gRPC, too (GHSA-3wh4-j44w-pg92).
#[tokio::test(flavor = "multi_thread")]
async fn revoked_certificates_on_split_ports() {
    if !has_openssl() {
        return;
    }
    let files = certificates();
    let pages = Port::take();
    let url = pages.url().replace("http", "https");
    let list = format!("--client-crl-file={}", files.at("ca.crl"));
    let mut place = member(&[flags(&files, ""), vec![list, format!("--listen-client-http-urls={url}")]].concat());
    let good = settings(&files, "ca", Some("client"));
    let mut revoked = settings(&files, "ca", Some("revoked"));
    revoked.server_name = Some("localhost".into());
    use_it(&client(&[&place], &good).await, "a").await.expect("it serves");
    assert!(at(&url, &good, "/health").await.contains("true"));
    assert!(!at(&url, &revoked, "/health").await.contains("true"));
    let line = place.line("rejected connection on client endpoint");
    assert!(line["error"].as_str().is_some_and(|error| error.contains("revoked")), "{line}");
    revoked.speech.max = Some(Version::V12);
    assert_eq!(at(&place.client_url(), &revoked, "/health").await, "remote error: tls: bad certificate");
    let line = place.line("rejected connection on client endpoint");
    assert!(line["error"].as_str().is_some_and(|error| error.contains("revoked")), "{line}");
}

/// Who may come in by his certificate's names: hosts for clients, and members also by the address that they come from.
#[tokio::test(flavor = "multi_thread")]
async fn names_that_are_allowed() {
    if !has_openssl() {
        return;
    }
    let files = certificates();
    let hosts = "--client-cert-allowed-hostname=localhost,other".to_owned();
    let names = "--peer-cert-allowed-cn=here,there,far,server".to_owned();
    let all = [flags(&files, ""), flags(&files, "peer-"), vec![hosts, names]].concat();
    let mut place = Place::new("m", &Program::ours(), &all).alone();
    let failed = "client certificate authentication failed";
    let asking = |shows: &str| {
        let mut asking = settings(&files, "ca", Some(shows));
        asking.speech.max = Some(Version::V12);
        asking
    };
    assert!(page(&place, &asking("here")).await.contains("true"));
    for wrong in ["client", "there", "far"] {
        assert_eq!(page(&place, &asking(wrong)).await, "remote error: tls: bad certificate");
        assert_eq!(place.line("rejected connection on client endpoint")["error"], failed);
    }
    // Members.
    let url = place.peer_url();
    assert!(at(&url, &asking("here"), "/version").await.contains("etcdserver"));
    assert!(!at(&url, &asking("client"), "/version").await.contains("etcdserver"));
    assert_eq!(place.line("rejected connection on peer endpoint")["error"], failed);
    assert!(!at(&url, &asking("far"), "/version").await.contains("etcdserver"));
    let line = place.line("rejected connection on peer endpoint");
    assert_eq!(line["error"], "x509: certificate is valid for 192.0.2.1, not 127.0.0.1");
    assert_eq!(line["ip-addresses"][0], "192.0.2.1");
    assert!(!at(&url, &asking("there"), "/version").await.contains("etcdserver"));
    let line = place.line("rejected connection on peer endpoint");
    let error = line["error"].as_str().expect("a reason");
    assert!(error.starts_with(r#"tls: "127.0.0.1" does not match any of DNSNames ["nowhere.invalid"]"#), "{error}");
    drop(place);
    let any = [all, vec!["--peer-skip-client-san-verification".into()]].concat();
    let place = Place::new("m", &Program::ours(), &any).alone();
    assert!(at(&place.peer_url(), &asking("far"), "/version").await.contains("etcdserver"));
}

/// A certificate that a member makes for itself is the same at the next start, and like that of etcd.
#[tokio::test(flavor = "multi_thread")]
async fn made_by_the_member() {
    if !has_openssl() {
        return;
    }
    let described = |program: &Program| {
        let auto = ["--auto-tls".to_owned(), "--self-signed-cert-validity=2".to_owned()];
        let mut place = Place::new("m", program, &auto);
        place.schemes.1 = "http";
        let place = place.alone();
        let file = place.dir.path().join("data/fixtures/client/cert.pem");
        let words = ["x509", "-noout", "-subject", "-ext", "subjectAltName,keyUsage,extendedKeyUsage,basicConstraints"];
        let ran = Command::new("openssl").args(words).arg("-in").arg(&file).output().expect("openssl runs");
        let shown = String::from_utf8_lossy(&ran.stdout).into_owned();
        let text = Command::new("openssl").args(["x509", "-noout", "-text", "-in"]).arg(&file).output().expect("runs");
        let text = String::from_utf8_lossy(&text.stdout).into_owned();
        let kinds = ["Signature Algorithm", "NIST CURVE", "Public-Key"];
        let mut lines: Vec<String> =
            text.lines().filter(|line| kinds.iter().any(|kind| line.contains(kind))).map(str::to_owned).collect();
        lines.extend(shown.lines().map(str::to_owned));
        let mut lines: Vec<String> = lines.into_iter().map(|line| line.trim().to_owned()).collect();
        lines.sort();
        lines.dedup();
        (place, lines)
    };
    let (mut place, ours) = described(&Program::ours());
    if let Some(real) = Program::current_oracle() {
        assert_eq!(ours, described(&real).1);
    }
    let any = ClientSettings { insecure_skip_verify: true, ..ClientSettings::default() };
    assert!(page(&place, &any).await.contains("true"));
    let nobody = page(&place, &ClientSettings::default()).await;
    assert!(nobody.starts_with("tls: failed to verify certificate: x509: certificate signed by unknown authority"));
    // Believed by who has it.
    let made = place.dir.path().join("data/fixtures/client/cert.pem");
    let known = ClientSettings { ca: Some(made.clone()), ..ClientSettings::default() };
    assert!(page(&place, &known).await.contains("true"));
    let before = std::fs::read(&made).expect("it is there");
    place.kill();
    let place = place.alone();
    assert_eq!(std::fs::read(&made).expect("it is there"), before);
    assert!(page(&place, &known).await.contains("true"));
}

/// Metrics tell when certificates expire, and the log warns.
#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_expire_soon() {
    if !has_openssl() {
        return;
    }
    let files = certificates();
    let mut place = member(&flags(&files, ""));
    let line = place.line("certificate expires soon");
    assert_eq!((&line["level"], &line["endpoint"]), (&"warn".into(), &"client".into()));
    let metrics = at(&place.client_url(), &settings(&files, "ca", Some("client")), "/metrics").await;
    let name = "etcdrs_tls_certificate_expiry_timestamp_seconds{endpoint=\"client\",file=";
    let value = metrics.lines().find(|line| line.starts_with(name)).expect("there is one").rsplit(' ').next();
    assert!(value.and_then(|value| value.parse::<u64>().ok()).is_some_and(|value| value > 1_700_000_000), "{value:?}");
}

/// Each version and suite alone, and what is left when one side wants none that the other has.
#[tokio::test(flavor = "multi_thread")]
async fn versions_and_suites() {
    if !has_openssl() {
        return;
    }
    let files = certificates();
    files.issue("ca", "rsa", Wanted { name: "rsa", extensions: SERVER, key: Key::Rsa, valid: None });
    let server = |words: &[&str]| {
        let words = words.iter().map(|word| word.to_string());
        let pair = [format!("--cert-file={}", files.at("rsa.crt")), format!("--key-file={}", files.at("rsa.key"))];
        member(&words.chain(pair).collect::<Vec<_>>())
    };
    let asking = |min: Option<Version>, max: Option<Version>, suites: &[&str]| {
        let mut asking = settings(&files, "ca", None);
        (asking.speech.min, asking.speech.max) = (min, max);
        asking.speech.suites = suites.iter().map(|suite| suite.to_string()).collect();
        asking
    };
    let (old, new) = (asking(None, Some(Version::V12), &[]), asking(Some(Version::V13), None, &[]));
    let place = server(&["--tls-min-version=TLS1.3"]);
    assert_eq!(page(&place, &old).await, "remote error: tls: protocol version not supported");
    assert!(page(&place, &new).await.contains("true"));
    let place = server(&["--tls-max-version=TLS1.2"]);
    assert_eq!(page(&place, &new).await, "remote error: tls: protocol version not supported");
    assert!(page(&place, &old).await.contains("true"));
    let (one, other) = ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305");
    let mut place = server(&["--cipher-suites=TLS_RSA_WITH_AES_128_CBC_SHA,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]);
    assert!(place.said().iter().any(|line| line.contains("are not supported here and are left out")));
    assert!(page(&place, &asking(None, Some(Version::V12), &[one])).await.contains("true"));
    let told = page(&place, &asking(None, Some(Version::V12), &[other])).await;
    assert_eq!(told, "remote error: tls: handshake failure");
    let line = place.line("rejected connection on client endpoint");
    assert!(line["error"].as_str().is_some_and(|error| error.starts_with("tls: no cipher suite")), "{line}");
    assert!(page(&place, &new).await.contains("true"), "those of TLS 1.3 are always on");
}

/// Nothing that is said instead of a handshake, or within one, disturbs the member.
#[tokio::test(flavor = "multi_thread")]
async fn nonsense_instead_of_handshakes() {
    if !has_openssl() {
        return;
    }
    let seed = crate::support::seed("nonsense_instead_of_handshakes");
    let mut random = fastrand::Rng::with_seed(seed);
    let files = certificates();
    let place = member(&flags(&files, ""));
    // What a client says first, caught on a port of the test's own.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}", listener.local_addr().expect("it is bound"));
    let hello = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut hello = vec![0; 4096];
        let length = stream.read(&mut hello).expect("it says something");
        hello.truncate(length);
        hello
    });
    let good = settings(&files, "ca", Some("client"));
    at(&url, &good, "/").await;
    let hello = hello.join().expect("a client came");
    assert!(hello.len() > 100 && hello[0] == 0x16);
    for _ in 0..crate::support::count("TLS_NONSENSE", 300) {
        let mut said = match random.u8(0..3) {
            0 => (0..random.usize(1..600)).map(|_| random.u8(..)).collect(),
            _ => hello.clone(),
        };
        for _ in 0..random.usize(0..6) {
            let at = random.usize(0..said.len());
            said[at] = random.u8(..);
        }
        said.truncate(random.usize(1..=said.len()));
        let mut stream = TcpStream::connect(place.address()).expect("it listens");
        stream.write_all(&said).expect("it takes that");
        let _ = stream.shutdown(std::net::Shutdown::Write);
        // To the end, whatever it is.
        let _ = stream.read_to_end(&mut Vec::new());
    }
    use_it(&client(&[&place], &good).await, "after").await.expect("it serves");
    assert!(!place.said().iter().any(|line| line.contains("panicked")));
}

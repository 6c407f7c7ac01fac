//! A client's certificate says which user it is (`--client-cert-auth`): asked with etcdctl, so that this runs if
//! `ETCDCTL_ORACLE` names it; with `ETCD_ORACLE` a real etcd must answer the same.

use crate::{
    authority::{CLIENT, Certificates, SERVER, Wanted, has_openssl},
    place::{Place, etcdctl},
    support::member::Program,
};

/// What each who asks is told.
fn told(program: &Program, with_auth: &[&str]) -> Vec<String> {
    let files = Certificates::new();
    files.authority("ca");
    files.issue("ca", "server", Wanted { name: "server", extensions: SERVER, ..Wanted::default() });
    for name in ["root", "reader", "stranger"] {
        files.issue("ca", name, Wanted { name, extensions: CLIENT, ..Wanted::default() });
    }
    let mut flags = vec![
        format!("--cert-file={}", files.at("server.crt")),
        format!("--key-file={}", files.at("server.key")),
        format!("--trusted-ca-file={}", files.at("ca.crt")),
    ];
    flags.extend(with_auth.iter().map(|flag| flag.to_string()));
    let mut place = Place::new("m", program, &flags);
    place.schemes.1 = "http";
    let place = place.alone();
    let ask = |who: &str, words: &str| {
        let mut all = vec![
            format!("--cacert={}", files.at("ca.crt")),
            format!("--cert={}", files.at(&format!("{who}.crt"))),
            format!("--key={}", files.at(&format!("{who}.key"))),
            // A login takes its time.
            "--dial-timeout=60s".to_owned(),
            "--command-timeout=60s".to_owned(),
        ];
        all.extend(words.split(' ').map(str::to_owned));
        format!("{who} {words}: {}", etcdctl(&place, &all).unwrap_or_default())
    };
    let mut told = Vec::new();
    for words in [
        "user add root:pw",
        "user grant-role root root",
        "user add reader --no-password",
        "role add r",
        "role grant-permission r read a",
        "user grant-role reader r",
        "put a 1",
        "auth enable",
    ] {
        told.push(ask("root", words));
    }
    for (who, words) in [
        ("root", "put a 2"),
        ("reader", "get a"),
        ("reader", "get b"),
        ("reader", "put a 3"),
        ("reader", "user list"),
        ("stranger", "get a"),
        ("stranger", "--user=root:pw get a"),
        ("reader", "--user=root:wrong get a"),
    ] {
        told.push(ask(who, words));
    }
    told
}

#[test]
fn who_a_certificate_is() {
    if !has_openssl() || std::env::var_os("ETCDCTL_ORACLE").is_none() {
        return;
    }
    for flags in [&["--client-cert-auth"][..], &[]] {
        let ours = told(&Program::ours(), flags);
        let is_user = ours.iter().any(|line| line.starts_with("reader get a: exit 0"));
        assert_eq!(is_user, !flags.is_empty(), "{ours:#?}");
        if let Some(real) = Program::current_oracle() {
            assert_eq!(ours, told(&real, flags));
        }
    }
}

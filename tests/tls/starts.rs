//! What is wrong with certificates is said at the start, in etcd's words and with its exit code.

use crate::{
    authority::{Certificates, SERVER, Wanted, has_openssl},
    place::Place,
    support::member::Program,
};

fn certificates() -> Certificates {
    let files = Certificates::new();
    files.authority("ca");
    files.issue("ca", "server", Wanted { name: "server", extensions: SERVER, ..Wanted::default() });
    files.issue("ca", "other", Wanted { name: "other", extensions: SERVER, ..Wanted::default() });
    files.write("garbage", "garbage\n");
    files.write("empty", "");
    files.write("bad.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    files.write("bad.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    let both = [files.read("server.key"), files.read("server.crt")].concat();
    files.write("both", both);
    files
}

/// How a start ends: the exit code, the message and the reason.
fn end(program: &Program, files: &Certificates, scheme: &'static str, words: &[&str]) -> String {
    let flags: Vec<String> = words.iter().map(|word| word.replace('@', &files.at(""))).collect();
    let mut place = Place::new("m", program, &flags);
    place.schemes = (scheme, if words.iter().any(|word| word.starts_with("--peer")) { "https" } else { "http" });
    let mut command = place.command(&place.entry());
    let ran = command.output().expect("the program runs");
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    let fatal =
        said.lines().find(|line| line.contains(r#""level":"fatal""#) || line.contains("failed to verify flags"));
    let line: serde_json::Value = fatal.and_then(|line| serde_json::from_str(line).ok()).unwrap_or_default();
    let error = line["error"].as_str().unwrap_or(&said).replace(&files.at(""), "@");
    let error = error.replace(&place.address(), "ADDRESS").replace(&place.peer_url().replace("https://", ""), "PEER");
    format!("exit {}: {}: {error}", ran.status.code().unwrap_or(-1), line["msg"].as_str().unwrap_or_default())
}

#[test]
fn what_is_wrong_is_said() {
    if !has_openssl() {
        return;
    }
    let files = certificates();
    let (cert, key) = ("--cert-file=@server.crt", "--key-file=@server.key");
    let (peer_cert, peer_key) = ("--peer-cert-file=@server.crt", "--peer-key-file=@server.key");
    let listener = "exit 1: listener failed";
    let discovery = "exit 1: discovery failed";
    let flags = "exit 1: failed to verify flags";
    let list = "\"CERTIFICATE\" PEM block in certificate input after skipping PEM blocks of the following types";
    let cases: Vec<(&str, Vec<&str>, String)> = vec![
        ("https", vec![], format!("{discovery}: TLS key/cert (--cert-file, --key-file) must be provided for client url https://ADDRESS with HTTPS scheme")),
        ("https", vec!["--cert-file=@none", key], format!("{listener}: open @none: no such file or directory")),
        ("https", vec![cert, "--key-file=@none"], format!("{listener}: open @none: no such file or directory")),
        ("https", vec!["--cert-file=@", key], format!("{listener}: read @: is a directory")),
        ("https", vec!["--cert-file=@garbage", key], format!("{listener}: tls: failed to find any PEM data in certificate input")),
        ("https", vec!["--cert-file=@empty", key], format!("{listener}: tls: failed to find any PEM data in certificate input")),
        ("https", vec![cert, "--key-file=@garbage"], format!("{listener}: tls: failed to find any PEM data in key input")),
        ("https", vec!["--cert-file=@server.key", "--key-file=@server.crt"], format!("{listener}: tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched")),
        ("https", vec![cert, "--key-file=@server.crt"], format!("{listener}: tls: found a certificate rather than a key in the PEM for the private key")),
        ("https", vec!["--cert-file=@server.csr", key], format!("{listener}: tls: failed to find {list}: [CERTIFICATE REQUEST]")),
        ("https", vec![cert, "--key-file=@server.csr"], format!("{listener}: tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after skipping PEM blocks of the following types: [CERTIFICATE REQUEST]")),
        ("https", vec!["--cert-file=@bad.crt", key], format!("{listener}: x509: malformed certificate")),
        ("https", vec![cert, "--key-file=@bad.key"], format!("{listener}: tls: failed to parse private key")),
        ("https", vec![cert, "--key-file=@other.key"], format!("{listener}: tls: private key does not match public key")),
        ("https", vec![cert], format!("{listener}: KeyFile and CertFile must both be present[key: , cert: @server.crt]")),
        ("https", vec![key], format!("{listener}: KeyFile and CertFile must both be present[key: @server.key, cert: ]")),
        ("https", vec![cert, key, "--client-cert-file=@server.crt"], format!("{listener}: ClientKeyFile and ClientCertFile must both be present or both absent: key: , cert: @server.crt]")),
        ("https", vec![cert, key, "--client-cert-file=@garbage", "--client-key-file=@garbage"], format!("{listener}: tls: failed to find any PEM data in certificate input")),
        ("https", vec![cert, key, "--trusted-ca-file=@none"], format!("{listener}: open @none: no such file or directory")),
        ("https", vec![cert, key, "--trusted-ca-file=@bad.crt"], format!("{listener}: x509: malformed certificate")),
        ("https", vec![peer_cert, "--peer-key-file=@other.key"], format!("{discovery}: tls: private key does not match public key")),
        ("http", vec!["--peer-trusted-ca-file=@ca.crt"], format!("{discovery}: cannot listen on TLS for PEER: KeyFile and CertFile are not presented")),
        ("http", vec![peer_cert, peer_key, "--peer-cert-allowed-cn=a,b", "--peer-cert-allowed-hostname=c"], format!("{discovery}: AllowedCNs and AllowedHostnames are mutually exclusive (cns=[\"a\" \"b\"], hostnames=[\"c\"])")),
        ("http", vec!["--listen-metrics-urls=https://127.0.0.1:0"], format!("{discovery}: client TLS key/cert (--cert-file, --key-file) must be provided for metrics secure url")),
        ("https", vec!["--auto-tls", "--self-signed-cert-validity=0"], "exit 1: failed to get client self-signed certs: selfSignedCertValidity is invalid,it should be greater than 0".into()),
        ("https", vec![cert, key, "--tls-min-version=TLS1.1"], format!("{flags}: unexpected TLS version \"TLS1.1\" (must be one of: TLS1.2, TLS1.3)")),
        ("https", vec![cert, key, "--tls-min-version=TLS1.3", "--tls-max-version=TLS1.2"], format!("{flags}: min version (TLS1.3) is greater than max version (TLS1.2)")),
        ("https", vec![cert, key, "--tls-min-version=TLS1.3", "--cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"], format!("{flags}: cipher suites cannot be configured when only TLS1.3 is enabled")),
        ("https", vec![cert, key, "--cipher-suites=TLS_NONE"], format!("{discovery}: unexpected TLS cipher suite \"TLS_NONE\"")),
    ];
    for (scheme, words, expected) in cases {
        if let Some(real) = Program::current_oracle() {
            assert_eq!(end(&real, &files, scheme, &words), expected, "a real etcd, {words:?}");
        }
        assert_eq!(end(&Program::ours(), &files, scheme, &words), expected, "{words:?}");
    }
}

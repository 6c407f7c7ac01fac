//! Where a transcript is played: how the member starts, how it is found, and which files lie about.

use crate::{
    authority::{CLIENT, Certificates, SERVER, Wanted},
    support::member::Member,
};
use etcd::tls::{ClientSettings, ClientTls};
use std::path::PathBuf;

/// Where a transcript is played.
pub struct Stage {
    /// What the member is told besides the usual.
    pub flags: Vec<String>,
    /// Where the tool finds it.
    pub address: fn(&Member) -> String,
    /// The folder that transcripts call `<dir>`.
    pub dir: Option<PathBuf>,
    /// How the test itself comes in.
    pub tls: Option<ClientTls>,
}

impl Stage {
    /// A member with these flags, found where it says.
    pub fn with(flags: &[&str]) -> Self {
        let flags = flags.iter().map(|flag| flag.to_string()).collect();
        Self { flags, address: |member| member.address().to_owned(), dir: None, tls: None }
    }

    /// A member that wants certificates of the first authority. Those of two, and broken files, lie about.
    pub fn certified(files: &Certificates) -> Self {
        let mut stage = Self::secure(files);
        stage.flags.push("--client-cert-auth".to_owned());
        stage.flags.push(format!("--trusted-ca-file={}", files.at("ca.crt")));
        stage
    }

    /// A member that speaks TLS with anybody.
    pub fn secure(files: &Certificates) -> Self {
        let flags = [
            "--listen-client-urls=https://127.0.0.1:0".to_owned(),
            "--advertise-client-urls=https://127.0.0.1:0".to_owned(),
            format!("--cert-file={}", files.at("server.crt")),
            format!("--key-file={}", files.at("server.key")),
        ];
        let (ca, cert, key) = (files.path("ca.crt"), files.path("user.crt"), files.path("user.key"));
        let settings = ClientSettings { ca: Some(ca), cert: Some(cert), key: Some(key), ..Default::default() };
        Self {
            flags: flags.into(),
            address: |member| member.address().to_owned(),
            dir: files.path("ca.crt").parent().map(PathBuf::from),
            tls: Some(ClientTls::new(settings).expect("the files are sound")),
        }
    }
}

/// Certificates and what only looks like some.
pub fn files() -> Certificates {
    let files = Certificates::new();
    let plain = Wanted::default();
    files.authority("ca");
    files.authority("other");
    files.issue("ca", "server", Wanted { name: "server", extensions: SERVER, ..plain });
    files.issue("ca", "user", Wanted { name: "u", extensions: CLIENT, ..plain });
    files.issue("ca", "nobody", Wanted { name: "nobody", extensions: CLIENT, ..plain });
    files.issue("other", "stranger", Wanted { name: "u", extensions: CLIENT, ..plain });
    files.write("empty", "");
    files.write("garbage", "garbage\n");
    files.write("broken", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
    files
}

//! An authority made with openssl, in a folder: its certificate, those that it issues, and those that it revokes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// Is there an openssl?
pub fn has_openssl() -> bool {
    let is_there = Command::new("openssl").arg("version").output().is_ok_and(|ran| ran.status.success());
    if !is_there {
        println!("there is no openssl, and nothing was tested");
    }
    is_there
}

/// A folder for certificates of any authorities.
#[derive(Debug)]
pub struct Certificates(TempDir);

/// What a certificate is to be.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Common name.
    pub name: &'a str,
    /// Lines of extensions; none makes a certificate of version 1.
    pub extensions: &'a str,
    /// The kind of key, as openssl is told.
    pub key: Key,
    /// First and last moment, as openssl is told; none is from now on for a while.
    pub valid: Option<(&'a str, &'a str)>,
}

/// A kind of key, and the form that it is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// RSA with 2048 bits, in PKCS#8.
    Rsa,
    /// RSA, in PKCS#1.
    RsaOld,
    /// P-256, in PKCS#8.
    P256,
    /// P-384, in SEC1.
    P384,
    /// P-521, in SEC1.
    P521,
    /// Ed25519, in PKCS#8.
    Ed25519,
}

impl Default for Wanted<'_> {
    fn default() -> Self {
        Self { name: "", extensions: "", key: Key::P256, valid: None }
    }
}

/// For servers that listen at this machine's own address.
pub const SERVER: &str = "subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth";
/// For clients.
pub const CLIENT: &str = "extendedKeyUsage=clientAuth";

#[track_caller]
fn openssl(dir: &Path, words: &[&str]) {
    let ran = Command::new("openssl").args(words).current_dir(dir).output().expect("openssl runs");
    assert!(ran.status.success(), "openssl {words:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

impl Certificates {
    /// A folder.
    pub fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }

    /// A file in it.
    pub fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    /// Its name for flags.
    pub fn at(&self, file: &str) -> String {
        self.path(file).display().to_string()
    }

    fn key(&self, key: Key, file: &str) {
        let old = ["-out", file];
        match key {
            Key::Rsa => openssl(self.0.path(), &["genpkey", "-algorithm", "RSA", "-out", file]),
            Key::RsaOld => {
                let made = ["genrsa", "-traditional", old[0], old[1], "2048"];
                openssl(self.0.path(), &made);
            }
            Key::P256 => {
                let curve = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", file];
                openssl(self.0.path(), &curve);
            }
            Key::P384 => openssl(self.0.path(), &["ecparam", "-genkey", "-name", "secp384r1", "-out", file]),
            Key::P521 => openssl(self.0.path(), &["ecparam", "-genkey", "-name", "secp521r1", "-out", file]),
            Key::Ed25519 => openssl(self.0.path(), &["genpkey", "-algorithm", "ED25519", "-out", file]),
        }
    }

    /// Makes an authority of that name: `name.crt`, and what it needs.
    pub fn authority(&self, name: &str) {
        let (key, crt, subject) = (format!("{name}.key"), format!("{name}.crt"), format!("/CN={name}"));
        self.key(Key::P256, &key);
        openssl(self.0.path(), &["req", "-x509", "-new", "-key", &key, "-subj", &subject, "-days", "30", "-out", &crt]);
        self.write(&format!("{name}.index"), "");
        self.write(&format!("{name}.crlnumber"), "01\n");
        let config = format!(
            "[ca]\ndefault_ca=x\n[x]\ndatabase={name}.index\nrand_serial=yes\nnew_certs_dir=.\ncertificate={crt}\n\
             private_key={key}\ndefault_md=sha256\npolicy=any\ndefault_days=10\ndefault_crl_days=10\n\
             crlnumber={name}.crlnumber\nunique_subject=no\n[any]\ncommonName=optional\n"
        );
        self.write(&format!("{name}.cnf"), &config);
    }

    /// Has an authority issue `file.crt`, with `file.key`.
    pub fn issue(&self, authority: &str, file: &str, wanted: Wanted<'_>) {
        let (key, request, subject) = (format!("{file}.key"), format!("{file}.csr"), format!("/CN={}", wanted.name));
        self.key(wanted.key, &key);
        openssl(self.0.path(), &["req", "-new", "-key", &key, "-subj", &subject, "-out", &request]);
        let (config, out, extensions) = (format!("{authority}.cnf"), format!("{file}.crt"), format!("{file}.ext"));
        let mut words = vec!["ca", "-batch", "-notext", "-config", &config, "-in", &request, "-out", &out];
        if !wanted.extensions.is_empty() {
            self.write(&extensions, wanted.extensions);
            words.extend(["-extfile", &extensions]);
        }
        if let Some((first, last)) = wanted.valid {
            words.extend(["-startdate", first, "-enddate", last]);
        }
        openssl(self.0.path(), &words);
    }

    /// Has an authority revoke `file.crt`, if one is named, and write its list to `authority.crl`.
    pub fn revoke(&self, authority: &str, file: Option<&str>) {
        let config = format!("{authority}.cnf");
        if let Some(file) = file {
            openssl(self.0.path(), &["ca", "-config", &config, "-revoke", &format!("{file}.crt")]);
        }
        let (pem, der) = (format!("{authority}.crl.pem"), format!("{authority}.crl.new"));
        openssl(self.0.path(), &["ca", "-config", &config, "-gencrl", "-out", &pem]);
        openssl(self.0.path(), &["crl", "-in", &pem, "-outform", "DER", "-out", &der]);
        self.rename(&der, &format!("{authority}.crl"));
    }

    /// Writes a file.
    pub fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(file), text).expect("it can be written");
    }

    /// What a file holds.
    pub fn read(&self, file: &str) -> Vec<u8> {
        fs::read(self.path(file)).expect("it is there")
    }

    /// One file takes the place of another.
    pub fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).expect("it can be renamed");
    }
}

//! Tokens against those of etcd 3.7.1, which it made with the keys in `tests/jwt`; keys in all their forms; and what somebody
//! may try who has no key.

use super::*;

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("../../../../tests/jwt/", $name)).as_slice()
    };
}

/// Made by etcd, one for each method: user `root`, revision 4.
const ETCDS: &str = include_str!("../../../../tests/jwt/tokens.txt");
/// When those end, in seconds since 1970.
const END: u64 = 1_795_282_695;

const TTL: Duration = Duration::from_secs(300);

fn private(method: Method) -> &'static [u8] {
    match method {
        Method::Hs256 | Method::Hs384 | Method::Hs512 => file!("hmac.txt"),
        Method::Es256 => file!("ec256.pem"),
        Method::Es384 => file!("ec384.pem"),
        Method::Es512 => file!("ec521.pem"),
        Method::EdDsa => file!("ed.pem"),
        _ => file!("rsa_pkcs8.pem"),
    }
}

fn read_key(method: Method, private: &[u8], public: &[u8]) -> Result<Key, KeyError> {
    Key::read(method, KeyFiles { private, public })
}

fn jwt(method: Method) -> Jwt {
    Jwt { method, key: read_key(method, private(method), b"").unwrap(), ttl: TTL }
}

fn etcds() -> impl Iterator<Item = (Method, &'static str)> {
    ETCDS.lines().map(|line| {
        let (name, token) = line.split_once(' ').unwrap();
        (Method::of_name(name).unwrap(), token)
    })
}

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Signs any claims, as only who has the key can.
fn signed(jwt: &Jwt, header: &str, claims: &str) -> String {
    let text = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
    let signature = jwt.key.sign(text.as_bytes()).unwrap();
    format!("{text}.{}", BASE64.encode(signature))
}

#[test]
fn etcds_tokens_are_understood() {
    assert_eq!(etcds().count(), Method::ALL.len());
    for (method, token) in etcds() {
        let read = |now| jwt(method).read(token, at(now));
        let root = Identity { user: "root".into(), revision: 4 };
        // Some were made a few seconds later than the first.
        assert_eq!(read(END - 1), Ok(root), "{method:?}");
        assert_eq!(read(END + 60), Err(Invalid::Expired), "{method:?}");
    }
}

#[test]
fn a_token_is_good_for_its_time() {
    for method in Method::ALL {
        let jwt = jwt(method);
        let token = jwt.issue("alice", 7, at(1000)).unwrap();
        let alice = Identity { user: "alice".into(), revision: 7 };
        assert_eq!(jwt.read(&token, at(1000)), Ok(alice.clone()), "{method:?}");
        assert_eq!(jwt.read(&token, Duration::from_millis(1_299_999)), Ok(alice), "{method:?}");
        assert_eq!(jwt.read(&token, at(1300)), Err(Invalid::Expired), "{method:?}");
    }
}

#[test]
fn a_changed_token_is_none() {
    for (method, token) in etcds() {
        let jwt = jwt(method);
        let [header, claims, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
        let forged = BASE64.encode(r#"{"exp":9999999999,"revision":4,"username":"root"}"#);
        let without_its_end = &signature[..signature.len() - 4];
        for changed in [
            format!("{header}.{forged}.{signature}"),
            format!("{header}.{claims}.{without_its_end}"),
            format!("{header}.{claims}."),
        ] {
            assert_eq!(jwt.read(&changed, at(END - 1)), Err(Invalid::Signature), "{method:?}: {changed}");
        }
    }
}

/// The classic: the public key is no secret, so a token "signed" with it by HMAC must not count; nor one without any
/// signature, nor one that is signed well, but by another method than the configured one.
#[test]
fn the_method_is_ours_and_not_the_tokens() {
    let claims = r#"{"exp":9999999999,"revision":4,"username":"root"}"#;
    for public in [file!("rsa_pub.pem"), file!("rsa_cert.pem")] {
        let verifying = Jwt { method: Method::Rs256, key: read_key(Method::Rs256, b"", public).unwrap(), ttl: TTL };
        for confused in [Method::Hs256, Method::Hs384, Method::Hs512] {
            let key = read_key(confused, public, b"").unwrap();
            let attacker = Jwt { method: confused, key, ttl: TTL };
            let token = attacker.issue("root", 4, at(END)).unwrap();
            assert_eq!(verifying.read(&token, at(END)), Err(Invalid::Method));
            // The same signature below the header that is wanted.
            let token = signed(&attacker, r#"{"alg":"RS256","typ":"JWT"}"#, claims);
            assert_eq!(verifying.read(&token, at(END)), Err(Invalid::Signature));
        }
        for none in ["none", "None", "nOnE", "", "rs256"] {
            let header = BASE64.encode(format!(r#"{{"alg":"{none}","typ":"JWT"}}"#));
            let token = format!("{header}.{}.", BASE64.encode(claims));
            assert_eq!(verifying.read(&token, at(END)), Err(Invalid::Method), "{none}");
        }
    }
    for own in Method::ALL {
        for (other, token) in etcds().filter(|(other, _)| *other != own) {
            assert_eq!(jwt(own).read(token, at(END - 1)), Err(Invalid::Method), "{own:?} {other:?}");
        }
    }
}

#[test]
fn claims_are_read_as_go_reads_them() {
    let jwt = jwt(Method::Hs256);
    let read = |claims: &str| {
        let token = signed(&jwt, r#"{"alg":"HS256"}"#, claims);
        jwt.read(&token, at(1000)).map(|identity| (identity.user.to_string(), identity.revision))
    };
    let root = |revision| Ok(("root".to_owned(), revision));
    let cases = [
        // Without an end it has none.
        (r#"{"username":"root","revision":4}"#, root(4)),
        (r#"{"username":"root","revision":4,"exp":0}"#, root(4)),
        (r#"{"username":"root","revision":4.9,"exp":1001.5}"#, root(4)),
        (r#"{"username":"root","revision":4,"exp":1000.9}"#, Err(Invalid::Expired)),
        (r#"{"username":"root","revision":4,"exp":"1001"}"#, Err(Invalid::Date("exp"))),
        (r#"{"username":"root","revision":4,"exp":null}"#, Err(Invalid::Date("exp"))),
        (r#"{"username":"root","revision":4,"nbf":1000}"#, root(4)),
        (r#"{"username":"root","revision":4,"nbf":1001}"#, Err(Invalid::NotYet)),
        (r#"{"username":"root","revision":4,"iat":9999}"#, root(4)),
        (r#"{"username":"eve","username":"root","revision":4}"#, root(4)),
        (r#"{"username":"root","revision":"4"}"#, Err(Invalid::Claim("revision"))),
        (r#"{"username":"root"}"#, Err(Invalid::Claim("revision"))),
        (r#"{"Username":"root","revision":4}"#, Err(Invalid::Claim("username"))),
        (r#"{"username":7,"revision":4}"#, Err(Invalid::Claim("username"))),
        (r#"{"username":"","revision":4}"#, Ok((String::new(), 4))),
        // Nobody's revision: whoever has it is refused.
        (r#"{"username":"root","revision":-1}"#, root(0)),
        (r#"["root",4]"#, Err(Invalid::Encoding("claim"))),
        ("", Err(Invalid::Encoding("claim"))),
    ];
    for (claims, expected) in cases {
        assert_eq!(read(claims), expected, "{claims}");
    }
}

#[test]
fn garbage_is_no_token() {
    let jwt = jwt(Method::Hs256);
    let header = BASE64.encode(r#"{"alg":"HS256"}"#);
    for token in ["", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d", "aBcDeFgH.17", "\u{fc}.\u{fc}.\u{fc}", "e30.e30.e30"]
    {
        assert!(jwt.read(token, at(1000)).is_err(), "{token}");
    }
    assert_eq!(jwt.read(&format!("{header}.e30.!"), at(1000)), Err(Invalid::Encoding("signature")));
    assert_eq!(jwt.read(&format!("{header}=.e30."), at(1000)), Err(Invalid::Encoding("header")));
}

#[test]
fn every_form_of_a_key() {
    use Method::*;
    let rsa = [file!("rsa_pkcs8.pem"), file!("rsa_pkcs1.pem")];
    let rsa_public = [file!("rsa_pub.pem"), file!("rsa_pub_pkcs1.pem"), file!("rsa_cert.pem")];
    type Files = [&'static [u8]];
    let rows: [(&[Method], &Files, &Files); 5] = [
        (&[Rs256, Rs384, Rs512, Ps256, Ps384, Ps512], &rsa, &rsa_public),
        (&[Es256], &[file!("ec256.pem"), file!("ec256_pkcs8.pem")], &[file!("ec256_pub.pem"), file!("ec256_cert.pem")]),
        (&[Es384], &[file!("ec384.pem"), file!("ec384_pkcs8.pem")], &[file!("ec384_pub.pem")]),
        (&[Es512], &[file!("ec521.pem"), file!("ec521_pkcs8.pem")], &[file!("ec521_pub.pem")]),
        (&[EdDsa], &[file!("ed.pem")], &[file!("ed_pub.pem")]),
    ];
    for (methods, privates, publics) in rows {
        for method in methods.iter().copied() {
            let token = jwt(method).issue("alice", 7, at(1000)).unwrap();
            for public in publics {
                let key = read_key(method, b"", public).unwrap();
                let verifying = Jwt { method, key, ttl: TTL };
                assert!(verifying.is_verify_only() && verifying.issue("a", 1, at(0)).is_none());
                assert!(verifying.read(&token, at(1000)).is_ok(), "{method:?}");
                for private in privates {
                    let key = read_key(method, private, public).unwrap();
                    assert!(!key.is_public(), "{method:?}");
                }
            }
            for private in privates {
                let signing = Jwt { method, key: read_key(method, private, b"").unwrap(), ttl: TTL };
                assert!(signing.read(&token, at(1000)).is_ok(), "{method:?}");
            }
        }
    }
}

#[test]
fn keys_that_are_none() {
    use Method::*;
    let refused = |method, private, public| read_key(method, private, public).map(drop).unwrap_err();
    for method in Method::ALL {
        assert_eq!(refused(method, b"", b""), KeyError::Missing, "{method:?}");
    }
    assert_eq!(refused(Hs256, b"", file!("rsa_pub.pem")), KeyError::Missing);
    assert_eq!(refused(Rs256, file!("rsa_pkcs8.pem"), file!("rsa_other_pub.pem")), KeyError::Mismatch);
    for method in [Rs256, Es256, EdDsa] {
        assert_eq!(refused(method, b"no PEM", b""), KeyError::NoPem);
        assert_eq!(refused(method, b"", b"no PEM"), KeyError::NoPem);
    }
    for (method, kind, private, public) in [
        (Rs256, "RSA", file!("ec256.pem"), file!("ec256_pub.pem")),
        (Es256, "ECDSA", file!("rsa_pkcs8.pem"), file!("rsa_pub.pem")),
        (Es256, "ECDSA", file!("ec384.pem"), file!("ec384_pub.pem")),
        // What openssl puts before a key is what Go reads, and it is none.
        (Es256, "ECDSA", file!("ec256_params.pem"), file!("ec256_params.pem")),
        (EdDsa, "Ed25519", file!("rsa_pkcs8.pem"), file!("ed_cert.pem")),
        // A private key where the public one belongs.
        (Rs256, "RSA", file!("rsa_pub.pem"), file!("rsa_pkcs8.pem")),
    ] {
        assert_eq!(refused(method, private, b""), KeyError::NotPrivate(kind), "{method:?}");
        assert_eq!(refused(method, b"", public), KeyError::NotPublic(kind), "{method:?}");
    }
    let texts = [KeyError::Missing, KeyError::Mismatch, KeyError::NotPrivate("RSA")].map(|error| error.to_string());
    let expected =
        ["auth: missing key data", "auth: public and private keys don't match", "key is not a valid RSA private key"];
    assert_eq!(texts, expected);
    assert_eq!(format!("{:?}", jwt(Hs256).key), "Key { .. }");
}

//! Chains that must hold, and those that must not: each in the usual way and in the odd one.

use super::*;
use crate::tls::pem;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose as Use, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use rustls::crypto::aws_lc_rs;
use std::time::Duration;

/// In 2030.
const NOW: u64 = 1_900_000_000;

struct Made {
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(2035, 1, 1);
    params
}

fn authority(name: &str) -> CertificateParams {
    let mut params = odd(name);
    params.subject_alt_names = Vec::new();
    params
}

/// One that the library refuses: an authority's, used as one's own.
fn odd(name: &str) -> CertificateParams {
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn root(params: CertificateParams) -> Made {
    let key = KeyPair::generate().unwrap();
    let der = params.self_signed(&key).unwrap().der().clone();
    Made { der, issuer: Issuer::new(params, key) }
}

fn below(issuer: &Made, params: CertificateParams) -> Made {
    let key = KeyPair::generate().unwrap();
    let der = params.signed_by(&key, &issuer.issuer).unwrap().der().clone();
    Made { der, issuer: Issuer::new(params, key) }
}

fn trusting(roots: &[&Made]) -> Authorities {
    let text: String = roots.iter().map(|root| pem::write("CERTIFICATE", &root.der)).collect();
    Authorities::read(text.as_bytes()).unwrap()
}

/// Why a client with these certificates is not let in.
fn refused(shown: &[&Made], roots: &[&Made], side: Side<'_>) -> Option<String> {
    let shown: Vec<CertificateDer<'_>> = shown.iter().map(|made| made.der.clone()).collect();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(NOW));
    let provider = Arc::new(aws_lc_rs::default_provider());
    check(&shown, &trusting(roots), side, now, &provider).err().map(|refused| refused.text)
}

#[track_caller]
fn is_let_in(shown: &[&Made], roots: &[&Made]) {
    for side in [Side::Client, Side::Server("localhost")] {
        assert_eq!(refused(shown, roots, side), None, "{side:?}");
    }
}

#[track_caller]
fn is_unknown(shown: &[&Made], roots: &[&Made]) {
    for side in [Side::Client, Side::Server("localhost")] {
        let text = refused(shown, roots, side).unwrap_or_else(|| panic!("let in as {side:?}"));
        assert!(text.starts_with("x509: certificate signed by unknown authority"), "{text}");
    }
}

#[test]
fn chains_that_hold() {
    let root = root(authority("root"));
    let middle = below(&root, authority("middle"));
    for own in [params("own"), odd("own")] {
        is_let_in(&[&below(&root, own.clone())], &[&root]);
        is_let_in(&[&below(&middle, own.clone()), &middle], &[&root]);
        // What is shown besides does no harm.
        is_let_in(&[&below(&middle, own.clone()), &root, &middle, &root], &[&root]);
        let own = below(&middle, own);
        is_let_in(&[&own], &[&own]);
    }
    let mut any = params("any");
    any.extended_key_usages = vec![Use::Any];
    is_let_in(&[&below(&root, any)], &[&root]);
}

#[test]
fn signers_that_may_not_sign() {
    let root = root(authority("root"));
    let mut no_signing = authority("silent");
    no_signing.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let mut late = authority("late");
    late.not_after = date_time_ymd(2029, 1, 1);
    for signer in [params("own"), no_signing, late] {
        for own in [params("victim"), odd("victim")] {
            let middle = below(&root, signer.clone());
            is_unknown(&[&below(&middle, own.clone()), &middle], &[&root]);
            // Nor when it is trusted itself.
            is_unknown(&[&below(&middle, own.clone()), &middle], &[&middle]);
        }
    }
}

#[test]
fn others_of_the_same_name() {
    let (real, other) = (root(authority("root")), root(authority("root")));
    for own in [params("own"), odd("own")] {
        let own = below(&other, own);
        is_unknown(&[&own], &[&real]);
        is_unknown(&[&own, &other], &[&real]);
        is_unknown(&[&own], &[]);
        let told = refused(&[&own], &[&real], Side::Client).unwrap();
        assert_eq!(
            told,
            "x509: certificate signed by unknown authority (possibly because of \"x509: ECDSA verification failure\" while \
             trying to verify candidate authority certificate \"root\")"
        );
    }
}

#[test]
fn signers_with_limits() {
    let root = root(authority("root"));
    let mut short = authority("short");
    short.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let short = below(&root, short);
    let further = below(&short, authority("further"));
    let mut servers = authority("servers");
    servers.extended_key_usages = vec![Use::ServerAuth];
    let servers = below(&root, servers);
    let mut named = authority("named");
    named.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![GeneralSubtree::DnsName("elsewhere".into())],
        excluded_subtrees: Vec::new(),
    });
    let named = below(&root, named);
    for own in [params("own"), odd("own")] {
        is_let_in(&[&below(&short, own.clone()), &short], &[&root]);
        is_unknown(&[&below(&further, own.clone()), &further, &short], &[&root]);
        let of_servers = below(&servers, own.clone());
        assert_eq!(refused(&[&of_servers, &servers], &[&root], Side::Server("localhost")), None);
        assert!(refused(&[&of_servers, &servers], &[&root], Side::Client).is_some());
        is_unknown(&[&below(&named, own), &named], &[&root]);
    }
}

#[test]
fn what_a_certificate_says_of_itself() {
    let root = root(authority("root"));
    for own in [params("own"), odd("own")] {
        let mut servers = own.clone();
        servers.extended_key_usages = vec![Use::ServerAuth];
        let servers = below(&root, servers);
        assert_eq!(refused(&[&servers], &[&root], Side::Server("localhost")), None);
        let told = refused(&[&servers], &[&root], Side::Client).unwrap();
        assert_eq!(told, "x509: certificate specifies an incompatible key usage");
        // Trusted itself, it is of no more use.
        assert_eq!(refused(&[&servers], &[&servers], Side::Client).unwrap(), told);
        let (mut late, mut early) = (own.clone(), own.clone());
        late.not_after = date_time_ymd(2029, 1, 1);
        early.not_before = date_time_ymd(2031, 1, 1);
        for (wrong, text) in [(late, "is after 2029-01-01T00:00:00Z"), (early, "is before 2031-01-01T00:00:00Z")] {
            let wrong = below(&root, wrong);
            for trusted in [&root, &wrong] {
                let told = refused(&[&wrong], &[trusted], Side::Client).unwrap();
                assert!(
                    told.starts_with("x509: certificate has expired or is not yet valid: current time 2030-03-17T")
                );
                assert!(told.ends_with(text), "{told}");
            }
        }
        let mut riddle = own.clone();
        let mut extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999, 1], vec![5, 0]);
        extension.set_criticality(true);
        riddle.custom_extensions = vec![extension];
        assert_eq!(
            refused(&[&below(&root, riddle)], &[&root], Side::Client).unwrap(),
            "x509: unhandled critical extension"
        );
        let own = below(&root, own);
        let told = refused(&[&own], &[&root], Side::Server("other")).unwrap();
        assert_eq!(told, "x509: certificate is valid for localhost, not other");
    }
}

/// Two authorities that have signed each other, and nobody trusted: the way up has an end.
#[test]
fn circles_end() {
    let (first, second) = (root(authority("first")), root(authority("second")));
    let make = |params: CertificateParams, key: &Made, by: &Made| {
        let der = params.signed_by(key.issuer.key(), &by.issuer).unwrap().der().clone();
        Made { der, issuer: Issuer::new(params, KeyPair::generate().unwrap()) }
    };
    let (one, two) = (make(authority("first"), &first, &second), make(authority("second"), &second, &first));
    for own in [params("own"), odd("own")] {
        let own = below(&first, own);
        is_unknown(&[&own, &one, &two, &one, &two, &one, &two, &one, &two, &one, &two], &[&root(authority("root"))]);
    }
}

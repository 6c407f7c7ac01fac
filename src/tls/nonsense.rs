//! Whatever files hold, reading them ends well: with what they say, or with a text.

use super::{
    authorities::Authorities, certificate::Certificate, error::TlsError, pair::PairFiles, pem, revoked::Revoked,
    suites::Speech,
};
use rcgen::{
    CertificateParams, CertificateRevocationListParams, Issuer, KeyIdMethod, KeyPair, RevokedCertParams, SerialNumber,
    date_time_ymd,
};

fn made() -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Constrained(1));
    params.key_usages = vec![rcgen::KeyUsagePurpose::CrlSign, rcgen::KeyUsagePurpose::KeyCertSign];
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::Any];
    let certificate = params.self_signed(&key).unwrap().der().to_vec();
    let secret = key.serialized_der().to_vec();
    let list = CertificateRevocationListParams {
        this_update: date_time_ymd(2026, 1, 1),
        next_update: date_time_ymd(2036, 1, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: vec![RevokedCertParams {
            serial_number: SerialNumber::from(0x80ff),
            revocation_time: date_time_ymd(2026, 1, 1),
            reason_code: None,
            invalidity_date: None,
        }],
        key_identifier_method: KeyIdMethod::Sha256,
    };
    let list = list.signed_by(&Issuer::new(params, key)).unwrap().der().to_vec();
    (certificate, secret, list)
}

#[test]
fn numbers_on_lists() {
    let (_, _, list) = made();
    let revoked = Revoked::read(&list).unwrap();
    assert_eq!(Revoked::read(pem::write("X509 CRL", &list).as_bytes()).unwrap(), revoked);
    let (certificate, _, _) = made();
    let mut certificate = Certificate::read(&certificate).unwrap();
    assert_eq!(revoked.check([&certificate]), Ok(()));
    certificate.serial = vec![0x80, 0xff];
    assert_eq!(revoked.check([&certificate]), Err("transport: certificate serial 80ff revoked".into()));
    assert_eq!(Revoked::read(b"").unwrap_err().to_string(), "x509: malformed crl");
    assert_eq!(Revoked::read(&list[1..]).unwrap_err().to_string(), "x509: malformed crl");
}

#[test]
fn files_that_were_tampered_with() {
    let seed = std::env::var("TEST_SEED").map_or(fastrand::u64(..), |seed| seed.parse().unwrap());
    println!("TEST_SEED={seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let (certificate, secret, list) = made();
    let (folder, provider) = (tempfile::tempdir().unwrap(), Speech::default().provider());
    let files = [folder.path().join("crt"), folder.path().join("key")];
    let mut tamper = |whole: &[u8]| {
        let mut bytes = whole.to_vec();
        for _ in 0..random.usize(0..4) {
            let at = random.usize(0..bytes.len());
            bytes[at] = random.u8(..);
        }
        if random.u8(..) < 40 {
            bytes.truncate(random.usize(1..=bytes.len()));
        }
        if random.u8(..) < 20 {
            bytes.insert(random.usize(0..bytes.len()), random.u8(..));
        }
        bytes
    };
    let (mut read, mut refused) = (0, 0);
    let mut count = |result: Result<(), TlsError>| match result {
        Ok(()) => read += 1,
        Err(error) => {
            assert!(error.to_string().starts_with("x509: ") || error.to_string().starts_with("tls: "), "{error}");
            refused += 1;
        }
    };
    for round in 0..20_000 {
        let bytes = tamper(&certificate);
        count(Certificate::read(&bytes).map(drop));
        count(Authorities::read(pem::write("CERTIFICATE", &bytes).as_bytes()).map(drop));
        count(Revoked::read(&tamper(&list)).map(drop));
        if round % 20 == 0 {
            let (text, key) = (pem::write("CERTIFICATE", &bytes), pem::write("EC PRIVATE KEY", &tamper(&secret)));
            std::fs::write(&files[0], tamper(text.as_bytes())).unwrap();
            std::fs::write(&files[1], key).unwrap();
            count(PairFiles::new(&files[0], &files[1]).read(&provider).map(drop));
        }
    }
    assert!(read > 100 && refused > 100, "{read} {refused}");
}

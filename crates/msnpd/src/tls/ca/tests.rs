use std::fs;

use openssl::nid::Nid;

use super::*;
use crate::tls::Files;

const NOW: u64 = 1_770_091_506;
const DAY: u64 = 24 * 60 * 60;

fn names(hosts: &[&str]) -> Names {
    Names::with_public_hosts(hosts.iter().copied())
}

fn open(dir: &Path, hosts: &[&str], now: u64) -> Identity {
    Identity::open(Era::Modern, dir, &names(hosts), now).unwrap()
}

const MODERN: Files = Era::Modern.files();

#[test]
fn is_made_once_and_renewed_when_due() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let first = open(dir, &["chat.example.com"], NOW);
    let serial = |identity: &Identity| identity.certificate.serial_number().to_bn().unwrap().to_vec();

    let again = open(dir, &["chat.example.com"], NOW + 30 * DAY);
    assert_eq!((serial(&again), &again.ca), (serial(&first), &first.ca));

    let renamed = open(dir, &["other.example.com"], NOW);
    assert_ne!(serial(&renamed), serial(&first));
    assert_eq!(renamed.ca, first.ca);
    assert_eq!(Names::of(&renamed.certificate), names(&["other.example.com"]));

    let renewed = open(dir, &["other.example.com"], NOW + 750 * DAY);
    assert_ne!(serial(&renewed), serial(&renamed));
    assert_eq!(renewed.ca, first.ca);

    // A crash between the writes of the first start, or of a renewal.
    fs::remove_file(dir.join(MODERN.certificate)).unwrap();
    open(dir, &[], NOW);
    fs::write(dir.join(MODERN.key), "").unwrap();
    open(dir, &[], NOW);
    fs::remove_file(dir.join(MODERN.ca_certificate)).unwrap();
    let remade = open(dir, &[], NOW);
    assert!(remade.certificate.verify(&remade.ca.public_key().unwrap()).unwrap());
}

#[test]
fn a_damaged_ca_is_never_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    open(dir, &[], NOW);
    let key = fs::read(dir.join(MODERN.ca_key)).unwrap();
    for contents in [&b"nonsense"[..], b""] {
        fs::write(dir.join(MODERN.ca_key), contents).unwrap();
        assert!(matches!(
            Identity::open(Era::Modern, dir, &names(&[]), NOW),
            Err(TlsError::Malformed { .. })
        ));
    }
    fs::remove_file(dir.join(MODERN.ca_key)).unwrap();
    assert!(matches!(Identity::open(Era::Modern, dir, &names(&[]), NOW), Err(TlsError::Mismatch { .. })));
    fs::copy(dir.join(MODERN.key), dir.join(MODERN.ca_key)).unwrap();
    assert!(matches!(Identity::open(Era::Modern, dir, &names(&[]), NOW), Err(TlsError::Mismatch { .. })));
    fs::write(dir.join(MODERN.ca_key), key).unwrap();
    open(dir, &[], NOW);
}

#[test]
fn is_what_old_clients_can_read() {
    let dir = tempfile::tempdir().unwrap();
    for (era, signed) in
        [(Era::Modern, Nid::SHA256WITHRSAENCRYPTION), (Era::Legacy, Nid::SHA1WITHRSAENCRYPTION)]
    {
        let identity = Identity::open(era, dir.path(), &names(&["192.0.2.7"]), NOW).unwrap();
        let end = Asn1Time::from_unix(2_147_483_647).unwrap();
        for certificate in [&identity.ca, &identity.certificate] {
            let key = certificate.public_key().unwrap().rsa().unwrap();
            assert_eq!(key.size() * 8, 2048);
            assert_eq!(key.e().to_vec(), [1, 0, 1]);
            assert_eq!(certificate.signature_algorithm().object().nid(), signed);
            assert!(certificate.not_after() < &*end);
            assert!(certificate.serial_number().to_bn().unwrap().num_bytes() < 20);
            assert_eq!(certificate.crl_distribution_points().map(|points| points.len()), None);
            assert_eq!(certificate.ocsp_responders().map(|responders| responders.len()).unwrap_or(0), 0);
        }
        let text = String::from_utf8(identity.ca.to_text().unwrap()).unwrap();
        assert_eq!(text.matches("critical").count(), 1, "{text}");
        assert!(text.contains("CA:TRUE"));
        let text = String::from_utf8(identity.certificate.to_text().unwrap()).unwrap();
        assert_eq!(text.matches("critical").count(), 0, "{text}");
        assert!(text.contains("DNS:nexus.passport.com") && text.contains("IP Address:192.0.2.7"));
        #[cfg(unix)]
        for (file, mode) in
            [(era.files().ca_key, 0o600), (era.files().key, 0o600), (era.files().ca_certificate, 0o644)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(dir.path().join(file)).unwrap().permissions().mode() & 0o777, mode);
        }
    }
}

#[test]
fn each_age_of_clients_has_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let [modern, legacy] =
        [Era::Modern, Era::Legacy].map(|era| Identity::open(era, dir, &names(&[]), NOW).unwrap());
    for identity in [&modern, &legacy] {
        for other in [&modern, &legacy] {
            let signed = other.certificate.verify(&identity.ca.public_key().unwrap()).unwrap();
            assert_eq!(signed, identity.ca == other.ca);
        }
    }
    assert!(!modern.key.public_eq(&legacy.key));
    assert_ne!(
        modern.ca.subject_name().to_der().unwrap(),
        legacy.ca.subject_name().to_der().unwrap(),
        "two roots in one store"
    );
    // The clock of a machine whose battery is empty.
    let [empty, due] = [315_532_800 - 14 * 60 * 60, i64::try_from(NOW + 739 * DAY).unwrap()];
    for certificate in [&legacy.ca, &legacy.certificate] {
        assert!(certificate.not_before() < &*Asn1Time::from_unix(empty).unwrap());
        assert!(certificate.not_after() > &*Asn1Time::from_unix(due).unwrap());
    }
    let again = Identity::open(Era::Legacy, dir, &names(&[]), NOW + 739 * DAY).unwrap();
    assert_eq!(again.certificate, legacy.certificate);
    let renewed = Identity::open(Era::Legacy, dir, &names(&[]), NOW + 741 * DAY).unwrap();
    assert_ne!(renewed.certificate, legacy.certificate);
    assert_eq!(renewed.ca, legacy.ca);
    assert!(!renewed.key.public_eq(&legacy.key));
}

use std::fs;

use openssl::nid::Nid;

use super::*;

const NOW: u64 = 1_770_091_506;
const DAY: u64 = 24 * 60 * 60;

fn names(hosts: &[&str]) -> Names {
    Names::with_public_hosts(hosts.iter().copied())
}

fn open(dir: &Path, hosts: &[&str], now: u64) -> Identity {
    Identity::open(dir, &names(hosts), now).unwrap()
}

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
    fs::remove_file(dir.join(LEAF_CERTIFICATE)).unwrap();
    open(dir, &[], NOW);
    fs::write(dir.join(LEAF_KEY), "").unwrap();
    open(dir, &[], NOW);
    fs::remove_file(dir.join(CA_CERTIFICATE)).unwrap();
    let remade = open(dir, &[], NOW);
    assert!(remade.certificate.verify(&remade.ca.public_key().unwrap()).unwrap());
}

#[test]
fn a_damaged_ca_is_never_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    open(dir, &[], NOW);
    let key = fs::read(dir.join(CA_KEY)).unwrap();
    for contents in [&b"nonsense"[..], b""] {
        fs::write(dir.join(CA_KEY), contents).unwrap();
        assert!(matches!(Identity::open(dir, &names(&[]), NOW), Err(TlsError::Malformed { .. })));
    }
    fs::remove_file(dir.join(CA_KEY)).unwrap();
    assert!(matches!(Identity::open(dir, &names(&[]), NOW), Err(TlsError::Mismatch { .. })));
    fs::copy(dir.join(LEAF_KEY), dir.join(CA_KEY)).unwrap();
    assert!(matches!(Identity::open(dir, &names(&[]), NOW), Err(TlsError::Mismatch { .. })));
    fs::write(dir.join(CA_KEY), key).unwrap();
    open(dir, &[], NOW);
}

#[test]
fn is_what_old_clients_can_read() {
    let dir = tempfile::tempdir().unwrap();
    let identity = open(dir.path(), &["192.0.2.7"], NOW);
    let end = Asn1Time::from_unix(2_147_483_647).unwrap();
    for certificate in [&identity.ca, &identity.certificate] {
        let key = certificate.public_key().unwrap().rsa().unwrap();
        assert_eq!(key.size() * 8, 2048);
        assert_eq!(key.e().to_vec(), [1, 0, 1]);
        assert_eq!(certificate.signature_algorithm().object().nid(), Nid::SHA256WITHRSAENCRYPTION);
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
    for (file, mode) in [(CA_KEY, 0o600), (LEAF_KEY, 0o600), (CA_CERTIFICATE, 0o644)] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(dir.path().join(file)).unwrap().permissions().mode() & 0o777, mode);
    }
}

//! Every version and cipher, with a request of the nexus.

use msnpd::tls::{Era, Policy};
use openssl::nid::Nid;
use openssl::ssl::SslVersion;

use crate::support::{Between, NEW, OLD, ask_nexus, client, client_of, connect, dir, era, identities, serve};

#[tokio::test]
async fn legacy_speaks_every_version() {
    let dir = dir();
    let service = serve(dir.path(), Policy::Legacy).await;
    let https = service.addresses.https;
    for (versions, expected) in [(&OLD[..], Era::Legacy), (&NEW[..], Era::Modern)] {
        for version in versions {
            let mut stream = connect(https, client_of(*version)).await.unwrap();
            assert_eq!(stream.ssl().version2(), Some(*version));
            assert_eq!(era(&stream), expected, "{version:?}");
            ask_nexus(&mut stream).await;
        }
    }
    let (modern, legacy) = (&identities().modern, identities().legacy.as_ref().unwrap());
    assert!(!modern.ca.public_key().unwrap().public_eq(&legacy.ca.public_key().unwrap()));
    assert!(!modern.key.public_eq(&legacy.key));
    for (identity, signed) in [(modern, Nid::SHA256WITHRSAENCRYPTION), (legacy, Nid::SHA1WITHRSAENCRYPTION)] {
        assert_eq!(identity.certificate.signature_algorithm().object().nid(), signed);
        assert!(identity.certificate.verify(&identity.ca.public_key().unwrap()).unwrap());
    }
}

#[tokio::test]
async fn modern_speaks_today_s_versions_alone() {
    let dir = dir();
    // What the other policy loads for the whole process must change nothing here.
    let other = crate::support::dir();
    let _legacy = serve(other.path(), Policy::Legacy).await;
    let service = serve(dir.path(), Policy::Modern).await;
    let https = service.addresses.https;
    for version in NEW {
        let mut stream = connect(https, client_of(version)).await.unwrap();
        assert_eq!(era(&stream), Era::Modern);
        ask_nexus(&mut stream).await;
    }
    for version in OLD {
        let error = connect(https, client_of(version)).await.expect_err("too old");
        // SSL 3.0 has no word for it.
        let alert = if version == SslVersion::SSL3 { "handshake failure" } else { "protocol version" };
        assert!(error.to_string().contains(alert), "{error}");
    }
    for cipher in ["RC4-SHA", "RC4-MD5", "DES-CBC3-SHA", "AES128-SHA", "ECDHE-RSA-AES128-SHA"] {
        let mut client = client_of(SslVersion::TLS1_2);
        client.set_cipher_list(cipher).unwrap();
        let error = connect(https, client).await.expect_err(cipher);
        assert!(error.to_string().contains("handshake failure"), "{error}");
    }
}

const OLD_CIPHERS: [&str; 5] = ["AES128-SHA", "AES256-SHA", "DES-CBC3-SHA", "RC4-SHA", "RC4-MD5"];

#[tokio::test]
async fn old_clients_have_the_old_ciphers() {
    let dir = dir();
    let service = serve(dir.path(), Policy::Legacy).await;
    let https = service.addresses.https;
    for version in OLD {
        for cipher in OLD_CIPHERS {
            let mut client = client_of(version);
            client.set_cipher_list(cipher).unwrap();
            let mut stream = connect(https, client).await.unwrap();
            assert_eq!(stream.ssl().current_cipher().unwrap().name(), cipher);
            ask_nexus(&mut stream).await;
        }
    }
    let mut client = client_of(SslVersion::TLS1);
    client.set_cipher_list("ECDHE-RSA-AES256-SHA").unwrap();
    ask_nexus(&mut connect(https, client).await.unwrap()).await;
}

#[tokio::test]
async fn an_old_client_gets_the_best_that_it_has() {
    let dir = dir();
    let service = serve(dir.path(), Policy::Legacy).await;
    let https = service.addresses.https;
    for (offered, best) in [
        ("RC4-MD5:RC4-SHA:DES-CBC3-SHA:AES128-SHA:ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES128-SHA"),
        ("RC4-MD5:RC4-SHA:DES-CBC3-SHA:AES256-SHA:AES128-SHA", "AES128-SHA"),
        ("RC4-MD5:RC4-SHA:DES-CBC3-SHA", "DES-CBC3-SHA"),
        ("RC4-MD5:RC4-SHA", "RC4-SHA"),
    ] {
        let mut client = client_of(SslVersion::TLS1);
        client.set_cipher_list(offered).unwrap();
        let stream = connect(https, client).await.unwrap();
        assert_eq!(stream.ssl().current_cipher().unwrap().name(), best);
    }
}

#[tokio::test]
async fn todays_clients_have_no_old_ciphers_on_the_legacy_port() {
    let dir = dir();
    let service = serve(dir.path(), Policy::Legacy).await;
    let https = service.addresses.https;
    for cipher in OLD_CIPHERS {
        let mut client = client();
        client.set_max_proto_version(Some(SslVersion::TLS1_2)).unwrap();
        client.set_cipher_list(cipher).unwrap();
        let error = connect(https, client).await.expect_err(cipher);
        assert!(error.to_string().contains("handshake failure"), "{error}");
    }
    // Windows 7 before its updates.
    let mut client = client_of(SslVersion::TLS1_2);
    client.set_cipher_list("ECDHE-RSA-AES128-SHA").unwrap();
    let mut stream = connect(https, client).await.unwrap();
    assert_eq!(era(&stream), Era::Modern);
    ask_nexus(&mut stream).await;
}

/// The counter-measure of OpenSSL against BEAST: the end of the connection to old Schannel.
#[tokio::test]
async fn an_answer_begins_with_no_empty_record() {
    let dir = dir();
    let service = serve(dir.path(), Policy::Legacy).await;
    let https = service.addresses.https;
    for version in [SslVersion::SSL3, SslVersion::TLS1] {
        let between = Between::new(https, |record| record).await;
        let mut client = client_of(version);
        client.set_cipher_list("AES128-SHA").unwrap();
        ask_nexus(&mut connect(between.address, client).await.unwrap()).await;
        let heard = between.heard.lock();
        let (mut rest, mut answers) = (heard.as_slice(), 0);
        while let [kind, _, _, high, low, after @ ..] = rest {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            rest = &after[length..];
            if *kind == 23 {
                // Nothing but a checksum and padding.
                assert!(length > 32);
                answers += 1;
            }
        }
        assert!(answers > 0);
    }
}

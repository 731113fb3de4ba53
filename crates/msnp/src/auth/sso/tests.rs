use proptest::prelude::*;

use super::*;

/// Secret, nonce, eight bytes, response: the known answers of the later-versions reference (5.4), of the web-services
/// reference, and one that a client in use was seen to compute.
const KNOWN: &[(&str, &str, u64, &str)] = &[
    (
        "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY",
        "ZM8Uqh5UMzK2HdnceeP6bvn0cPBpHqWxxGOtUHkooctaJWSfd7/UVFWSVtiGUkN8",
        0x0001_0203_0405_0607,
        "HAAAAAEAAAADZgAABIAAAAgAAAAUAAAASAAAAAABAgMEBQYHTRyDQ26WXN318byouBm47E3AUenq1VAvP7RAL95BLU19x+88O8XL\
         MLedSTJeNpLA0hwREZ9h1RHBomfFCYnkYjAHfheEMdGmSECcAkI2WvXtLb8tW6q6wIwFn50=",
    ),
    (
        "KXk21m08MJb7it5gIIEYtqSdWBtLsfFa",
        "r9JqdpvoFDBhVWTwnX+Oq4E1rVlXUo//NU5Cw2ev67/MUDAHu0f0PWZmwnzGKSuF",
        0xf0e1_d2c3_b4a5_9687,
        "HAAAAAEAAAADZgAABIAAAAgAAAAUAAAASAAAAPDh0sO0pZaHCawNS4NePNEl6bi6mNcQWZx+vR9Np1vHYbA0F6peWFhpkKvlwcop\
         zyTddyNHIRphfLBtDRnJrPPsqEwryX1UPuDPYD0vaE9T+WfjCqItA67RRHnDNYli71S5lcg=",
    ),
    // A short nonce, as a server of Windows Phones gives.
    (
        "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY",
        "7IJiBHc0bJYoQf1oXBCE30EY4EbiNNer",
        0x0001_0203_0405_0607,
        "HAAAAAEAAAADZgAABIAAAAgAAAAUAAAAKAAAAAABAgMEBQYHcbG6bD2Ayv/5ttXBLq6qQTxXo5K6yEXPvuYXgr+TKFBELln+cHLm\
         glzHbyn/150s1nN6K6Dc5oxFXDzZ",
    ),
    // Nothing but zeros: 3DES with a weak key.
    (
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        0,
        "HAAAAAEAAAADZgAABIAAAAgAAAAUAAAASAAAAAAAAAAAAAAA7XgT5ohvaZdoXdrWUUcMF2G8OK2JohyYcK5l5MJSitab33scxJeK\
         /RQXcUr0L+R2ZA9CEAzn0izmUzSMp2LZdxSbHtnuxCmptgtoScHp9E26HjQVkA9YJxgK/HM=",
    ),
    (
        "MDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZH",
        "6zDeOARrjxg0hB8U2FP8nHoUhFxhNZMowPTf5p7tyHV6RmIwVd4Gvt8ZJrxdsOyr",
        0x0102_0304_0506_0708,
        "HAAAAAEAAAADZgAABIAAAAgAAAAUAAAASAAAAAECAwQFBgcI9RC5ozpxbySk5ESTGcxxE6qNm8aaYX/5DfAPGeknNtr4dpyNwz2/\
         oyYPEGvWeN8NdWHYKHglYc7EK2x+tmshccf2laj5SHP+mQLg5E3mYJoccImYJYzBzE5ouQU=",
    ),
    // libpurple's.
    (
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v",
        0xc2db_693f_1b41_fc20,
        "HAAAAAEAAAADZgAABIAAAAgAAAAUAAAASAAAAMLbaT8bQfwg5/b6UPUTyMkbVgyWJivzLXG/cLlq83TUEKnjyJmqjydvm2cDbauh\
         tylyZndOqaSVOPp7ovahph4oCRI4ulqr0u5Q8DzkbvOzpgxcJZIOiYC5t3/QazgH9mj+GMk=",
    ),
];

fn secret(base64: &str) -> [u8; SECRET_LEN] {
    STANDARD.decode(base64).unwrap().try_into().unwrap()
}

#[test]
fn responses_are_those_of_the_reference() {
    for (written, nonce, iv, response) in KNOWN {
        let secret = secret(written);
        assert_eq!(respond(&secret, nonce, iv.to_be_bytes()), *response, "{written}");
        assert!(check(&secret, nonce, Secret(response)), "{written}");
        assert_eq!(response.len(), encoded_len(nonce));
    }
}

#[test]
fn no_bit_of_a_response_can_be_changed() {
    let (written, nonce, _, response) = KNOWN[0];
    let bytes = STANDARD.decode(response).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(!check(&secret(written), nonce, Secret(&STANDARD.encode(changed))), "bit {bit}");
    }
}

#[test]
fn another_secret_nonce_or_length_is_wrong() {
    let (written, nonce, _, response) = KNOWN[0];
    let secret = secret(written);
    assert!(!check(&[0; SECRET_LEN], nonce, Secret(response)));
    assert!(!check(&secret, KNOWN[1].1, Secret(response)));
    assert!(!check(&secret, &nonce.to_lowercase(), Secret(response)));
    assert!(!check(&secret, &"A".repeat(MAX_NONCE + 1), Secret(response)));
    let long = format!("{response}AAAA");
    for wrong in ["", "HAAAAA==", &response[..168], &response[4..], &long, "not base64", &"A".repeat(172)] {
        assert!(!check(&secret, nonce, Secret(wrong)), "{wrong}");
    }
}

#[test]
fn a_nonce_has_the_length_that_clients_have_room_for() {
    assert_eq!(nonce([0xff; NONCE_BYTES]), "/".repeat(64));
}

proptest! {
    #[test]
    fn what_is_answered_is_right(secret: [u8; SECRET_LEN], random: [u8; 32], iv: [u8; 8], length in 0..=MAX_NONCE) {
        let nonce: String = STANDARD.encode(random).chars().cycle().take(length).collect();
        let response = respond(&secret, &nonce, iv);
        prop_assert!(check(&secret, &nonce, Secret(&response)));
    }

    #[test]
    fn nothing_made_up_is_right(response in "[A-Za-z0-9+/]{172}", nonce in ".{0,300}") {
        prop_assert!(!check(&[7; SECRET_LEN], &nonce, Secret(&response)));
    }
}

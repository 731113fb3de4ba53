//! `CHL` and `QRY`: a client proves that it is a known one (notification-server reference, section 15).
//!
//! The server sends a challenge; the client answers with its product id and 32 hexadecimal digits, computed from the
//! challenge and the key that belongs to the id. How they are computed follows the dialect, not the product.

use md5::{Digest as _, Md5};

use crate::dialect::Challenge;

/// A client program, as it names itself in `QRY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Product {
    /// The id that it sends.
    pub id: &'static str,
    /// The key that it computes with, if it is known.
    pub key: Option<&'static str>,
    /// Which client that is.
    pub client: &'static str,
}

/// The products whose ids are known (notification-server reference, 15.3). The list is not complete.
#[rustfmt::skip]
pub const PRODUCTS: &[Product] = &[
    Product { id: "msmsgs@msnmsgr.com", key: Some("Q1P7W2E4J9R8U3S5"), client: "MSN Messenger 3.6 to 5.0" },
    Product { id: "PROD0038W!61ZTF9", key: Some("VT6PX?UQTM4WM%YR"), client: "MSN Messenger 6" },
    Product { id: "PROD00504RLUG%WL", key: Some("I2EBK%PYNLZL5_J4"), client: "a client of MSNP6-10" },
    Product { id: "PROD00517IFH4@RV", key: None, client: "a client of MSNP6-10" },
    Product { id: "PROD0058#7IL2{QD", key: Some("QHDCY@7R1TB6W?5B"), client: "a client of MSNP6-10" },
    Product { id: "PROD0061VRRZH@4F", key: Some("JXQ6J@TUOGYV@N0M"), client: "a client of MSNP6-10" },
    Product { id: "PROD0076ENE8*@AW", key: Some("CEQJ8}OE0!WTSWII"), client: "a client of MSNP6-10" },
    Product { id: "PROD008955JTJ_S7", key: None, client: "MSN Messenger 7" },
    Product { id: "PROD0090YUAUV{2B", key: Some("YMM8C_H7KCQ2S_KL"), client: "MSN Messenger 7.0" },
    Product { id: "PROD00974#MT*RC2", key: Some("LMCVO*18PQJ3H!K3"), client: "MSN Messenger 7" },
    Product { id: "PROD0101{0RM?UBW", key: Some("CFHUR$52U_{VIX5T"), client: "MSN Messenger 7.0.0777 or 7.5" },
    Product { id: "PROD0104U6VVM{UJ", key: Some("VK67B}379XYM5}$T"), client: "MSN Messenger 7.5" },
    Product { id: "PROD01065C%ZFN6F", key: Some("O4BG@C7BWLYQX?5G"), client: "Windows Live Messenger 8.0 beta" },
    Product { id: "PROD0112J1LW7%NB", key: Some("RH96F{PHI8PPX_TJ"), client: "Windows Live Messenger 8.0" },
    Product { id: "PROD0113H11T8$X_", key: Some("RG@XY*28Q5QHS%Q5"), client: "a client of MSNP15" },
    Product { id: "PROD0114ES4Z%Q5W", key: Some("PK}_A_0N_K%O?A9S"), client: "Windows Live Messenger 8.1" },
    Product { id: "PROD0118R6%2WYOS", key: Some("YIXPX@5I2P0UT*LK"), client: "Windows Live Messenger 8.5.1235" },
    Product { id: "PROD0119GSJUC$18", key: Some("ILTXC!4IXB5FB*PX"), client: "Windows Live Messenger 8.5.1288" },
    Product { id: "PROD0120PW!CCV9@", key: Some("C1BX{V4W}Q3*10SM"), client: "Windows Live Messenger 2009" },
];

impl Product {
    /// The product called `id`.
    pub fn named(id: &str) -> Option<&'static Self> {
        PRODUCTS.iter().find(|product| product.id == id)
    }
}

/// What a client answers `challenge` with: 32 hexadecimal digits, or nothing where there are no challenges.
pub fn respond(kind: Challenge, challenge: &str, product_id: &str, key: &str) -> String {
    match kind {
        Challenge::None => String::new(),
        Challenge::Md5 => hex(digest(challenge, key)),
        Challenge::LockAndKey => {
            lock_and_key(challenge, product_id, key, zeros_to_add(challenge, product_id))
        }
    }
}

/// What a server finds when it looks at a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The client has the key of its product.
    Right,
    /// It does not.
    Wrong,
    /// The key of the product is not known, so nothing can be said.
    UnknownProduct,
}

/// Whether `response` answers `challenge`. Where there are no challenges, no answer is wrong.
///
/// Clients differ in what they compute if challenge and id together have a length that 8 divides. Both results count
/// as right.
pub fn check(kind: Challenge, challenge: &str, product_id: &str, response: &str) -> Verdict {
    let Some(key) = Product::named(product_id).and_then(|product| product.key) else {
        return Verdict::UnknownProduct;
    };
    let is = |right: String| right.eq_ignore_ascii_case(response);
    let right = kind == Challenge::None
        || is(respond(kind, challenge, product_id, key))
        || (kind == Challenge::LockAndKey
            && zeros_to_add(challenge, product_id) == 0
            && is(lock_and_key(challenge, product_id, key, 8)));
    if right { Verdict::Right } else { Verdict::Wrong }
}

/// MD5 of challenge and key, as four words, the low byte first.
fn digest(challenge: &str, key: &str) -> [u32; 4] {
    let digest: [u8; 16] = Md5::new().chain_update(challenge).chain_update(key).finalize().into();
    let mut words = [0; 4];
    words.iter_mut().zip(digest.as_chunks().0).for_each(|(word, bytes)| *word = u32::from_le_bytes(*bytes));
    words
}

fn hex(words: [u32; 4]) -> String {
    let [a, b, c, d] = words.map(u32::swap_bytes);
    format!("{a:08x}{b:08x}{c:08x}{d:08x}")
}

/// How many zeros make the length of challenge and id one that 8 divides.
fn zeros_to_add(challenge: &str, product_id: &str) -> usize {
    (8 - (challenge.len() + product_id.len()) % 8) % 8
}

/// The computation of MSNP11 (notification-server reference, 15.2). Nothing in it passes 64 bits: keys are below
/// 2^31, and what they are multiplied with is below 2^32.
fn lock_and_key(challenge: &str, product_id: &str, key: &str, zeros: usize) -> String {
    const MODULUS: u64 = 0x7FFF_FFFF;
    const MAGIC: u64 = 0x0E79_A9C1;

    let [d0, d1, d2, d3] = digest(challenge, key);
    let [k0, k1, k2, k3] = [d0, d1, d2, d3].map(|word| u64::from(word & 0x7FFF_FFFF));
    let mut text = challenge.bytes().chain(product_id.bytes()).chain(std::iter::repeat_n(b'0', zeros));
    let mut word =
        || Some(u64::from(u32::from_le_bytes([text.next()?, text.next()?, text.next()?, text.next()?])));
    let (mut high, mut low) = (0, 0);
    while let (Some(first), Some(second)) = (word(), word()) {
        let t = (k0 * (MAGIC * first % MODULUS + high) + k1) % MODULUS;
        high = (k2 * ((second + t) % MODULUS) + k3) % MODULUS;
        low = (low + high + t) % MODULUS;
    }
    let (high, low) = (((high + k1) % MODULUS) as u32, ((low + k3) % MODULUS) as u32);
    hex([d0 ^ high, d1 ^ low, d2 ^ high, d3 ^ low])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CHALLENGES: [&str; 5] = [
        "31415926535897932384",
        "27182818284590452353",
        "16180339887498948482",
        "14142135623730950488",
        "17320508075688772935",
    ];

    fn answer(kind: Challenge, challenge: &str, id: &str) -> String {
        let response = respond(kind, challenge, id, Product::named(id).unwrap().key.unwrap());
        assert_eq!(check(kind, challenge, id, &response.to_uppercase()), Verdict::Right);
        response
    }

    #[test]
    fn md5_as_in_the_reference() {
        for (challenge, id, response) in [
            (CHALLENGES[0], "msmsgs@msnmsgr.com", "5900baf7ab746df3bef2c20e04dd1f94"),
            (CHALLENGES[1], "PROD0038W!61ZTF9", "145fb3a89fcd80fa1e0ff8fb3f701b1d"),
            (CHALLENGES[2], "PROD0061VRRZH@4F", "f2c9be8f0fc949166f97730deaf582fb"),
            ("15570131571988941333", "msmsgs@msnmsgr.com", "8f2f5a91b72102cd28355e9fc9000d6e"),
        ] {
            assert_eq!(answer(Challenge::Md5, challenge, id), response);
        }
    }

    #[test]
    fn lock_and_key_as_in_the_reference() {
        for (challenge, id, response) in [
            (CHALLENGES[0], "PROD0090YUAUV{2B", "2f5f91179323d5e12e293cea426147c5"),
            (CHALLENGES[1], "PROD0101{0RM?UBW", "f1367057f85578a1c8e53806b5ee2d89"),
            (CHALLENGES[2], "PROD0104U6VVM{UJ", "3516210485cf5e36887b8aa622cd7ae7"),
            (CHALLENGES[3], "PROD00974#MT*RC2", "c8ce61cff924ec66ebaa3d45b86bc885"),
            (CHALLENGES[4], "msmsgs@msnmsgr.com", "2259aa144f6496e654fc9712ef40d220"),
            ("22210219642164014968", "PROD0090YUAUV{2B", "85ecb0db8f32113df79ce0892b9a102c"),
        ] {
            assert_eq!(answer(Challenge::LockAndKey, challenge, id), response);
        }
    }

    #[test]
    fn both_paddings_are_right() {
        let (challenge, id) = ("314159265358979323846264", "PROD0090YUAUV{2B");
        assert_eq!(answer(Challenge::LockAndKey, challenge, id), "fc0c78a16f393030af159d003b3b3f40");
        let padded = "2b7fc69252aa96447866233306a89934";
        assert_eq!(check(Challenge::LockAndKey, challenge, id, padded), Verdict::Right);
    }

    #[test]
    fn what_is_wrong_and_what_is_unknown() {
        let right = "2f5f91179323d5e12e293cea426147c5";
        let look = |kind, challenge, id| check(kind, challenge, id, right);
        assert_eq!(look(Challenge::LockAndKey, CHALLENGES[1], "PROD0090YUAUV{2B"), Verdict::Wrong);
        assert_eq!(look(Challenge::Md5, CHALLENGES[0], "PROD0090YUAUV{2B"), Verdict::Wrong);
        assert_eq!(look(Challenge::LockAndKey, CHALLENGES[0], "PROD00517IFH4@RV"), Verdict::UnknownProduct);
        assert_eq!(look(Challenge::LockAndKey, CHALLENGES[0], "PROD9999"), Verdict::UnknownProduct);
        assert_eq!(look(Challenge::None, CHALLENGES[1], "PROD0090YUAUV{2B"), Verdict::Right);
    }

    proptest! {
        #[test]
        fn any_text_is_survived(challenge in any::<String>(), id in any::<String>(), key in any::<String>()) {
            prop_assert_eq!(respond(Challenge::LockAndKey, &challenge, &id, &key).len(), 32);
        }
    }
}

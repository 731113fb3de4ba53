//! Randomness from the operating system.

/// `N` random bytes.
///
/// The operating system can't fail to give them once it has started, and a server that handed out cookies without
/// them would let strangers into chats: it stops instead.
#[allow(clippy::expect_used, reason = "see above")]
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A random number.
pub(crate) fn number() -> u32 {
    u32::from_ne_bytes(bytes())
}

/// This many random decimal digits.
pub(crate) fn digits(count: usize) -> String {
    (0..count).map(|_| char::from(b'0' + (number() % 10) as u8)).collect()
}

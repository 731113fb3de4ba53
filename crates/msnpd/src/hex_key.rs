//! Keys of 256 bits as they stand in files: 64 hexadecimal digits.

use std::fmt::Write as _;

/// How many bytes a key has.
pub(crate) const LEN: usize = 32;

/// The digits, in lower case.
pub(crate) fn write(key: &[u8; LEN]) -> String {
    key.iter().fold(String::with_capacity(2 * LEN), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The key that these digits are, exactly 64 of them, in any letter case.
pub(crate) fn parse(text: &str) -> Option<[u8; LEN]> {
    let mut key = [0; LEN];
    let mut digits = text.chars().map(|c| c.to_digit(16));
    for byte in &mut key {
        *byte = u8::try_from(digits.next()?? << 4 | digits.next()??).ok()?;
    }
    digits.next().is_none().then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut key = [0; LEN];
        for (byte, value) in key.iter_mut().zip(0xf0..) {
            *byte = value;
        }
        let text = write(&key);
        assert!(text.starts_with("f0f1f2"));
        assert_eq!((text.len(), parse(&text), parse(&text.to_uppercase())), (64, Some(key), Some(key)));
        for broken in
            ["", &text[1..], &(text.clone() + "0"), &text.replace('f', "g"), &text.replace("f1", "é")]
        {
            assert_eq!(parse(broken), None, "{broken}");
        }
    }
}

//! Text in sessions for webcams and activities (MSNC reference, sections 10 and 13).

/// How long the prefix is, in bytes.
const PREFIX: usize = 10;

/// What [`Peer::say`](super::Peer::say) carries in such a session: a prefix, and UTF-16 with a NUL. `random` fills what in
/// the prefix means nothing.
///
/// ```
/// use msnp::p2p::{read_text, write_text};
///
/// let bytes = write_text("syn", [0x11, 0x22, 0x33]);
/// assert_eq!(bytes, *b"\x80\x11\x22\x33\x08\0\x08\0\0\0s\0y\0n\0\0\0");
/// assert_eq!(read_text(&bytes).as_deref(), Some("syn"));
/// ```
pub fn write_text(text: &str, random: [u8; 3]) -> Vec<u8> {
    let text: Vec<u8> = text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let mut out = vec![0x80];
    out.extend_from_slice(&random);
    out.extend_from_slice(&8_u16.to_le_bytes());
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&text);
    out
}

/// The text in [`Event::Text`](super::Event::Text). `None`: it has another form.
pub fn read_text(bytes: &[u8]) -> Option<String> {
    let (prefix, text) = bytes.split_at_checked(PREFIX)?;
    let length = prefix.last_chunk().map(|length| u32::from_le_bytes(*length))?;
    // A length that is too long is none that anything depends on.
    let text = usize::try_from(length).ok().and_then(|length| text.get(..length)).unwrap_or(text);
    let units = text.as_chunks().0.iter().map(|pair| u16::from_le_bytes(*pair)).take_while(|unit| *unit != 0);
    (prefix.first() == Some(&0x80))
        .then(|| char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

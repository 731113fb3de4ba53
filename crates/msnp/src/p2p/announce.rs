//! Messages that tell of an object, so that others fetch it (switchboard reference, 9.4 and 9.5).

use crate::types::MsnObject;

/// How many emoticons one message may name.
pub const MAX_EMOTICONS: usize = 5;

/// The longest text that stands for an emoticon, in characters. `[choice]`: official clients have 7.
pub const MAX_SHORTCUT: usize = 32;

/// The payload that goes just before a text: which words of it are pictures. More than [`MAX_EMOTICONS`], and those whose
/// word is empty, too long or has a tab in it, are left out. `None`: there is none left.
///
/// ```
/// use msnp::p2p::announce;
/// use msnp::types::{MsnObject, ObjectType};
///
/// let object = MsnObject::new("alice@example.com", ObjectType::EMOTICON, "TFR2.tmp", "(hi)", b"abc");
/// let payload = announce::emoticons(&[("(hi)", &object)]).expect("one");
/// assert!(payload.ends_with(format!("\r\n\r\n(hi)\t{object}\t").as_bytes()));
/// ```
pub fn emoticons(named: &[(&str, &MsnObject)]) -> Option<Vec<u8>> {
    let is_good = |word: &str| {
        (1..=MAX_SHORTCUT).contains(&word.chars().count()) && !word.contains(|c: char| c.is_control())
    };
    let named = named.iter().filter(|(word, _)| is_good(word)).take(MAX_EMOTICONS);
    let body: String = named.map(|(word, object)| format!("{word}\t{object}\t")).collect();
    let head = "MIME-Version: 1.0\r\nContent-Type: text/x-mms-emoticon\r\n\r\n";
    (!body.is_empty()).then(|| [head, &body].concat().into_bytes())
}

/// The payload that plays a wink.
pub fn wink(object: &MsnObject) -> Vec<u8> {
    datacast(2, object)
}

/// The payload that tells of a voice clip.
pub fn voice_clip(object: &MsnObject) -> Vec<u8> {
    datacast(3, object)
}

fn datacast(id: u8, object: &MsnObject) -> Vec<u8> {
    let head = "MIME-Version: 1.0\r\nContent-Type: text/x-msnmsgr-datacast";
    format!("{head}\r\n\r\nID: {id}\r\nData: {object}\r\n\r\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::ObjectType;

    #[test]
    fn what_can_not_be_named_is_left_out() {
        let object = MsnObject::new("a@b.c", ObjectType::EMOTICON, "", "", b"abc");
        assert_eq!(emoticons(&[("", &object), ("a\tb", &object), (&"x".repeat(33), &object)]), None);
        let many = emoticons(&[("a", &object); 9]).map(|payload| String::from_utf8(payload).unwrap());
        assert_eq!(many.unwrap().matches('\t').count(), 2 * MAX_EMOTICONS);
        let wink = String::from_utf8(wink(&object)).unwrap();
        assert!(wink.ends_with(&format!("\r\n\r\nID: 2\r\nData: {object}\r\n\r\n")));
        assert!(String::from_utf8(voice_clip(&object)).unwrap().contains("\r\nID: 3\r\n"));
    }
}

//! A picture on its way to the service, in base64.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::{Invalid, MAX_RESOURCES};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// The longest picture that is taken, in bytes. Official clients send one of 96 by 96 pixels.
pub const MAX_PICTURE_BYTES: usize = 384 * 1024;

/// With or without padding: not all that write it do.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The picture of a document: that of the stream `UserTileStatic`, or of the first one there is. What type of picture it is
/// said to be is not true for all clients (web-services reference, 19.2), and not looked at.
pub(super) fn read(document: &Element) -> Result<Option<Vec<u8>>, Invalid> {
    let Some(streams) = document.child("DocumentStreams") else { return Ok(None) };
    if streams.children().len() > MAX_RESOURCES {
        return Err(Invalid::TooMany("DocumentStream"));
    }
    let with_data = || streams.children().iter().filter(|stream| stream.child("Data").is_some());
    let is_static = |stream: &&Element| {
        stream
            .child("DocumentStreamType")
            .is_some_and(|kind| kind.text().eq_ignore_ascii_case("UserTileStatic"))
    };
    let data =
        with_data().find(is_static).or_else(|| with_data().next()).and_then(|stream| stream.child("Data"));
    data.map(|data| decode(data.text())).transpose()
}

/// The streams of a document: the picture as it is. Its length and its type are said as all clients say them, which is not
/// how they are.
pub(super) fn write(xml: &mut Xml, picture: &[u8]) {
    xml.inside("DocumentStreams", |xml| {
        xml.open("DocumentStream xsi:type=\"PhotoStream\"");
        xml.text("DocumentStreamType", "UserTileStatic");
        xml.text("MimeType", "png");
        xml.text("Data", &BASE64.encode(picture));
        xml.plain("DataSize", 0);
        xml.close("DocumentStream");
    });
}

fn decode(text: &str) -> Result<Vec<u8>, Invalid> {
    // Some break lines.
    let text: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    if text.len() > MAX_PICTURE_BYTES / 3 * 4 + 4 {
        return Err(Invalid::TooLong("Data"));
    }
    match BASE64.decode(text) {
        Ok(bytes) if bytes.len() > MAX_PICTURE_BYTES => Err(Invalid::TooLong("Data")),
        Ok(bytes) if bytes.is_empty() => Err(Invalid::Data),
        Ok(bytes) => Ok(bytes),
        Err(_) => Err(Invalid::Data),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_as_clients_write_it() {
        for text in ["aGk=", "aGk", " aG\r\n k= "] {
            assert_eq!(decode(text), Ok(b"hi".to_vec()), "{text}");
        }
        for bad in ["", "=", "a", "aGk*", "aG=k", "äö"] {
            assert_eq!(decode(bad), Err(Invalid::Data), "{bad}");
        }
        let most = "A".repeat(MAX_PICTURE_BYTES / 3 * 4);
        assert_eq!(decode(&most).map(|bytes| bytes.len()), Ok(MAX_PICTURE_BYTES));
        assert_eq!(decode(&format!("{most}AAAAA")), Err(Invalid::TooLong("Data")));
    }
}

//! What a user tells about himself beside his name and his status.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::{Capabilities, Guid};
use crate::dialect::PersonalDataForm;
use crate::soap::is_xml;

/// The longest personal message, in bytes as [`PersonalData::well_formed`]. `[choice]`: the last official client lets
/// its user type 129 characters, and writes some of them as references of up to nine bytes.
pub const MAX_PSM: usize = 1300;

/// The longest text of what is playing, in bytes as [`PersonalData::well_formed`]. `[choice]`: a format, a title, an
/// artist and an album.
pub const MAX_CURRENT_MEDIA: usize = 2048;

/// The longest of all other texts, in bytes as [`PersonalData::well_formed`]. `[choice]`: the longest are MSN objects.
pub const MAX_PART: usize = 2048;

/// What a user tells of himself with `UUX`, and others hear with `UBX` (notification-server reference, 13;
/// later-versions reference, 6).
///
/// The texts are the inner texts of the elements exactly as written, XML escapes and all. `None` is an element that
/// is not there, which in a `UUX` leaves the text as it was. A payload may be elements without a `<Data>` around
/// them, so this is no strict XML; but what is taken from it can be put between two tags for everybody else once it has
/// been through [`PersonalData::well_formed`].
///
/// ```
/// use msnp::types::PersonalData;
///
/// let data = PersonalData::read(b"<PSM>tea &amp; cake</PSM><CurrentMedia/>")?;
/// assert_eq!((data.psm, data.current_media), (Some("tea &amp; cake"), Some("")));
/// # Ok::<(), msnp::types::InvalidPersonalData>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PersonalData<'a> {
    /// `<PSM>`: the personal message.
    pub psm: Option<&'a str>,
    /// `<CurrentMedia>`: what is playing, in fields that the two characters `\0` separate.
    pub current_media: Option<&'a str>,
    /// `<MachineGuid>`: the machine, in MSNP13-15.
    pub machine_guid: Option<&'a str>,
    /// `<DDP>`: the MSN object of a moving display picture.
    pub ddp: Option<&'a str>,
    /// `<SignatureSound>`: what is played when the user comes.
    pub signature_sound: Option<&'a str>,
    /// `<Scene>`: the MSN object of the picture behind the user's name.
    pub scene: Option<&'a str>,
    /// `<ColorScheme>`: the colour of his windows, a signed number.
    pub color_scheme: Option<&'a str>,
}

/// What a user tells his own places of one of them: `<PrivateEndpointData>`. Texts as in [`PersonalData`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PrivatePlace<'a> {
    /// `<EpName>`: what the place is called.
    pub name: Option<&'a str>,
    /// `<Idle>`: whether nobody sits there, `true` or `false`.
    pub idle: Option<&'a str>,
    /// `<ClientType>`: 1 a computer, 2 a web page, 3 a mobile device, 4 an Xbox.
    pub client_type: Option<&'a str>,
    /// `<State>`: the status there.
    pub state: Option<&'a str>,
}

/// One place of a user, as `UBX` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// What names it.
    pub guid: Guid,
    /// What the client there can do.
    pub capabilities: Capabilities,
    /// What only the user's own places are told.
    pub private: Option<PrivatePlace<'a>>,
}

/// All of a `UUX`: its payload may have any of these, each by itself or inside of `<Data>`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Published<'a> {
    /// What everybody hears.
    pub data: PersonalData<'a>,
    /// `<EndpointData>`: what the client at this place can do.
    pub capabilities: Option<Capabilities>,
    /// What the user's own places hear of this one.
    pub place: Option<PrivatePlace<'a>>,
}

impl<'a> PersonalData<'a> {
    /// A personal message and what is playing, with nothing in them.
    pub const EMPTY: PersonalData<'static> = PersonalData {
        psm: Some(""),
        current_media: Some(""),
        machine_guid: None,
        ddp: None,
        signature_sound: None,
        scene: None,
        color_scheme: None,
    };

    /// Finds the elements in a payload. Others inside `<Data>` are passed over, and so are those of places.
    ///
    /// # Errors
    /// When there is another element at the root, text outside of elements, an element in one of the texts, a tag
    /// that is not closed, anything that is no character of XML, or a text over its limit.
    pub fn read(payload: &'a [u8]) -> Result<Self, InvalidPersonalData> {
        Published::read(payload).map(|published| published.data)
    }

    /// One of the texts as it may go to others. Some clients leave a `&` as it is; one that begins neither one of XML's
    /// five entities nor the number of a character becomes `&amp;`, and the `>` that would end a section of raw text
    /// becomes `&gt;`. The rest stays as it was written.
    ///
    /// ```
    /// use msnp::types::PersonalData;
    ///
    /// assert_eq!(PersonalData::well_formed("tea & cake &amp; &#x1F375;"), "tea &amp; cake &amp; &#x1F375;");
    /// ```
    pub fn well_formed(text: &str) -> Cow<'_, str> {
        let mut out = String::new();
        let mut written = 0;
        for (at, special) in text.match_indices(['&', '>']) {
            let (before, rest) = text.split_at_checked(at).unwrap_or((text, ""));
            let escape = match special {
                "&" if !begins_reference(rest) => "&amp;",
                ">" if before.ends_with("]]") => "&gt;",
                _ => continue,
            };
            out.push_str(before.get(written..).unwrap_or_default());
            out.push_str(escape);
            written = at + special.len();
        }
        if written == 0 {
            return Cow::Borrowed(text);
        }
        out.push_str(text.get(written..).unwrap_or_default());
        Cow::Owned(out)
    }

    /// Where the text of an element is kept, and how long it may be.
    fn slot(&mut self, element: &str) -> Option<(&mut Option<&'a str>, usize)> {
        Some(match element {
            "PSM" => (&mut self.psm, MAX_PSM),
            "CurrentMedia" => (&mut self.current_media, MAX_CURRENT_MEDIA),
            "MachineGuid" => (&mut self.machine_guid, MAX_PART),
            "DDP" => (&mut self.ddp, MAX_PART),
            "SignatureSound" => (&mut self.signature_sound, MAX_PART),
            "Scene" => (&mut self.scene, MAX_PART),
            "ColorScheme" => (&mut self.color_scheme, MAX_PART),
            _ => return None,
        })
    }

    /// Writes the document in a form, with the places if it has them: the message and what is playing even if they are
    /// empty, as official clients expect, and of the rest what there is.
    pub fn write(&self, places: &[Place<'_>], form: PersonalDataForm, out: &mut String) {
        out.push_str("<Data>");
        put(out, "PSM", Some(self.psm.unwrap_or_default()));
        put(out, "CurrentMedia", Some(self.current_media.unwrap_or_default()));
        if form.has_machine() {
            put(out, "MachineGuid", self.machine_guid);
        }
        if form.has_places() {
            put(out, "DDP", self.ddp);
            put(out, "SignatureSound", self.signature_sound);
        }
        if form.has_scenes() {
            put(out, "Scene", self.scene);
            put(out, "ColorScheme", self.color_scheme);
        }
        if form.has_places() {
            for Place { guid, capabilities: Capabilities { base, extended }, .. } in places {
                // Writing to memory can't fail.
                let _ = write!(
                    out,
                    "<EndpointData id=\"{{{guid}}}\"><Capabilities>{base}:{extended}</Capabilities></EndpointData>"
                );
            }
            for Place { guid, private, .. } in places {
                let Some(private) = private else { continue };
                let _ = write!(out, "<PrivateEndpointData id=\"{{{guid}}}\">");
                private.write_parts(out);
                out.push_str("</PrivateEndpointData>");
            }
        }
        out.push_str("</Data>");
    }
}

impl<'a> PrivatePlace<'a> {
    fn slot(&mut self, element: &str) -> Option<(&mut Option<&'a str>, usize)> {
        Some(match element {
            "EpName" => (&mut self.name, MAX_PART),
            "Idle" => (&mut self.idle, MAX_PART),
            "ClientType" => (&mut self.client_type, MAX_PART),
            "State" => (&mut self.state, MAX_PART),
            _ => return None,
        })
    }

    fn read(text: &'a str) -> Result<Self, InvalidPersonalData> {
        let mut place = Self::default();
        for element in Elements(text) {
            let element = element?;
            if let Some((slot, max)) = place.slot(element.name) {
                *slot = Some(element.text(max)?);
            }
        }
        Ok(place)
    }

    fn write_parts(&self, out: &mut String) {
        put(out, "EpName", self.name);
        put(out, "Idle", self.idle);
        put(out, "ClientType", self.client_type);
        put(out, "State", self.state);
    }
}

impl<'a> Published<'a> {
    /// Finds the elements in a payload, as [`PersonalData::read`] does.
    ///
    /// # Errors
    /// As of [`PersonalData::read`].
    pub fn read(payload: &'a [u8]) -> Result<Self, InvalidPersonalData> {
        let text = std::str::from_utf8(payload).map_err(|_| InvalidPersonalData::IllegalCharacter)?;
        if !text.chars().all(is_xml) {
            return Err(InvalidPersonalData::IllegalCharacter);
        }
        let mut published = Self::default();
        for element in Elements(text) {
            let element = element?;
            if element.name == "Data" {
                for element in Elements(element.inner) {
                    published.take(&element?)?;
                }
            } else if !published.take(&element)? {
                return Err(InvalidPersonalData::Structure);
            }
        }
        Ok(published)
    }

    /// Takes what an element says, and whether it is one of those that say something.
    fn take(&mut self, element: &Element<'a>) -> Result<bool, InvalidPersonalData> {
        match element.name {
            "EndpointData" => {
                if let Some(capabilities) = capabilities(element.inner)? {
                    self.capabilities = Some(capabilities);
                }
            }
            "PrivateEndpointData" => self.place = Some(PrivatePlace::read(element.inner)?),
            name => match self.data.slot(name) {
                Some((slot, max)) => *slot = Some(element.text(max)?),
                None => return Ok(false),
            },
        }
        Ok(true)
    }

    /// Writes what there is, as a client does.
    pub fn write(&self, out: &mut String) {
        let Self { data, capabilities, place } = self;
        if *data != PersonalData::default() {
            out.push_str("<Data>");
            put(out, "PSM", data.psm);
            put(out, "CurrentMedia", data.current_media);
            put(out, "MachineGuid", data.machine_guid);
            put(out, "DDP", data.ddp);
            put(out, "SignatureSound", data.signature_sound);
            put(out, "Scene", data.scene);
            put(out, "ColorScheme", data.color_scheme);
            out.push_str("</Data>");
        }
        if let Some(Capabilities { base, extended }) = capabilities {
            // Writing to memory can't fail.
            let _ =
                write!(out, "<EndpointData><Capabilities>{base}:{extended}</Capabilities></EndpointData>");
        }
        if let Some(place) = place {
            out.push_str("<PrivateEndpointData>");
            place.write_parts(out);
            out.push_str("</PrivateEndpointData>");
        }
    }
}

/// The places that a `UBX` tells of, with what is private of them; those whose GUID is none are passed over.
///
/// # Errors
/// As of [`PersonalData::read`].
pub(crate) fn read_places(payload: &str) -> Result<Vec<Place<'_>>, InvalidPersonalData> {
    let mut places: Vec<Place<'_>> = Vec::new();
    for root in Elements(payload) {
        for element in Elements(root?.inner) {
            let element = element?;
            let Some(guid) = element.id().and_then(|id| id.parse::<Guid>().ok()) else { continue };
            match element.name {
                "EndpointData" => {
                    let capabilities = capabilities(element.inner)?.unwrap_or_default();
                    places.push(Place { guid, capabilities, private: None });
                }
                "PrivateEndpointData" => {
                    let private = Some(PrivatePlace::read(element.inner)?);
                    if let Some(place) = places.iter_mut().find(|place| place.guid == guid) {
                        place.private = private;
                    }
                }
                _ => {}
            }
        }
    }
    Ok(places)
}

/// What `<Capabilities>` says, if it is there and says anything.
fn capabilities(inner: &str) -> Result<Option<Capabilities>, InvalidPersonalData> {
    let mut found = None;
    for element in Elements(inner) {
        let element = element?;
        if element.name == "Capabilities" {
            found = element.text(MAX_PART)?.trim_ascii().parse().ok();
        }
    }
    Ok(found)
}

fn put(out: &mut String, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        for part in ["<", name, ">", text, "</", name, ">"] {
            out.push_str(part);
        }
    }
}

/// An element: its name, what stands behind the name in its tag, and what stands inside.
struct Element<'a> {
    name: &'a str,
    attributes: &'a str,
    inner: &'a str,
}

impl<'a> Element<'a> {
    /// Its text, if it has nothing but that.
    fn text(&self, max: usize) -> Result<&'a str, InvalidPersonalData> {
        if self.inner.contains('<') {
            return Err(InvalidPersonalData::Structure);
        }
        if PersonalData::well_formed(self.inner).len() > max {
            return Err(InvalidPersonalData::TooLong);
        }
        Ok(self.inner)
    }

    fn id(&self) -> Option<&'a str> {
        let (_, value) = self.attributes.split_once("id=")?;
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        value.get(1..)?.split_once(quote).map(|(value, _)| value)
    }
}

/// The elements that stand side by side in a text, with nothing between them but white space.
struct Elements<'a>(&'a str);

impl<'a> Elements<'a> {
    /// Cuts the first element off.
    fn cut(&mut self) -> Option<Element<'a>> {
        let (tag, after) = self.0.strip_prefix('<')?.split_once('>')?;
        let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, attributes) = tag.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((tag, ""));
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let (inner, after) = if is_empty { ("", after) } else { split_at_end(after, name)? };
        self.0 = after;
        Some(Element { name, attributes, inner })
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Result<Element<'a>, InvalidPersonalData>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0 = self.0.trim_ascii_start();
        while let Some((_, after)) = self.0.strip_prefix("<?").and_then(|rest| rest.split_once('>')) {
            self.0 = after.trim_ascii_start();
        }
        if self.0.is_empty() {
            return None;
        }
        let element = self.cut();
        if element.is_none() {
            self.0 = "";
        }
        Some(element.ok_or(InvalidPersonalData::Structure))
    }
}

/// What stands before the end tag of `name`, and what stands after it.
fn split_at_end<'a>(text: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    text.match_indices("</").find_map(|(at, _)| {
        let (inner, end_tag) = text.split_at_checked(at)?;
        let after = end_tag.strip_prefix("</")?.strip_prefix(name)?.trim_ascii_start().strip_prefix('>')?;
        Some((inner, after))
    })
}

/// Whether `text`, which begins with `&`, begins with an entity of XML's own or the number of a character that XML has.
fn begins_reference(text: &str) -> bool {
    let Some((name, _)) = text.strip_prefix('&').and_then(|text| text.split_once(';')) else { return false };
    let Some(number) = name.strip_prefix('#') else {
        return matches!(name, "amp" | "lt" | "gt" | "quot" | "apos");
    };
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    // A number may be read with a sign before it, but not written so.
    digits.chars().all(|digit| digit.is_digit(radix))
        && u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).is_some_and(is_xml)
}

/// Why a payload is none that could be passed on to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPersonalData {
    /// Something that is no character of XML. The service answers 715 (notification-server reference, 13).
    #[error("what a user tells of himself holds what is no character of XML")]
    IllegalCharacter,
    /// Other elements than there should be. The service closes the connection.
    #[error("what a user tells of himself is elements with nothing but text in them")]
    Structure,
    /// More than [`MAX_PSM`], [`MAX_CURRENT_MEDIA`] or [`MAX_PART`] bytes.
    #[error("a personal message has at most {MAX_PSM} bytes, and other texts {MAX_PART}")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soap::tree::{Element, Limits};
    use proptest::prelude::*;

    fn read(payload: &str) -> Result<(Option<&str>, Option<&str>), InvalidPersonalData> {
        PersonalData::read(payload.as_bytes()).map(|message| (message.psm, message.current_media))
    }

    #[test]
    fn finds_the_elements_in_whatever_surrounds_them() {
        for (payload, found) in [
            ("<Data><PSM>tea time</PSM><CurrentMedia></CurrentMedia></Data>", (Some("tea time"), Some(""))),
            ("<PSM></PSM><CurrentMedia></CurrentMedia>", (Some(""), Some(""))),
            ("<?xml version=\"1.0\"?>\r\n<Data>\r\n <PSM >x</PSM >\r\n</Data>\r\n", (Some("x"), None)),
            ("<Data><PSM/><PSMUrl>a<b/>c</PSMUrl><MachineGuid/></Data>", (Some(""), None)),
            (
                r"<CurrentMedia>\0Music\01\0{0}\0a &lt; b\0</CurrentMedia>",
                (None, Some(r"\0Music\01\0{0}\0a &lt; b\0")),
            ),
            ("<PSM>a > b & c</PSM><CurrentMedia>></CurrentMedia>", (Some("a > b & c"), Some(">"))),
            ("<Data/>", (None, None)),
            ("", (None, None)),
        ] {
            assert_eq!(read(payload), Ok(found), "{payload}");
        }
    }

    #[test]
    fn refuses_what_others_could_not_read() {
        for bad in [
            "<invalid><PSM>x</PSM></invalid>",
            "<invalid/>",
            "text",
            "<PSM>x</PSM>text",
            "<PSM>a<b/>c</PSM>",
            "<PSM>a < b</PSM>",
            "<PSM>x",
            "<PSM",
            "<Data><PSM>x</PSM>",
            "</Data>",
            "<Data><a>x</Data>",
            "<!-- --><PSM>x</PSM>",
            "<>",
            "</>",
        ] {
            assert_eq!(read(bad), Err(InvalidPersonalData::Structure), "{bad:?}");
        }
        for bad in ["<PSM>\u{1}</PSM>", "<PSM>\0</PSM>", "<PSM>\u{FFFF}</PSM>"] {
            assert_eq!(read(bad), Err(InvalidPersonalData::IllegalCharacter), "{bad:?}");
        }
        let bad = PersonalData::read(b"<PSM>\xFF</PSM>");
        assert_eq!(bad, Err(InvalidPersonalData::IllegalCharacter));
    }

    #[test]
    fn places_are_found_by_themselves_and_inside_of_the_rest() {
        let place = "<EndpointData><Capabilities>5:48</Capabilities></EndpointData>\
                     <PrivateEndpointData><EpName>Desk</EpName></PrivateEndpointData>";
        for payload in [place.to_owned(), format!("<Data><PSM>x</PSM>{place}<New><a/></New></Data>")] {
            let published = Published::read(payload.as_bytes()).unwrap();
            assert_eq!(published.capabilities, Some(Capabilities { base: 5, extended: 48 }));
            assert_eq!(published.place.unwrap().name, Some("Desk"));
        }
        let odd = b"<EndpointData><Capabilities>many</Capabilities></EndpointData>";
        assert_eq!(Published::read(odd).unwrap().capabilities, None);
    }

    #[test]
    fn as_much_is_taken_as_can_be_passed_on() {
        for (element, max) in [("PSM", MAX_PSM), ("CurrentMedia", MAX_CURRENT_MEDIA)] {
            for (text, fits) in [
                ("x".repeat(max), true),
                ("x".repeat(max + 1), false),
                // Four more than it was.
                ("x".repeat(max - 5) + "&", true),
                ("x".repeat(max - 4) + "&", false),
            ] {
                let payload = format!("<Data><{element}>{text}</{element}></Data>");
                let read = PersonalData::read(payload.as_bytes());
                assert_eq!(read.is_ok(), fits, "{element} of {}", text.len());
                assert!(fits || read == Err(InvalidPersonalData::TooLong));
            }
        }
    }

    #[test]
    fn what_begins_no_entity_is_escaped() {
        for (text, well_formed) in [
            ("&", "&amp;"),
            ("&&amp;&", "&amp;&amp;&amp;"),
            ("a&b;c", "a&amp;b;c"),
            ("&nbsp;", "&amp;nbsp;"),
            ("&AMP;", "&amp;AMP;"),
            ("&amp", "&amp;amp"),
            ("&lt;&gt;&quot;&apos;", "&lt;&gt;&quot;&apos;"),
            ("&#65;&#x41;&#x1f375;", "&#65;&#x41;&#x1f375;"),
            ("&#;&#x;", "&amp;#;&amp;#x;"),
            ("&#+65;&#x+41;&#X41;", "&amp;#+65;&amp;#x+41;&amp;#X41;"),
            ("&#0;&#1;&#xFFFF;&#xD800;&#x110000;", "&amp;#0;&amp;#1;&amp;#xFFFF;&amp;#xD800;&amp;#x110000;"),
            ("&#99999999999;", "&amp;#99999999999;"),
            ("&é;", "&amp;é;"),
            ("a > b ]]> c", "a > b ]]&gt; c"),
        ] {
            assert_eq!(PersonalData::well_formed(text), well_formed, "{text}");
        }
        assert!(matches!(PersonalData::well_formed("a &amp; b > c"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn what_is_read_can_be_read_again(payload in "(<(/|)(Data|PSM|CurrentMedia|x)(/|)>|[a-z<>&/ ]{0,3}){0,8}") {
            if let Ok(message) = PersonalData::read(payload.as_bytes()) {
                let mut written = String::new();
                message.write(&[], PersonalDataForm::Scenes, &mut written);
                let again = PersonalData::read(written.as_bytes()).unwrap();
                prop_assert_eq!(again.psm, Some(message.psm.unwrap_or_default()));
                prop_assert_eq!(again.current_media, Some(message.current_media.unwrap_or_default()));
            }
        }

        #[test]
        fn a_well_formed_text_is_xml(text in "([a-c;>&#x0-9é]|&amp;|&#x[0-9a-f]{1,3};|\\]\\]>){0,20}") {
            let well_formed = PersonalData::well_formed(&text);
            prop_assert!(matches!(PersonalData::well_formed(&well_formed), Cow::Borrowed(_)));
            let document = format!("<PSM>{well_formed}</PSM>");
            prop_assert!(Element::parse(document.as_bytes(), Limits::SMALL).is_ok(), "{}", document);
        }

        #[test]
        fn any_payload_is_survived(payload in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = PersonalData::read(&payload);
        }
    }
}

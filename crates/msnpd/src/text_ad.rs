//! The line of text under the contact list of clients, where the old service had an advertisement: the operator's own, or
//! none (web-services reference, 22.2).

use crate::pages::WebAddress;

/// The longest line, in characters: clients show no more.
const MAX_TEXT: usize = 128;

/// A line of text, and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextAd {
    text: String,
    url: Option<WebAddress>,
}

/// No line that clients could show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a line of 1 to {MAX_TEXT} characters")]
pub struct InvalidTextAd;

impl TextAd {
    /// A line that leads to `url` when it is clicked.
    ///
    /// # Errors
    /// When it is no single line, or too long.
    pub fn new(text: &str, url: Option<WebAddress>) -> Result<Self, InvalidTextAd> {
        let text = text.trim();
        let fits = (1..=MAX_TEXT).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits { Ok(Self { text: text.to_owned(), url }) } else { Err(InvalidTextAd) }
    }

    /// What it says.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where it leads.
    pub fn url(&self) -> Option<&WebAddress> {
        self.url.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_one_line_that_fits() {
        assert_eq!(TextAd::new(" Party on Friday ", None).unwrap().text(), "Party on Friday");
        assert!(TextAd::new(&"ä".repeat(MAX_TEXT), None).is_ok());
        for bad in ["", "  ", "a\nb", "a\u{7}b", &"x".repeat(MAX_TEXT + 1)] {
            assert_eq!(TextAd::new(bad, None), Err(InvalidTextAd), "{bad:?}");
        }
    }
}

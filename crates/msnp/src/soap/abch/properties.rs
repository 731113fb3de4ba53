//! `propertiesChanged`: which of the values in a change are meant.

use std::cell::OnceCell;

use crate::soap::tree::Element;

/// The list of properties that a change names. Whoever has no such list means all that he says.
pub(super) struct Properties<'a> {
    listed: Option<&'a str>,
    words: OnceCell<Vec<&'a str>>,
}

/// Words of a list that are looked at. There are some thirty properties.
const MAX_WORDS: usize = 64;

/// The list that names those properties that are changed.
pub(super) fn changed(properties: impl IntoIterator<Item = (bool, &'static str)>) -> String {
    let changed: Vec<&str> = properties.into_iter().filter_map(|(is, name)| is.then_some(name)).collect();
    changed.join(" ")
}

impl<'a> Properties<'a> {
    /// From the element that lists them, separated by blanks.
    pub(super) fn read(list: Option<&'a Element>) -> Self {
        Self { listed: list.map(Element::text), words: OnceCell::new() }
    }

    /// The same inside of an entry, such as an e-mail address. There an empty list is as good as none.
    pub(super) fn of_entry(list: Option<&'a Element>) -> Self {
        Self::read(list.filter(|list| !list.text().is_empty()))
    }

    /// Whether one of these names is listed, in any letter case.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        let Some(listed) = self.listed else { return true };
        let words = self.words.get_or_init(|| listed.split_ascii_whitespace().take(MAX_WORDS).collect());
        words.iter().any(|word| names.iter().any(|name| name.eq_ignore_ascii_case(word)))
    }

    /// A text as it is to be: none if it stays, an empty one if it goes. What is listed but not said, goes.
    pub(super) fn text(&self, names: &[&str], said: Option<String>) -> Option<String> {
        match self.listed {
            None => said,
            Some(_) => self.has(names).then(|| said.unwrap_or_default()),
        }
    }

    /// A flag as it is to be: none if it stays. What is listed but not said, is off.
    pub(super) fn flag(&self, names: &[&str], said: Option<bool>) -> Option<bool> {
        match self.listed {
            None => said,
            Some(_) => self.has(names).then(|| said.unwrap_or_default()),
        }
    }
}

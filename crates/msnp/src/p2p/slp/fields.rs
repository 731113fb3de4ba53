//! Lines of a name and a value, as headers and bodies of SLP have them.

use super::super::limits;

/// Fields in order. Their names are compared without regard to letter case; a name that comes twice counts once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// None.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// And one more. What can't be in a line is left out of it.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.0.push((in_a_line(name), in_a_line(value.as_ref())));
        self
    }

    /// And one more, if there is a value.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl AsRef<str>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The value of the first field with this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    /// The same, as a number.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.get(name)?.parse().ok()
    }

    /// Whether the field says `true`.
    pub fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads lines up to an empty one or the end. Lines without a colon are passed over. `None`: there are too many.
    pub(in super::super) fn read(lines: &str) -> Option<Self> {
        let lines = lines.split('\n').map(|line| line.trim_end_matches('\r'));
        let lines = lines.take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(':'));
        let mut fields = Self::new();
        for (name, value) in lines {
            if fields.0.len() >= limits::FIELDS {
                return None;
            }
            // Trimmed last: what is left out may have stood around a blank.
            fields.0.push((in_a_line(name).trim().to_owned(), in_a_line(value).trim().to_owned()));
        }
        Some(fields)
    }

    pub(in super::super) fn write(&self, out: &mut String) {
        for (name, value) in &self.0 {
            out.push_str(name);
            out.push_str(": ");
            out.push_str(value);
            out.push_str("\r\n");
        }
    }
}

/// What of a text can be in a line.
pub(super) fn in_a_line(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\r' | '\n' | '\0')).collect()
}

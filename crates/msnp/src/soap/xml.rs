//! Writing XML: one text that grows, elements in the order in which they are said.

use std::fmt::{Display, Write as _};

use super::escape;

/// A document in the making. Names of elements are ours; all that comes from elsewhere goes through [`escape`].
pub(super) struct Xml(String);

impl Xml {
    /// A document that begins as all do.
    pub(super) fn document() -> Self {
        Self(String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>"))
    }

    /// What stands inside of something else.
    pub(super) const fn fragment() -> Self {
        Self(String::new())
    }

    /// All of it.
    pub(super) fn finish(self) -> String {
        self.0
    }

    /// Markup as it is. Never what comes from elsewhere.
    pub(super) fn raw(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    /// `<tag>`. The name may be followed by attributes.
    pub(super) fn open(&mut self, tag: &str) {
        self.0.push('<');
        self.0.push_str(tag);
        self.0.push('>');
    }

    /// `</tag>`.
    pub(super) fn close(&mut self, tag: &str) {
        self.0.push_str("</");
        self.0.push_str(tag);
        self.0.push('>');
    }

    /// An element with others inside.
    pub(super) fn inside(&mut self, tag: &str, write: impl FnOnce(&mut Self)) {
        self.open(tag);
        write(self);
        self.close(tag);
    }

    /// `<tag/>`.
    pub(super) fn empty(&mut self, tag: &str) {
        self.0.push('<');
        self.0.push_str(tag);
        self.0.push_str("/>");
    }

    /// An element with others inside, in a namespace of its own.
    pub(super) fn inside_in(&mut self, namespace: &str, tag: &str, write: impl FnOnce(&mut Self)) {
        self.0.push('<');
        self.0.push_str(tag);
        self.attribute("xmlns", namespace);
        self.0.push('>');
        write(self);
        self.close(tag);
    }

    /// An element with text, `<tag/>` if there is none.
    pub(super) fn text(&mut self, tag: &str, text: &str) {
        if text.is_empty() {
            return self.empty(tag);
        }
        self.open(tag);
        self.0.push_str(&escape(text));
        self.close(tag);
    }

    /// An element with text, in a namespace of its own.
    pub(super) fn text_in(&mut self, namespace: &str, tag: &str, text: &str) {
        self.0.push('<');
        self.0.push_str(tag);
        self.attribute("xmlns", namespace);
        self.0.push('>');
        self.0.push_str(&escape(text));
        self.close(tag);
    }

    /// An element with text if there is any to tell, even an empty one.
    pub(super) fn some_text(&mut self, tag: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(tag, text);
        }
    }

    /// An element with a number, a GUID, a time: what can't hold markup.
    pub(super) fn plain(&mut self, tag: &str, value: impl Display) {
        self.open(tag);
        // Writing to a String can't fail.
        let _ = write!(self.0, "{value}");
        self.close(tag);
    }

    /// An element with what can't hold markup, if it is known.
    pub(super) fn some_plain(&mut self, tag: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.plain(tag, value);
        }
    }

    /// ` name="value"`, behind the name in a tag that is written by [`Xml::raw`].
    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        self.0.push(' ');
        self.0.push_str(name);
        self.0.push_str("=\"");
        self.0.push_str(&escape(value));
        self.0.push('"');
    }
}

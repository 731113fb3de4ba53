//! A script, understood.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use msnp::version::Version;

use crate::parse::{self, ScriptError};
use crate::pattern::Pattern;
use crate::service::Service;
use crate::template::Template;
use crate::versions::{Only, Versions};

/// A conversation.
#[derive(Clone, Debug)]
pub struct Script {
    /// Where it was read from.
    pub file: Arc<str>,
    /// The first line of its first comment.
    pub title: String,
    /// The versions of the protocol it is to be run for.
    pub versions: Vec<Version>,
    /// The versions of those who speak another one, each of which is tried with each of `versions`; mostly none.
    pub against: Vec<Version>,
    /// The accounts it needs.
    pub accounts: Vec<Account>,
    pub(crate) steps: Vec<Step>,
    pub(crate) procedures: HashMap<String, Procedure>,
}

/// An account in a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The address. What stands before the `@` names its connections.
    pub address: String,
    /// The password, which is no secret here.
    pub password: String,
    /// The friendly name; without one, the address.
    pub name: Option<String>,
    /// Whether it may sign in by MD5 (MSNP2-7), for which some servers have to be told.
    pub md5: bool,
}

/// What `define` has defined.
#[derive(Clone, Debug, Default)]
pub(crate) struct Procedure {
    /// What is kept of what it hears.
    pub(crate) gives: Vec<String>,
    pub(crate) steps: Vec<Step>,
}

/// A line of a script, with its payload.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) at: Place,
    /// The versions it is for: all of these must be met.
    pub(crate) only: Vec<Only>,
    pub(crate) act: Act,
}

/// Where something is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: Arc<str>,
    pub(crate) line: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// `let name = text`
    Let { name: String, text: Template },
    /// Something on a connection, which is named by a template for the sake of `{me}`.
    On { who: Template, deed: Deed },
}

#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// `closes`
    Closes,
    /// `connect`
    Connect(To),
    /// `does name`
    Do { procedure: String, version: Option<Template>, given: Vec<(String, Template)> },
    /// `gets SomethingResponse`, `gets fault Code`
    Get(Expected),
    /// `hangup`
    HangUp,
    /// `<<<` and its like
    Hear { order: Order, message: Message },
    /// `>>>`
    Say(Message),
    /// `posts Operation to service`
    Post(Posted),
    /// `response challenge`
    Response(Template),
    /// `silent`
    Silent,
    /// `single-sign-on policy nonce`
    SingleSignOn(Template),
    /// `ticket parameters`
    Ticket(Template),
}

/// A request to a web service, as it is written.
#[derive(Clone, Debug)]
pub(crate) struct Posted {
    pub(crate) operation: String,
    pub(crate) service: Service,
    /// `for bob@example.com`
    pub(crate) to: Option<Template>,
    /// `with {ticket}`
    pub(crate) ticket: Option<Template>,
    /// The XML inside of what is asked.
    pub(crate) body: Template,
}

/// The answer of a web service, as it is written.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    pub(crate) what: Answer,
    /// The lines below it, to be shown.
    pub(crate) written: Option<Template>,
}

/// What a web service answers.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// A fault with this code; what its detail must look like, if the script says so.
    Fault { code: Template, detail: Option<Pattern> },
    /// An element with this name, in the namespace of any of the services: which one is known when it is posted.
    Response { name: String, patterns: Vec<(Service, Pattern)> },
}

/// Where `connect` goes.
#[derive(Clone, Debug)]
pub(crate) enum To {
    Address(Template),
    Dispatch,
    Notification,
}

/// When something must be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// `<<<`: next.
    Next,
    /// `<<~`: some time in this row.
    Any,
    /// `<<+`: after the one above.
    Then,
}

/// A line and its payload, as they are written.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) line: Template,
    /// Whether the line has a `#` as its last word, which `line` leaves out.
    pub(crate) counts: bool,
    pub(crate) payload: Option<Template>,
}

impl Script {
    /// Reads a script, and what it includes, from files.
    ///
    /// # Errors
    /// When a file can't be read or a line can't be understood.
    pub fn load(path: &Path) -> Result<Self, ScriptError> {
        parse::load(path)
    }

    /// Reads a script from its text; `file` is how failures call it. It can't include others.
    ///
    /// # Errors
    /// When a line can't be understood.
    pub fn parse(file: &str, text: &str) -> Result<Self, ScriptError> {
        parse::parse(file, text, None)
    }

    /// Every run of it.
    pub fn runs(&self) -> impl Iterator<Item = Versions> {
        self.versions.iter().flat_map(|&version| {
            let alone = self.against.is_empty().then_some(None);
            let pairs = self.against.iter().copied().map(Some);
            alone.into_iter().chain(pairs).map(move |against| Versions { version, against })
        })
    }

    /// Whether it needs a dispatch server.
    pub fn needs_dispatch(&self) -> bool {
        let steps = self.steps.iter().chain(self.procedures.values().flat_map(|procedure| &procedure.steps));
        steps.into_iter().any(|step| matches!(&step.act, Act::On { deed: Deed::Connect(To::Dispatch), .. }))
    }
}

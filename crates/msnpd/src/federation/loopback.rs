//! A network without a wire: people of some domains who have accounts here, as those of all others meet them.

use std::sync::OnceLock;

use msnp::types::Email;
use tracing::debug;

use super::network::{Answer, Found, Message, Network, NotSaid, Presence, Unavailable};
use super::{Gate, NotTaken};

/// People of these domains are, to everybody of another domain, on the network 32, and the other way round. All that they
/// show and say to each other goes out to it and comes in from it as it would with any other network.
#[derive(Debug)]
pub struct Loopback {
    domains: Vec<String>,
    gate: OnceLock<Gate>,
}

impl Loopback {
    /// Of these domains, in lower case.
    pub fn new(domains: Vec<String>) -> Self {
        Self { domains, gate: OnceLock::new() }
    }

    fn gate(&self) -> Result<&Gate, Unavailable> {
        self.gate.get().ok_or(Unavailable)
    }

    fn has(&self, address: &Email) -> bool {
        self.domains.iter().any(|domain| domain == address.domain())
    }
}

impl Network for Loopback {
    fn name(&self) -> &str {
        "loopback"
    }

    fn routes(&self, ours: &Email, theirs: &Email) -> bool {
        ours.domain() != theirs.domain() && (self.has(ours) || self.has(theirs))
    }

    fn start(&self, gate: Gate) {
        // A second one would be another server's.
        let _ = self.gate.set(gate);
    }

    fn find<'a>(&'a self, _: &'a Email, asked: &'a [Email]) -> Answer<'a, Result<Vec<Found>, Unavailable>> {
        Box::pin(async move {
            let found =
                |address: Email| Found { asked: address.clone(), actual: address, replaces_account: true };
            Ok(self.gate()?.find(asked).await?.into_iter().map(found).collect())
        })
    }

    fn watch<'a>(&'a self, ours: &'a Email, theirs: &'a Email) -> Answer<'a, Result<(), Unavailable>> {
        Box::pin(async move { taken(self.gate()?.watch(ours, theirs)) })
    }

    fn unwatch<'a>(&'a self, ours: &'a Email, theirs: &'a Email) -> Answer<'a, Result<(), Unavailable>> {
        Box::pin(async move { taken(self.gate()?.unwatch(ours, theirs)) })
    }

    fn show<'a>(
        &'a self,
        ours: &'a Email,
        theirs: &'a Email,
        presence: Option<&'a Presence>,
    ) -> Answer<'a, Result<(), Unavailable>> {
        Box::pin(async move { taken(self.gate()?.show(ours, theirs, presence.cloned())) })
    }

    fn say<'a>(&'a self, message: &'a Message) -> Answer<'a, Result<(), NotSaid>> {
        Box::pin(async move {
            let gate = self.gate().map_err(|Unavailable| NotSaid::Failed)?;
            gate.say(message.clone()).await
        })
    }
}

/// What is refused would be so again: nobody waits for it.
fn taken(answer: Result<(), NotTaken>) -> Result<(), Unavailable> {
    if let Err(refused) = answer {
        debug!(%refused, "not taken across the loopback");
    }
    Ok(())
}

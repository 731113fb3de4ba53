//! `CHL` from a client: it wants to prove itself.

use msnp::command::chl;
use msnp::flow::End;

use super::Session;
use crate::random;

impl Session {
    pub(super) fn chl(&mut self, request: chl::Request) -> Result<(), End> {
        let now = self.server.now();
        self.outbox.write(|out| self.flow.give_challenge(request.trid, random::digits(20), now, out));
        Ok(())
    }
}

//! What our people let those of other networks see and say.

use msnp::types::{Email, Lists, YAHOO_NETWORK};

use super::Presence;
use crate::directory::Outsider;
use crate::server::Server;
use crate::store::StoreError;

impl Server {
    /// What one of ours shows to each of these people of other networks, who may say something to him where that is not
    /// nothing: as his lists in the store have them and his privacy is, and as far as no place of his hides him.
    ///
    /// Whoever has an account here under the same address is blocked with it: nobody gets around that over another network.
    pub(super) async fn shown_to(
        &self,
        ours: &Email,
        theirs: &[Email],
    ) -> Result<Vec<Option<Presence>>, StoreError> {
        let Some(id) = self.directory.id_of(ours).filter(|id| self.directory.is_visible(*id)) else {
            return Ok(vec![None; theirs.len()]);
        };
        let lists = self.store.outside_lists(id, YAHOO_NETWORK).await?;
        let accounts = self.store.accounts_with(theirs.to_vec()).await?;
        let said = self.federation.watching.said_of(ours, theirs);
        let shown = |(theirs, said): (&Email, Vec<_>)| {
            let lists = lists.get(theirs).copied().unwrap_or(Lists::NONE);
            let outsider = Outsider { lists, account: accounts.get(theirs).copied(), said: &said };
            let (status, name) = self.directory.shown_to_outsider(id, &outsider)?;
            Some(Presence { status, name: name.to_string() })
        };
        Ok(theirs.iter().zip(said).map(shown).collect())
    }
}

//! What `msnpd user …` does to accounts while the server runs.

use std::sync::Arc;
use std::time::Duration;

use tracing::{error, info};

use crate::server::Server;
use crate::store::{Event, EventKind, StoreError};

/// How often the store is asked what is new. An operator's change is effective within a second.
const INTERVAL: Duration = Duration::from_millis(250);

/// Carries out what operators do, from `seen` on, for ever.
pub(crate) async fn watch_accounts(server: Arc<Server>, mut seen: i64) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        match server.store.events_since(seen).await {
            Ok(events) => match carry_out(&server, &events).await {
                Ok(()) => seen = events.last().map_or(seen, |event| event.seq),
                Err(error) => {
                    error!(%error, "can't read the lists that an operator has changed; trying again")
                }
            },
            Err(error) => error!(%error, "can't see what operators have done; trying again"),
        }
    }
}

/// Signs out first whoever has to go: reading the lists of everybody who knew somebody may take a while. All of it may
/// be done twice.
async fn carry_out(server: &Server, events: &[Event]) -> Result<(), StoreError> {
    for Event { account, kind, .. } in events.iter().filter(|event| event.kind != EventKind::Lists) {
        info!(%account, event = ?kind, "signed out by an operator's change");
        server.disconnect(*account);
    }
    for Event { account, .. } in events.iter().filter(|event| event.kind == EventKind::Lists) {
        if server.directory.is_signed_in(*account)
            && let Some(brief) = server.store.brief(*account).await?
        {
            server.directory.load(*account, &brief);
        }
    }
    Ok(())
}

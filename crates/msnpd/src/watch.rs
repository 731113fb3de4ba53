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
            Ok(events) => {
                for event in events {
                    seen = event.seq;
                    if let Err(error) = carry_out(&server, event).await {
                        error!(%error, account = %event.account, "can't read an account that an operator has changed");
                    }
                }
            }
            Err(error) => error!(%error, "can't see what operators have done"),
        }
    }
}

async fn carry_out(server: &Server, event: Event) -> Result<(), StoreError> {
    let id = event.account;
    match event.kind {
        EventKind::Disabled | EventKind::Password | EventKind::Removed | EventKind::Renamed => {
            info!(account = %id, event = ?event.kind, "signed out by an operator's change");
            server.disconnect(id);
        }
        EventKind::Lists => {
            if server.directory.is_signed_in(id)
                && let Some(brief) = server.store.brief(id).await?
            {
                server.directory.load(id, &brief);
            }
        }
    }
    Ok(())
}

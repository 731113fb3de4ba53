//! What operators do from other processes while the server runs: `msnpd user …`, `msnpd announce …`,
//! `msnpd record …`.

use std::sync::Arc;
use std::time::Duration;

use tracing::{error, info, warn};

use crate::account::AccountId;
use crate::server::Server;
use crate::store::{Event, EventKind, Order, Store, StoreError};

/// How often the store is asked what is new. An operator's change is effective within a second.
const INTERVAL: Duration = Duration::from_millis(250);

/// How far the server has followed what operators do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch {
    event: i64,
    order: i64,
}

impl Watch {
    /// From now on: what was done before is in the store already.
    ///
    /// # Errors
    /// When the store can't be read.
    pub(crate) async fn begin(store: &Store) -> Result<Self, StoreError> {
        // What was ordered while no server ran is of no use any more.
        let (event, order) = (store.last_event().await?, store.last_order().await?);
        if order > 0 {
            store.forget_orders(order).await?;
        }
        Ok(Self { event, order })
    }

    /// Carries out what operators do, for ever.
    pub(crate) async fn run(mut self, server: Arc<Server>) {
        loop {
            tokio::time::sleep(INTERVAL).await;
            if let Err(error) = self.look(&server).await {
                error!(%error, "can't see what operators have done; trying again");
            }
            server.follow_announcement();
        }
    }

    async fn look(&mut self, server: &Server) -> Result<(), StoreError> {
        let mut over = server.recorder.expire().into_iter();
        while let Some(account) = over.next() {
            if let Err(error) = server.store.end_recording(&account).await {
                server.recorder.are_over(std::iter::once(account).chain(over));
                return Err(error);
            }
        }
        let events = server.store.events_since(self.event).await?;
        if !events.is_empty() {
            server.store.pass_moment();
        }
        follow(server, &events).await?;
        self.event = events.last().map_or(self.event, |event| event.seq);
        let orders = server.store.orders_since(self.order).await?;
        let last = orders.last().map(|ordered| ordered.seq);
        for ordered in orders {
            match ordered.order {
                Some(order) => obey(server, &order).await?,
                None => warn!("an order that this version does not know is passed over"),
            }
            self.order = ordered.seq;
        }
        match last {
            Some(last) => server.store.forget_orders(last).await,
            None => Ok(()),
        }
    }
}

/// Signs out first whoever has to go: reading the lists of everybody who knew somebody may take a while. All of it may
/// be done twice.
async fn follow(server: &Server, events: &[Event]) -> Result<(), StoreError> {
    for Event { account, kind, .. } in events.iter().filter(|event| event.kind != EventKind::Lists) {
        info!(%account, event = ?kind, "signed out by an operator's change");
        server.disconnect(*account);
    }
    for Event { account, .. } in events.iter().filter(|event| event.kind == EventKind::Lists) {
        if server.directory.is_signed_in(*account)
            && let Some(brief) = server.store.brief(*account).await?
        {
            server.directory.load(*account, &brief);
            server.directory.keep_change(*account, brief.revision);
            server.have_lists_read(*account);
        }
    }
    // Who has another address now is recorded under that one.
    if !events.is_empty() {
        server.recorder.follow(&server.store.recordings().await?);
    }
    Ok(())
}

/// Does what an operator has ordered.
async fn obey(server: &Server, order: &Order) -> Result<(), StoreError> {
    match order {
        Order::Announce { plan } => {
            info!(minutes = plan.minutes, "announced that the service goes down");
            server.announce(*plan);
        }
        Order::CallOff => match server.call_off() {
            true => info!("the announcement is called off"),
            false => warn!("nothing was announced that could be called off"),
        },
        Order::Mail { account, news } => server.tell_mail(AccountId(*account), news),
        Order::Page { account, from, text } => server.page(AccountId(*account), from, text),
        Order::Recordings => server.recorder.follow(&server.store.recordings().await?),
    }
    Ok(())
}

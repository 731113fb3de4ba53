//! A client that we did not write: the crate `msnp11-sdk`, which speaks MSNP11, with what it has heard.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses what it needs of it")]

use std::sync::Arc;
use std::time::Duration;

use msnp11_sdk::{Client, Event, MsnpList, PlainText, Switchboard};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use crate::common::{PASSWORD, Running};

/// The crate waits for ever for an answer that it doesn't understand, so every call has an end here.
pub const PATIENCE: Duration = Duration::from_secs(10);

pub struct User {
    pub client: Client,
    pub events: UnboundedReceiver<Event>,
}

impl User {
    pub async fn sign_in(service: &Running, email: &str) -> Self {
        Self::sign_in_with(service, email, PASSWORD).await
    }

    pub async fn sign_in_with(service: &Running, email: &str, password: &str) -> Self {
        let client = Client::new("127.0.0.1", service.addresses.msnp.port()).await.unwrap();
        let (heard, events) = unbounded_channel();
        client.add_event_handler_closure(move |event| {
            let _ = heard.send(event);
            async {}
        });
        let nexus = service.nexus();
        let event = done(client.login(email.to_owned(), password, &nexus, "msnp11-sdk", "0.13")).await;
        assert!(matches!(event, Event::Authenticated), "{event:?}");
        Self { client, events }
    }

    /// Adds somebody as a user does: allows him, and puts him on the forward list. Returns his GUID.
    pub async fn add(&self, email: &str) -> String {
        done(self.client.add_contact(email, email, MsnpList::AllowList)).await;
        match done(self.client.add_contact(email, email, MsnpList::ForwardList)).await {
            Event::ContactInForwardList { guid, .. } => guid,
            other => panic!("adding a contact gave {other:?}"),
        }
    }

    /// The next event of which `pick` makes something; others are passed over.
    pub async fn hear<T>(&mut self, what: &str, pick: impl FnMut(Event) -> Option<T>) -> T {
        hear(&mut self.events, what, pick).await
    }
}

pub fn text(text: &str) -> PlainText {
    PlainText {
        bold: false,
        italic: false,
        underline: false,
        strikethrough: false,
        color: "000000".to_owned(),
        text: text.to_owned(),
    }
}

/// A switchboard with what it has heard.
pub struct Chat {
    pub switchboard: Arc<Switchboard>,
    pub events: UnboundedReceiver<Event>,
}

impl Chat {
    pub fn new(switchboard: Arc<Switchboard>) -> Self {
        let (heard, events) = unbounded_channel();
        switchboard.add_event_handler_closure(move |event| {
            let _ = heard.send(event);
            async {}
        });
        Self { switchboard, events }
    }

    pub async fn hear<T>(&mut self, what: &str, pick: impl FnMut(Event) -> Option<T>) -> T {
        hear(&mut self.events, what, pick).await
    }

    pub async fn hears_text(&mut self, expected: &str) {
        let heard = self
            .hear("text", |event| match event {
                Event::TextMessage { message, .. } => Some(message.text),
                _ => None,
            })
            .await;
        assert_eq!(heard, expected);
    }
}

pub async fn done<T, E: std::fmt::Debug>(call: impl Future<Output = Result<T, E>>) -> T {
    timeout(PATIENCE, call).await.expect("an answer in time").unwrap()
}

/// The next event of which `pick` makes something; others are passed over.
pub async fn hear<T>(
    events: &mut UnboundedReceiver<Event>,
    what: &str,
    mut pick: impl FnMut(Event) -> Option<T>,
) -> T {
    let mut passed_over = Vec::new();
    let found = timeout(PATIENCE, async {
        while let Some(event) = events.recv().await {
            let shown = format!("{event:?}").chars().take(120).collect::<String>();
            if let Some(found) = pick(event) {
                return found;
            }
            passed_over.push(shown);
        }
        panic!("no {what}: the connection is gone; heard {passed_over:#?}")
    });
    found.await.unwrap_or_else(|_| panic!("no {what} in time"))
}

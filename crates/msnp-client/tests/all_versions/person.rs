//! Somebody who is signed in, and what he has heard.

use std::time::Duration;

use msnp_client::{Builder, Client, Conversation, Event, Events, Status};
use tokio::time::timeout;

/// How long a test waits for what must come.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Person {
    pub client: Client,
    pub events: Events,
    /// What was heard while something else was waited for.
    heard: Vec<Event>,
}

impl Person {
    pub async fn sign_in(builder: Builder) -> Self {
        let (client, events) = builder.sign_in().await.expect("signed in");
        Self { client, events, heard: Vec::new() }
    }

    /// Waits for an event, which may have come already.
    pub async fn until<T>(&mut self, what: &str, look: impl Fn(&Event) -> Option<T>) -> T {
        if let Some(at) = self.heard.iter().position(|event| look(event).is_some()) {
            return look(&self.heard.remove(at)).unwrap();
        }
        let found = timeout(PATIENCE, async {
            loop {
                let event =
                    self.events.next().await.unwrap_or_else(|| panic!("{what}: the events have ended"));
                if let Some(found) = look(&event) {
                    return found;
                }
                self.heard.push(event);
            }
        });
        match found.await {
            Ok(found) => found,
            Err(_) => panic!("{} waited for {what} and heard {:#?}", self.client.email(), self.heard),
        }
    }

    /// How many such events were heard while something else was waited for.
    pub fn heard(&self, is_one: impl Fn(&Event) -> bool) -> usize {
        self.heard.iter().filter(|event| is_one(event)).count()
    }

    pub async fn sees(&mut self, email: &str, status: Option<Status>) {
        self.until(&format!("{email} {status:?}"), |event| match event {
            Event::Presence(contact) => (contact.email == email && contact.status == status).then_some(()),
            _ => None,
        })
        .await;
        assert_eq!(self.client.contact(email).unwrap().status, status);
    }

    pub async fn is_added_by(&mut self, email: &str) {
        self.until(&format!("added by {email}"), |event| match event {
            Event::AddedBy { email: by, .. } => (by == email).then_some(()),
            _ => None,
        })
        .await;
    }

    pub async fn is_invited(&mut self, email: &str) -> Conversation {
        self.until(&format!("invited by {email}"), |event| match event {
            Event::Invited { conversation, by } => (by.email == email).then(|| conversation.clone()),
            _ => None,
        })
        .await
    }

    pub async fn reads(&mut self, text: &str) -> Conversation {
        self.until(&format!("text {text:?}"), |event| match event {
            Event::Text(said) => (said.text == text).then(|| said.conversation.clone()),
            _ => None,
        })
        .await
    }

    pub async fn leaves(mut self) {
        self.client.sign_out().await;
        self.until("signed out", |event| matches!(event, Event::SignedOut { reason: None }).then_some(()))
            .await;
        assert!(self.events.next().await.is_none());
    }
}

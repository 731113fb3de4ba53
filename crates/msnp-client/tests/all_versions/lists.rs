//! Edits of lists in each of the worlds that there are.

use msnp::dialect::{
    Dialect, Groups, ListEdits, MSNP2, MSNP7, MSNP9, MSNP10, MSNP12, MSNP13, MSNP15, MSNP18,
};
use msnp_client::{Event, List, Privacy, Status};

use crate::person::Person;
use crate::service::{ALICE, BOB, CAROL, Running};

/// What alice does to her lists, and finds when she comes back.
async fn edits(service: &Running, dialect: &'static Dialect) {
    let version = dialect.version;
    let alice = || service.client(ALICE).version(version);
    let mut carol = Person::sign_in(service.client(CAROL).version(version)).await;
    let person = Person::sign_in(alice()).await;
    let client = person.client.clone();
    client.add_contact(BOB).await.unwrap();
    // Once more changes nothing.
    client.add_contact(BOB).await.unwrap();
    client.add_contact(CAROL).await.unwrap();
    carol.is_added_by(ALICE).await;
    assert!(client.add_contact("nobody@example.com").await.is_err());
    assert!(client.add_contact("no address").await.is_err());
    client.remove_contact(CAROL).await.unwrap();
    carol
        .until("removed by alice", |event| match event {
            Event::RemovedBy { email } => (email == ALICE).then_some(()),
            _ => None,
        })
        .await;
    client.block(CAROL).await.unwrap();
    let is_blocked = |client: &msnp_client::Client| {
        let carol = client.contact(CAROL).unwrap();
        carol.is_on(List::Block) && !carol.is_on(List::Allow)
    };
    assert!(is_blocked(&client));
    client.set_privacy(Privacy::BlockOthers).await.unwrap();
    client.set_name("Alice in W.").await.unwrap();
    let has_groups = dialect.groups != Groups::None;
    let mut groups = Vec::new();
    if has_groups {
        let friends = client.add_group("Friends").await.unwrap();
        let others = client.add_group("Others").await.unwrap();
        client.add_to_group(BOB, friends).await.unwrap();
        client.rename_group(friends, "Pals").await.unwrap();
        client.add_to_group(BOB, others).await.unwrap();
        client.remove_from_group(BOB, others).await.unwrap();
        client.remove_group(others).await.unwrap();
        groups.push(friends);
    } else {
        assert!(client.add_group("Friends").await.is_err());
    }
    client.rename_contact(BOB, "Bobby").await.unwrap();
    drop(client);
    person.leaves().await;

    let person = Person::sign_in(alice()).await;
    let bob = person.client.contact(BOB).unwrap();
    assert!(bob.is_on(List::Forward) && bob.is_on(List::Allow), "{bob:?}");
    assert!(is_blocked(&person.client));
    assert!(person.client.contact(CAROL).is_some_and(|carol| !carol.is_on(List::Forward)));
    assert_eq!(person.client.privacy(), Privacy::BlockOthers);
    if dialect.list_edits != ListEdits::AddressBook {
        assert_eq!(person.client.name(), "Alice in W.");
        assert_eq!(bob.name, "Bobby");
    }
    if has_groups {
        let named: Vec<_> = person.client.groups().into_iter().filter(|group| group.name == "Pals").collect();
        assert_eq!(named.iter().map(|group| group.id).collect::<Vec<_>>(), groups);
        assert!(groups.iter().all(|group| bob.groups.contains(group)), "{bob:?}");
        assert!(person.client.groups().iter().all(|group| group.name != "Others"));
    }
    person.client.unblock(CAROL).await.unwrap();
    assert!(!is_blocked(&person.client));
    person.leaves().await;
    carol.leaves().await;
}

macro_rules! worlds {
    ($($name:ident $dialect:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            edits(&Running::start().await, &$dialect).await;
        })*
    };
}

worlds! {
    without_groups MSNP2,
    by_address_and_number MSNP7,
    by_address_in_one_burst MSNP9,
    by_guid MSNP10,
    by_guid_with_networks MSNP12,
    in_the_address_book MSNP13,
    in_the_address_book_with_single_sign_on MSNP15,
    in_the_address_book_of_2009 MSNP18,
}

/// Two versions that have nothing in common but the service.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_oldest_and_the_newest_know_each_other() {
    let service = Running::start().await;
    let mut old = Person::sign_in(service.client(ALICE).version(MSNP2.version)).await;
    // Without a wish it is the best that there is.
    let mut new = Person::sign_in(service.client(BOB)).await;
    assert_eq!(new.client.dialect(), &MSNP18);
    old.client.add_contact(BOB).await.unwrap();
    new.is_added_by(ALICE).await;
    new.client.add_contact(ALICE).await.unwrap();
    old.sees(BOB, Some(Status::Online)).await;
    new.sees(ALICE, Some(Status::Online)).await;
    let chat = new.client.converse(ALICE).await.unwrap();
    chat.say("from 2009").await.unwrap();
    let other = old.reads("from 2009").await;
    other.say("from 1999").await.unwrap();
    assert_eq!(new.reads("from 1999").await, chat);
    chat.invite(CAROL).await.expect_err("carol is not there");
    let mut carol = Person::sign_in(service.client(CAROL).version(MSNP12.version)).await;
    chat.invite(CAROL).await.unwrap();
    let third = carol.is_invited(BOB).await;
    third.say("and 2005").await.unwrap();
    assert_eq!(old.reads("and 2005").await, other);
    assert_eq!(new.reads("and 2005").await, chat);
    assert_eq!(chat.members().len(), 2);
    third.leave().await;
    new.until("carol leaves", |event| {
        matches!(event, Event::Left { email, .. } if email == CAROL).then_some(())
    })
    .await;
    assert_eq!(chat.members().len(), 1);
}

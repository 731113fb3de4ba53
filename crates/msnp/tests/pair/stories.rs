//! What two people of one version do with each other, from sign-in to sign-out.

use std::time::Duration;

use msnp::command::msg::Ack;
use msnp::dialect::{Challenge, Dialect, Groups, ListEdits, ListForm, ObjectForm};
use msnp::flow::client::notification::{Contact, Shown};
use msnp::flow::client::{CantAsk, End};
use msnp::types::{List, Listed, PersonalData, Privacy, Published, Secret, Status};
use msnp::wire::Verb;

use crate::double::{CONTACT, group_of};
use crate::world::{NAMES, World};

/// Both signed in, with their lists, shown as online.
fn both_online(dialect: &'static Dialect) -> World {
    let mut world = World::new(dialect);
    world.drive();
    for person in &mut world.people {
        let own = NAMES[person.who];
        let name = if dialect.welcome.name { "Somebody" } else { own };
        assert_eq!(
            person.news()[..],
            ["Demanded", &format!("in {own} {name}"), "Profile"],
            "{}",
            dialect.version
        );
        assert_eq!(person.client.dialect(), dialect);
        if dialect.lists == ListForm::AddressBook {
            let address = NAMES[1 - person.who].to_owned();
            let members = vec![Listed { address, lists: Some(3), network: Some(1), ..Listed::default() }];
            assert_eq!(person.client.upload(members, &mut person.out).unwrap().len(), 1);
            person.client.set_privacy(Privacy::AllowOthers, &mut person.out).unwrap();
        } else {
            person.client.synchronize(None, &mut person.out).unwrap();
        }
    }
    world.drive();
    for person in &mut world.people {
        assert_eq!(person.news(), lists(dialect, NAMES[1 - person.who]), "{}", dialect.version);
    }
    for who in [0, 1] {
        let person = &mut world.people[who];
        let shown = Shown { object: Some("<msnobj/>"), ..Shown::default() };
        person.client.show(Status::Online, shown, &mut person.out).unwrap();
        world.drive();
    }
    let object = if dialect.object == ObjectForm::None { "" } else { " <msnobj/>" };
    let first = if dialect.from_server.contains(Verb::ILN) { "first " } else { "" };
    assert_eq!(world.people[0].news(), ["am NLN".to_owned(), format!("{} Some body NLN{object}", NAMES[1])]);
    assert_eq!(
        world.people[1].news(),
        ["am NLN".to_owned(), format!("{first}{} Some body NLN{object}", NAMES[0])]
    );
    world
}

/// What is told of the lists of somebody who has one friend.
fn lists(dialect: &Dialect, friend: &str) -> Vec<String> {
    if dialect.lists == ListForm::AddressBook {
        return vec!["done ADL".to_owned(), "Privacy".to_owned()];
    }
    let by_time = dialect.list_version == msnp::dialect::ListVersion::Timestamps;
    let version = if by_time { "2005-04-23T18:57:44.8130000-07:00" } else { "41" };
    let mut told = vec![format!("lists {version} false"), "Prompt".to_owned(), "Privacy".to_owned()];
    if dialect.from_client.contains(Verb::PRP) {
        told.push("Property".to_owned());
    }
    let mut groups = String::new();
    if dialect.groups != Groups::None {
        groups = group_of(dialect).to_string();
        told.push(format!("group {groups} Other Contacts"));
    }
    if dialect.lists == ListForm::PerList {
        told.push(format!("listed {friend} 1 {groups}"));
        told.push(format!("listed {friend} 2 "));
        told.push(format!("listed {friend} 8 "));
        told.push("complete".to_owned());
    } else {
        told.push(format!("listed {friend} 11 {groups}"));
        told.push("complete".to_owned());
        told.push("ContactProperty".to_owned());
    }
    told
}

#[test]
fn every_version_signs_in_and_sees_who_is_there() {
    for dialect in Dialect::ALL {
        let mut world = both_online(dialect);
        let [alice, bob] = &mut world.people;
        alice.client.show(Status::Busy, Shown::default(), &mut alice.out).unwrap();
        bob.client.show(Status::Hidden, Shown::default(), &mut bob.out).unwrap();
        world.drive();
        let [alice, bob] = &mut world.people;
        let object = if dialect.object == ObjectForm::None { "" } else { " <msnobj/>" };
        assert_eq!(alice.news(), ["am BSY".to_owned(), format!("{} offline", NAMES[1])]);
        assert_eq!(bob.news(), [format!("{} Some body BSY{object}", NAMES[0]), "am HDN".to_owned()]);

        let published = Published {
            data: PersonalData { psm: Some("tea"), ..PersonalData::default() },
            ..Published::default()
        };
        let told = alice.client.tell(published, &mut alice.out);
        assert_eq!(told.is_ok(), dialect.personal_data.is_told());
        alice.client.sign_out(&mut alice.out);
        world.drive();
        let [alice, bob] = &mut world.people;
        if dialect.personal_data.is_told() {
            assert_eq!(alice.news(), ["done UUX"]);
            let places = usize::from(dialect.has_places);
            let says = format!("{} says tea, at {places} places", NAMES[0]);
            assert_eq!(bob.news(), [says, format!("{} offline", NAMES[0])]);
        } else {
            assert_eq!(bob.news(), [format!("{} offline", NAMES[0])]);
        }
        // Later versions close without a word.
        assert_eq!(alice.end, dialect.echoes_out.then_some(End::SignedOut(None)));
        assert!(world.double.has_ended(0));
    }
}

#[test]
fn every_version_chats() {
    for dialect in Dialect::ALL {
        let mut world = both_online(dialect);
        let alice = &mut world.people[0];
        alice.client.ask_switchboard(&mut alice.out).unwrap();
        world.drive();
        let alice = &mut world.people[0];
        assert_eq!(alice.news(), ["Switchboard", "entered"]);
        let chat = alice.chat.as_mut().unwrap();
        chat.client.call("carol@example.org", &mut chat.out).unwrap();
        chat.client.call(NAMES[1], &mut chat.out).unwrap();
        world.drive();
        let mut joined = vec!["joined bob@example.net false".to_owned()];
        let mut present = vec!["there is alice@example.com false".to_owned()];
        if dialect.has_places {
            joined.insert(0, "joined bob@example.net true".to_owned());
            present.insert(0, "there is alice@example.com true".to_owned());
        }
        let heard = world.people[0].news();
        assert!(heard[0].starts_with("Refused") && heard[0].contains("217"), "{heard:?}");
        assert_eq!(heard[1], "ringing");
        assert_eq!(heard[2..], joined);
        let heard = world.people[1].news();
        assert_eq!(heard[0], "rung by alice@example.com");
        assert_eq!(heard[1..=present.len()], present);
        assert_eq!(heard[1 + present.len()..], ["entered"]);

        for who in [0, 1] {
            let chat = world.people[who].chat.as_mut().unwrap();
            chat.client.say(Ack::Always, b"MIME-Version: 1.0\r\n\r\nhi", &mut chat.out).unwrap();
            let data = b"Content-Type: application/x-msnmsgrp2p\r\n\r\n\0";
            let sent = chat.client.say(Ack::Data, data, &mut chat.out);
            assert_eq!(sent.is_ok(), dialect.has_data_messages);
            world.drive();
            let expected = 1 + usize::from(dialect.has_data_messages);
            assert_eq!(world.people[who].news(), vec!["delivered"; expected]);
            let heard = world.people[1 - who].news();
            assert_eq!(heard.len(), expected);
            assert_eq!(heard[0], format!("{}: MIME-Version: 1.0\r\n\r\nhi", NAMES[who]));
        }

        let chat = world.people[1].chat.as_mut().unwrap();
        chat.client.leave(&mut chat.out);
        world.drive();
        let chat = world.people[0].chat.as_mut().unwrap();
        chat.client.say(Ack::Negative, b"\r\n\r\nstill there?", &mut chat.out).unwrap();
        world.drive();
        let mut left = vec!["left bob@example.net false", "not delivered"];
        if dialect.has_places {
            left.insert(0, "left bob@example.net true");
        }
        assert_eq!(world.people[0].news(), left);
    }
}

#[test]
fn every_version_edits_its_lists_as_it_can() {
    for dialect in Dialect::ALL {
        let mut world = both_online(dialect);
        let in_book = dialect.list_edits == ListEdits::AddressBook;
        let has_groups = matches!(dialect.groups, Groups::Numbered | Groups::Guid);
        let alice = &mut world.people[0];
        let (client, out) = (&mut alice.client, &mut alice.out);
        let carol = Contact { handle: "carol@example.org", guid: Some(CONTACT) };
        client.add(List::Forward, carol.handle, Some("Carol C"), out).unwrap();
        client.remove(List::Forward, carol, out).unwrap();
        client.remove(List::Allow, Contact { guid: None, ..carol }, out).unwrap();
        assert_eq!(client.rename_contact(carol, "C", out).is_ok(), !in_book);
        client.rename_self("Alice L", out).unwrap();
        let group = group_of(dialect);
        assert_eq!(client.add_group("Friends", out).is_ok(), has_groups);
        assert_eq!(client.add_to_group(carol, group, out).is_ok(), has_groups, "{}", dialect.version);
        assert_eq!(client.rename_group(group, "Pals", out).is_ok(), has_groups);
        assert_eq!(client.remove_group(group, out).is_ok(), has_groups);
        if has_groups {
            client.remove_from_group(carol, group, out).unwrap();
        }
        let needs_guid = dialect.list_edits == ListEdits::Adc;
        let nameless = client.remove(List::Forward, Contact { guid: None, ..carol }, &mut Vec::new());
        assert_eq!(nameless == Err(CantAsk::NoGuid(Verb::REM)), needs_guid);
        world.drive();
        let mut expected = match dialect.list_edits {
            ListEdits::Add => vec!["Added", "Removed", "Removed", "Renamed", "Renamed"],
            ListEdits::Adc => vec!["Added", "Removed", "Removed", "KeptProperty", "Property"],
            ListEdits::AddressBook => vec!["done ADL", "done RML", "done RML", "Property"],
        };
        if has_groups {
            expected.extend(["GroupAdded", "Added", "GroupRenamed", "GroupRemoved", "Removed"]);
        }
        assert_eq!(world.people[0].news(), expected, "{}", dialect.version);
    }
}

#[test]
fn lists_that_are_up_to_date_are_not_told_again() {
    for dialect in Dialect::ALL.iter().filter(|dialect| dialect.lists != ListForm::AddressBook) {
        let mut world = World::new(dialect);
        world.drive();
        let alice = &mut world.people[0];
        alice.news();
        let stamp = "2005-04-23T18:57:44.8130000-07:00";
        let by_time = dialect.list_version == msnp::dialect::ListVersion::Timestamps;
        let (had, version) = if by_time { ((stamp, stamp), stamp) } else { (("41", ""), "41") };
        alice.client.synchronize(Some(had), &mut alice.out).unwrap();
        world.drive();
        assert_eq!(world.people[0].news(), [format!("lists {version} true")]);
    }
}

#[test]
fn a_challenge_is_answered_rightly_where_there_are_any() {
    for dialect in Dialect::ALL {
        let mut world = both_online(dialect);
        world.double.challenge(0, world.now);
        world.drive();
        assert!(!world.double.has_ended(0));
        assert_eq!(world.people[0].news(), [] as [String; 0]);
        let has_any = dialect.challenge != Challenge::None;
        assert_eq!(world.double.proved(0), usize::from(has_any), "{}", dialect.version);
    }
}

#[test]
fn a_quiet_connection_is_kept_alive_and_a_dead_one_is_noticed() {
    for dialect in Dialect::ALL {
        let mut world = both_online(dialect);
        world.pass(Duration::from_secs(3600));
        for person in &world.people {
            assert_eq!(person.end, None);
            assert!(person.client.deadline() > world.now);
        }
        // Nobody answers from here on.
        world.people.iter_mut().for_each(|person| person.out.clear());
        let alice = &mut world.people[0];
        let (mut now, mut out) = (alice.client.deadline(), Vec::new());
        alice.client.expired(now, &mut out).unwrap();
        assert_eq!(out, b"PNG\r\n");
        assert!(alice.client.deadline() > now);
        now = alice.client.deadline();
        assert!(matches!(alice.client.expired(now, &mut out), Err(End::TimedOut(_))));
    }
}

#[test]
fn small_data_circles_and_other_networks_are_there_where_the_version_has_them() {
    for dialect in Dialect::ALL {
        let mut world = both_online(dialect);
        let has = |verb| dialect.from_client.contains(verb);
        let alice = &mut world.people[0];
        let (client, out) = (&mut alice.client, &mut alice.out);
        let data = client.send_data((NAMES[1], None), 3, b"INVITE", out);
        assert_eq!(data.is_ok(), has(Verb::UUN));
        let message = client.send_message((NAMES[1], 1), 1, b"\r\n\r\nlater", out);
        assert_eq!(message.is_ok(), has(Verb::UUM));
        assert_eq!(client.enter_circles(Secret("PD94bWw"), out).is_ok(), dialect.has_circles);
        assert_eq!(client.publish(b"Routing: 1.0\r\n\r\n", out).is_ok(), has(Verb::PUT));
        assert_eq!(client.sign_out_place(None, out).is_ok(), dialect.has_places);
        world.drive();
        let mut heard = Vec::new();
        heard.extend(has(Verb::UUN).then_some("Data"));
        heard.extend(has(Verb::UUM).then_some("Message"));
        assert_eq!(world.people[1].news(), heard);
        let told = world.people[0].news();
        assert_eq!(told.iter().any(|told| told == "AskedToLeave"), dialect.has_places);
        assert_eq!(told.iter().filter(|told| *told == "done USR").count(), usize::from(dialect.has_circles));
    }
}

//! Anything, in any order, with a network that hears only sometimes: in the end it knows exactly whom ours want to see.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use msnp::dialect::MSNP14;
use msnp::types::Status;
use msnpd::directory::Said;
use proptest::prelude::*;

use crate::stage::*;

#[derive(Clone, Copy, Debug)]
enum Event {
    /// A client comes in the place of the one before, and tells a status.
    Comes,
    /// It names this one of theirs, or no more.
    Names(usize),
    Drops(usize),
    /// This one is put into the address book, or taken out.
    Adds(usize),
    Deletes(usize),
    Leaves,
    /// The network hears from here on, or does not.
    Hears(bool),
    /// It has forgotten everything.
    Forgets,
    /// Time passes.
    Waits,
}

fn event() -> impl Strategy<Value = Event> {
    let who = 0_usize..3;
    prop_oneof![
        2 => Just(Event::Comes),
        4 => who.clone().prop_map(Event::Names),
        2 => who.clone().prop_map(Event::Drops),
        4 => who.clone().prop_map(Event::Adds),
        2 => who.prop_map(Event::Deletes),
        1 => Just(Event::Leaves),
        2 => any::<bool>().prop_map(Event::Hears),
        1 => Just(Event::Forgets),
        3 => Just(Event::Waits),
    ]
}

async fn play(events: Vec<Event>) -> Result<(), TestCaseError> {
    let yahoo = Fake::new("yahoo.com", Manner::AtOnce);
    let stage = Stage::with(&[&yahoo]).await;
    let theirs: Vec<String> = (0..3).map(|n| format!("user{n}@yahoo.com")).collect();
    let (mut named, mut in_book) = (BTreeSet::new(), BTreeSet::new());
    let mut place: Option<Player<'_>> = None;
    for event in &events {
        match *event {
            Event::Comes => {
                if let Some(former) = place.take() {
                    former.sign_out();
                }
                let player = stage.sign_in(stage.alice, &MSNP14).await;
                player.show(Status::Online, 1);
                place = Some(player);
                named.clear();
            }
            Event::Names(who) => {
                if let Some(place) = &place {
                    place.say_lists(&[&theirs[who]], 3, Said::Has, 2);
                    named.insert(who);
                }
            }
            Event::Drops(who) => {
                if let Some(place) = &place {
                    place.say_lists(&[&theirs[who]], 1, Said::HasNot, 3);
                    named.remove(&who);
                }
            }
            Event::Adds(who) => {
                if in_book.insert(who) {
                    stage.befriend(stage.alice, ALICE, &theirs[who..=who]).await;
                }
            }
            Event::Deletes(who) => {
                in_book.remove(&who);
                stage.drop_friends(stage.alice, ALICE, &theirs[who..=who]).await;
            }
            Event::Leaves => {
                if let Some(place) = place.take() {
                    place.sign_out();
                }
                named.clear();
            }
            Event::Hears(hears) => *yahoo.manner.lock() = if hears { Manner::AtOnce } else { Manner::Fails },
            Event::Forgets => {
                yahoo.watched.lock().clear();
                yahoo.gate().reset().unwrap();
            }
            Event::Waits => pass(Duration::from_secs(7)).await,
        }
    }
    *yahoo.manner.lock() = Manner::AtOnce;
    let expected: BTreeSet<_> =
        named.intersection(&in_book).map(|who| (email(ALICE), email(&theirs[*who]))).collect();
    // Of whom it may speak is the same as whom it believes that ours want to see.
    let knows = || {
        let is_taken = |who: &&String| yahoo.gate().show(&email(who), &email(ALICE), online("x")).is_ok();
        let taken = theirs.iter().filter(is_taken).map(|who| (email(ALICE), email(who)));
        (yahoo.watched.lock().clone(), taken.collect::<BTreeSet<_>>())
    };
    let expected = (expected.clone(), expected);
    // By the clock on the wall, since the store takes as long as it does.
    let began = Instant::now();
    while knows() != expected && began.elapsed() < Duration::from_secs(10) {
        pass(Duration::from_secs(1)).await;
    }
    prop_assert_eq!(knows(), expected);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn in_the_end_a_network_knows_whom_ours_want_to_see(events in prop::collection::vec(event(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(events))?;
    }
}

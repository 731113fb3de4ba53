//! Whatever people do with circles, what must hold of them holds.

use std::collections::BTreeMap;

use msnp::types::{CircleId, Guid};
use msnpd::account::AccountId;
use msnpd::store::{Circle, CircleError, CircleMember, CircleRole, CircleState, OwnCircle, Store};
use proptest::prelude::*;
use proptest::test_runner::Config;

use super::{add, email};

const NAMES: [&str; 4] = ["ann", "ben", "cat", "dan"];

#[derive(Clone, Debug)]
enum Edit {
    Answer(bool),
    Create,
    Expel(usize),
    Invite(usize, CircleRole),
    Leave,
    Name(usize),
    Rename(u8),
    Role(usize, CircleRole),
}

fn edit() -> impl Strategy<Value = Edit> {
    let role =
        || prop::sample::select(&[CircleRole::Admin, CircleRole::AssistantAdmin, CircleRole::Member][..]);
    prop_oneof![
        4 => any::<bool>().prop_map(Edit::Answer),
        1 => Just(Edit::Create),
        2 => (0..4_usize).prop_map(Edit::Expel),
        5 => (0..4_usize, role()).prop_map(|(who, role)| Edit::Invite(who, role)),
        2 => Just(Edit::Leave),
        1 => (0..4_usize).prop_map(Edit::Name),
        1 => (0..3_u8).prop_map(Edit::Rename),
        2 => (0..4_usize, role()).prop_map(|(who, role)| Edit::Role(who, role)),
    ]
}

/// A client's copy of its user's circles, which asks for changes alone.
#[derive(Default)]
struct OwnCopy {
    since: u64,
    circles: BTreeMap<CircleId, OwnCircle>,
}

impl OwnCopy {
    async fn catch_up(&mut self, store: &Store, who: AccountId) {
        let book = store.book(who, Some(self.since)).await.unwrap().unwrap();
        assert!(book.deltas_from <= self.since.max(1));
        for gone in &book.deleted_entries {
            self.circles.remove(&CircleId::of_guid(gone.guid).unwrap());
        }
        self.circles.extend(book.circles.into_iter().map(|circle| (circle.id, circle)));
        self.since = book.revision;
        let all = store.circles_of(who).await.unwrap();
        assert_eq!(self.circles.values().cloned().collect::<Vec<_>>(), all);
    }
}

/// A client's copy of a circle's book.
#[derive(Default)]
struct Copy {
    since: u64,
    members: BTreeMap<Guid, CircleMember>,
}

impl Copy {
    fn catch_up(&mut self, circle: &Circle) {
        let is_new = |member: &&CircleMember| member.revision > self.since;
        for gone in circle.gone.iter().filter(is_new) {
            self.members.remove(&gone.guid);
        }
        let new: Vec<_> = circle.members.iter().filter(is_new).cloned().collect();
        self.members.extend(new.into_iter().map(|member| (member.guid, member)));
        self.since = circle.revision;
        let mut all: Vec<_> = self.members.values().cloned().collect();
        all.sort_by_key(|member| member.account);
        assert_eq!(all, circle.members);
    }
}

/// What everybody has of everything.
async fn state(store: &Store, people: &[AccountId]) -> Vec<(u64, Vec<OwnCircle>)> {
    let mut all = Vec::new();
    for who in people {
        let revision = store.brief(*who).await.unwrap().unwrap().revision;
        all.push((revision, store.circles_of(*who).await.unwrap()));
    }
    all
}

async fn run(edits: Vec<(usize, Edit)>) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let mut people = Vec::new();
    for name in NAMES {
        people.push(add(&store, name).await);
    }
    let mut circle = store.create_circle(people[0], "Circle".to_owned()).await.unwrap().circle;
    let (mut copy, mut own): (Copy, Vec<OwnCopy>) =
        (Copy::default(), people.iter().map(|_| OwnCopy::default()).collect());
    for (by, edit) in edits {
        let by = people[by];
        let before = state(&store, &people).await;
        let was = store.circle(circle).await.unwrap();
        let guid = |n: usize| {
            let all = was.iter().flat_map(|circle| circle.members.iter().chain(&circle.gone));
            all.into_iter().find(|member| member.account == people[n]).map_or(Guid([9; 16]), |m| m.guid)
        };
        let done = match edit.clone() {
            Edit::Answer(accepts) => store.answer_circle(by, circle, accepts).await,
            // One at a time.
            Edit::Create if was.is_some() => continue,
            Edit::Create => store.create_circle(by, "Circle".to_owned()).await,
            Edit::Expel(who) => store.expel_from_circle(by, circle, guid(who)).await,
            Edit::Invite(who, role) => match store.name_for_circle(by, circle, email(NAMES[who])).await {
                Ok((_, guid)) => store.invite_to_circle(by, circle, guid, role, None).await,
                Err(error) => Err(error),
            },
            Edit::Leave => store.leave_circle(by, circle).await,
            Edit::Name(who) => match store.name_for_circle(by, circle, email(NAMES[who])).await {
                Ok(_) => continue,
                Err(error) => Err(error),
            },
            Edit::Rename(n) => store.rename_circle(by, circle, format!("Circle {n}")).await,
            Edit::Role(who, role) => store.set_circle_role(by, circle, guid(who), role).await,
        };
        let after = state(&store, &people).await;
        match done {
            Err(error) => {
                assert!(!matches!(error, CircleError::Store(_)), "{edit:?}: {error}");
                assert_eq!((before, was), (after, store.circle(circle).await.unwrap()), "{edit:?}");
            }
            Ok(edited) => {
                if edited.circle != circle {
                    (circle, copy) = (edited.circle, Copy::default());
                }
                // Everybody whose book is another knows it by a new revision, and nobody else has one.
                for ((who, before), after) in people.iter().zip(before).zip(after) {
                    match edited.concerned.iter().find(|(concerned, _)| concerned == who) {
                        Some((_, revision)) => {
                            assert_eq!((*revision, before.0 + 1), (after.0, after.0), "{edit:?}");
                        }
                        None => assert_eq!(before, after, "{edit:?}"),
                    }
                }
                let now = store.circle(circle).await.unwrap();
                assert_eq!(edited.is_over, now.is_none());
            }
        }
        if let Some(now) = store.circle(circle).await.unwrap() {
            assert!(now.accepted().any(|member| member.role == CircleRole::Admin), "{edit:?}: {now:?}");
            for (who, person) in people.iter().zip(&own) {
                let shown = store.circles_of(*who).await.unwrap();
                let state = now.member(*who).map(|member| member.state);
                assert_eq!(shown.first().map(|own| own.state), state, "{edit:?} {}", person.since);
                assert!(now.has(*who) == (state == Some(CircleState::Accepted)));
            }
            copy.catch_up(&now);
        }
        for (who, own) in people.iter().zip(&mut own) {
            own.catch_up(&store, *who).await;
        }
    }
}

proptest! {
    #![proptest_config(Config { cases: 24, failure_persistence: None, ..Config::default() })]

    #[test]
    fn circles_stay_whole(edits in prop::collection::vec((0..4_usize, edit()), 1..60)) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(edits));
    }
}

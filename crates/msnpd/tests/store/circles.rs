//! Circles: who gets in, who may do what, and what is left of one.

use msnp::types::{CircleId, Guid, List, Privacy};
use msnpd::account::AccountId;
use msnpd::store::{
    Circle, CircleChange, CircleEdited, CircleError, CircleRole, CircleState, MAX_CIRCLE_INVITATIONS,
    MAX_CIRCLE_NAME, MAX_CIRCLES, MAX_INVITATIONS, Store,
};

use super::{Bench, LIMITS, add, email};

use CircleRole::{Admin, AssistantAdmin, Member};
use CircleState::{Accepted, Declined, Invited, Left};

impl Bench {
    async fn make(&self, name: &str) -> CircleId {
        self.store.create_circle(self.alice, name.to_owned()).await.unwrap().circle
    }

    async fn read(&self, circle: CircleId) -> Circle {
        self.store.circle(circle).await.unwrap().unwrap()
    }

    async fn guid(&self, circle: CircleId, who: AccountId) -> Guid {
        let circle = self.read(circle).await;
        circle.members.iter().chain(&circle.gone).find(|member| member.account == who).unwrap().guid
    }

    async fn invite(&self, circle: CircleId, name: &str) -> Result<CircleEdited, CircleError> {
        invite(&self.store, self.alice, circle, name, Member).await
    }

    /// Somebody is in it.
    async fn join(&self, circle: CircleId, who: AccountId, name: &str) -> CircleEdited {
        self.invite(circle, name).await.unwrap();
        self.store.answer_circle(who, circle, true).await.unwrap()
    }

    /// How everybody stands to it, by account.
    async fn states(&self, circle: CircleId) -> Vec<(AccountId, CircleRole, CircleState)> {
        let circle = self.read(circle).await;
        let mut all: Vec<_> =
            circle.members.iter().chain(&circle.gone).map(|m| (m.account, m.role, m.state)).collect();
        all.sort_by_key(|(account, ..)| *account);
        all
    }

    /// The circles in somebody's book.
    async fn own(&self, who: AccountId) -> Vec<(CircleId, CircleState)> {
        let own = self.store.circles_of(who).await.unwrap();
        own.into_iter().map(|circle| (circle.id, circle.state)).collect()
    }

    /// What has changed in somebody's book: circles that are there, and what is gone.
    async fn changes(&self, who: AccountId, since: u64) -> (Vec<CircleId>, Vec<Guid>) {
        let book = self.store.book(who, Some(since)).await.unwrap().unwrap();
        assert!(book.deltas_from <= since && book.me.is_none() && book.entries.is_empty());
        (
            book.circles.into_iter().map(|circle| circle.id).collect(),
            book.deleted_entries.into_iter().map(|gone| gone.guid).collect(),
        )
    }
}

async fn invite(
    store: &Store,
    by: AccountId,
    circle: CircleId,
    name: &str,
    role: CircleRole,
) -> Result<CircleEdited, CircleError> {
    let (_, guid) = store.name_for_circle(by, circle, email(name)).await?;
    store.invite_to_circle(by, circle, guid, role, Some("Join us".to_owned())).await
}

/// Whom an edit concerns.
fn whom(edited: &CircleEdited) -> Vec<AccountId> {
    edited.concerned.iter().map(|(account, _)| *account).collect()
}

#[tokio::test]
async fn a_circle_is_made_joined_and_left() {
    let b = Bench::new().await;
    let made = b.store.create_circle(b.alice, "Book club".to_owned()).await.unwrap();
    let circle = made.circle;
    assert_eq!((made.what, made.by, made.is_over), (CircleChange::Created, b.alice, false));
    assert_eq!(made.concerned, [(b.alice, b.revision(b.alice).await)]);
    assert_eq!(b.states(circle).await, [(b.alice, Admin, Accepted)]);

    // Named, he sees nothing of it, and nobody sees him.
    let (who, guid) = b.store.name_for_circle(b.alice, circle, email("bob")).await.unwrap();
    assert_eq!(who, b.bob);
    assert_eq!(b.store.name_for_circle(b.alice, circle, email("bob")).await.unwrap(), (who, guid));
    assert_eq!((b.states(circle).await.len(), b.own(b.bob).await.len()), (1, 0));
    assert!(matches!(b.store.answer_circle(b.bob, circle, true).await, Err(CircleError::NoSuchCircle)));

    let since = (b.revision(b.alice).await, b.revision(b.bob).await);
    let invited = b.invite(circle, "bob").await.unwrap();
    assert_eq!((invited.what, whom(&invited)), (CircleChange::Invited(b.bob), vec![b.alice, b.bob]));
    let [own] = &b.store.circles_of(b.bob).await.unwrap()[..] else { panic!() };
    assert_eq!((own.id, own.state, own.role, own.name.as_str()), (circle, Invited, Member, "Book club"));
    assert_eq!(own.message.as_deref(), Some("Join us"));
    assert_eq!(own.inviter.as_ref().map(|inviter| inviter.account), Some(b.alice));
    // Once more changes nothing.
    let guid = b.guid(circle, b.bob).await;
    let again = b.store.invite_to_circle(b.alice, circle, guid, Member, None).await.unwrap();
    assert_eq!((again.what, whom(&again)), (CircleChange::Nothing, vec![]));
    assert!(matches!(
        b.store.name_for_circle(b.alice, circle, email("bob")).await,
        Err(CircleError::AlreadyThere(there)) if there == guid
    ));

    let joined = b.store.answer_circle(b.bob, circle, true).await.unwrap();
    assert_eq!((joined.what, whom(&joined)), (CircleChange::Joined(b.bob), vec![b.alice, b.bob]));
    assert_eq!(b.states(circle).await, [(b.alice, Admin, Accepted), (b.bob, Member, Accepted)]);
    assert!(matches!(
        b.store.answer_circle(b.bob, circle, false).await,
        Err(CircleError::AlreadyThere(there)) if there == guid
    ));
    assert!(b.read(circle).await.has(b.bob) && !b.read(circle).await.has(b.carol));
    assert_eq!(b.changes(b.alice, since.0).await, (vec![circle], vec![]));
    assert_eq!(b.changes(b.bob, since.1).await, (vec![circle], vec![]));

    let since = b.revision(b.bob).await;
    let before = b.read(circle).await.revision;
    let left = b.store.leave_circle(b.bob, circle).await.unwrap();
    assert_eq!(left.what, CircleChange::Left { who: b.bob, was_in: true, heir: None });
    assert_eq!(whom(&left), [b.alice, b.bob]);
    assert_eq!(b.own(b.bob).await, []);
    assert_eq!(b.changes(b.bob, since).await, (vec![], vec![circle.guid()]));
    let now = b.read(circle).await;
    assert_eq!((now.members.len(), now.gone[0].account, now.gone[0].revision > before), (1, b.bob, true));

    // Leaving twice, nothing changes.
    let revisions = (b.revision(b.alice).await, b.revision(b.bob).await, now);
    assert!(matches!(b.store.leave_circle(b.bob, circle).await, Err(CircleError::NoSuchCircle)));
    assert_eq!((b.revision(b.alice).await, b.revision(b.bob).await, b.read(circle).await), revisions);

    // Back again, he is no more among those who are gone.
    b.join(circle, b.bob, "bob").await;
    assert_eq!(b.changes(b.bob, since).await, (vec![circle], vec![]));
    assert_eq!(b.guid(circle, b.bob).await, guid);
    // With the last one it ends.
    b.store.leave_circle(b.bob, circle).await.unwrap();
    let over = b.store.leave_circle(b.alice, circle).await.unwrap();
    assert!(over.is_over && b.store.circle(circle).await.unwrap().is_none());
    assert!(b.own(b.alice).await.is_empty());
}

#[tokio::test]
async fn an_invitation_is_declined_taken_back_or_dies_with_the_circle() {
    let b = Bench::new().await;
    let circle = b.make("Book club").await;
    b.invite(circle, "bob").await.unwrap();
    let declined = b.store.answer_circle(b.bob, circle, false).await.unwrap();
    assert_eq!((declined.what, whom(&declined)), (CircleChange::Declined(b.bob), vec![b.alice, b.bob]));
    assert_eq!(b.states(circle).await[1], (b.bob, Member, Declined));
    for accepts in [true, false] {
        assert!(matches!(
            b.store.answer_circle(b.bob, circle, accepts).await,
            Err(CircleError::NoSuchCircle)
        ));
    }
    // Asked again he may want to.
    b.join(circle, b.bob, "bob").await;

    b.invite(circle, "carol").await.unwrap();
    let since = b.revision(b.carol).await;
    let guid = b.guid(circle, b.carol).await;
    let back = b.store.expel_from_circle(b.alice, circle, guid).await.unwrap();
    assert_eq!(back.what, CircleChange::Left { who: b.carol, was_in: false, heir: None });
    assert_eq!(b.changes(b.carol, since).await, (vec![], vec![circle.guid()]));
    assert!(matches!(b.store.answer_circle(b.carol, circle, true).await, Err(CircleError::NoSuchCircle)));
    assert!(matches!(b.store.expel_from_circle(b.alice, circle, guid).await, Err(CircleError::NoSuchMember)));

    b.invite(circle, "carol").await.unwrap();
    let since = b.revision(b.carol).await;
    b.store.leave_circle(b.bob, circle).await.unwrap();
    let over = b.store.leave_circle(b.alice, circle).await.unwrap();
    assert_eq!((over.is_over, whom(&over)), (true, vec![b.alice, b.carol]));
    assert_eq!(b.changes(b.carol, since).await, (vec![], vec![circle.guid()]));
    assert!(matches!(b.store.answer_circle(b.carol, circle, true).await, Err(CircleError::NoSuchCircle)));
}

#[tokio::test]
async fn roles_say_who_may_do_what() {
    let b = Bench::new().await;
    let dave = add(&b.store, "dave").await;
    let circle = b.make("Book club").await;
    for (who, name) in [(b.bob, "bob"), (b.carol, "carol")] {
        b.join(circle, who, name).await;
    }
    let (alice, bob, carol) =
        (b.guid(circle, b.alice).await, b.guid(circle, b.bob).await, b.guid(circle, b.carol).await);
    let refused = |result: Result<CircleEdited, CircleError>| matches!(result, Err(CircleError::NotAllowed));
    // A member is there, and no more.
    assert!(refused(invite(&b.store, b.bob, circle, "dave", Member).await));
    assert!(refused(b.store.expel_from_circle(b.bob, circle, carol).await));
    assert!(refused(b.store.set_circle_role(b.bob, circle, bob, Admin).await));
    assert!(refused(b.store.rename_circle(b.bob, circle, "Mine".to_owned()).await));

    let raised = b.store.set_circle_role(b.alice, circle, bob, AssistantAdmin).await.unwrap();
    assert_eq!((raised.what, whom(&raised).len()), (CircleChange::Role(b.bob, AssistantAdmin), 3));
    let same = b.store.set_circle_role(b.alice, circle, bob, AssistantAdmin).await.unwrap();
    assert_eq!(same.what, CircleChange::Nothing);
    // An assistant invites members, and removes them.
    assert!(refused(invite(&b.store, b.bob, circle, "dave", AssistantAdmin).await));
    invite(&b.store, b.bob, circle, "dave", Member).await.unwrap();
    assert!(refused(b.store.expel_from_circle(b.bob, circle, alice).await));
    assert!(refused(b.store.set_circle_role(b.bob, circle, carol, AssistantAdmin).await));
    let out = b.store.expel_from_circle(b.bob, circle, carol).await.unwrap();
    assert_eq!((out.by, whom(&out)), (b.bob, vec![b.alice, b.bob, b.carol]));
    assert_eq!(b.states(circle).await[2], (b.carol, Member, Left));

    let renamed = b.store.rename_circle(b.bob, circle, "Readers".to_owned()).await.unwrap();
    assert_eq!((renamed.what, renamed.name.as_str()), (CircleChange::Renamed, "Readers"));
    assert_eq!(whom(&renamed), [b.alice, b.bob, dave]);
    // The last admin stays, but there may be two.
    assert!(matches!(
        b.store.set_circle_role(b.alice, circle, alice, Member).await,
        Err(CircleError::LastAdmin)
    ));
    b.store.set_circle_role(b.alice, circle, bob, Admin).await.unwrap();
    b.store.set_circle_role(b.bob, circle, alice, Member).await.unwrap();
    assert!(refused(b.store.set_circle_role(b.alice, circle, alice, Admin).await));
    // Nobody is given a role who is not there, and nobody asks who is not.
    let dave_guid = b.guid(circle, dave).await;
    for who in [dave_guid, carol, Guid([7; 16])] {
        let result = b.store.set_circle_role(b.bob, circle, who, Admin).await;
        assert!(matches!(result, Err(CircleError::NoSuchMember)));
    }
    for stranger in [b.carol, dave] {
        assert!(matches!(
            b.store.expel_from_circle(stranger, circle, alice).await,
            Err(CircleError::NoSuchCircle)
        ));
        assert!(matches!(
            b.store.name_for_circle(stranger, circle, email("carol")).await,
            Err(CircleError::NoSuchCircle)
        ));
        assert!(matches!(
            b.store.rename_circle(stranger, circle, "Mine".to_owned()).await,
            Err(CircleError::NoSuchCircle)
        ));
    }
    let nowhere = CircleId::new(5).unwrap();
    assert!(matches!(b.store.leave_circle(b.alice, nowhere).await, Err(CircleError::NoSuchCircle)));
}

#[tokio::test]
async fn the_last_admin_leaves_a_circle_to_somebody() {
    let b = Bench::new().await;
    let dave = add(&b.store, "dave").await;
    let circle = b.make("Book club").await;
    for (who, name) in [(dave, "dave"), (b.bob, "bob"), (b.carol, "carol")] {
        b.join(circle, who, name).await;
    }
    let carol = b.guid(circle, b.carol).await;
    b.store.set_circle_role(b.alice, circle, carol, AssistantAdmin).await.unwrap();
    // First who has a role.
    let left = b.store.leave_circle(b.alice, circle).await.unwrap();
    assert_eq!(left.what, CircleChange::Left { who: b.alice, was_in: true, heir: Some(b.carol) });
    // Then who was there first.
    let left = b.store.leave_circle(b.carol, circle).await.unwrap();
    assert_eq!(left.what, CircleChange::Left { who: b.carol, was_in: true, heir: Some(dave) });
    assert_eq!(b.states(circle).await[3], (dave, Admin, Accepted));
    // An admin may remove himself as well, and one of two leaves without an heir.
    let bob = b.guid(circle, b.bob).await;
    b.store.set_circle_role(dave, circle, bob, Admin).await.unwrap();
    let out = b.store.expel_from_circle(b.bob, circle, bob).await.unwrap();
    assert_eq!(out.what, CircleChange::Left { who: b.bob, was_in: true, heir: None });
}

/// Whoever blocks somebody, or lets nobody near whom he does not know, is not bothered, and that can't be told.
#[tokio::test]
async fn who_blocks_is_invited_unseen() {
    let b = Bench::new().await;
    let circle = b.make("Book club").await;
    b.store.add_to_list(b.bob, List::Block, &email("alice"), false, LIMITS).await.unwrap();
    b.store.set_privacy(b.carol, Privacy::BlockOthers).await.unwrap();
    let before = (b.revision(b.bob).await, b.revision(b.carol).await);
    for (who, name) in [(b.bob, "bob"), (b.carol, "carol")] {
        let invited = b.invite(circle, name).await.unwrap();
        assert_eq!((invited.what, whom(&invited)), (CircleChange::Invited(who), vec![b.alice]));
        assert!(matches!(b.store.answer_circle(who, circle, true).await, Err(CircleError::NoSuchCircle)));
        assert!(matches!(b.store.leave_circle(who, circle).await, Err(CircleError::NoSuchCircle)));
        assert!(b.own(who).await.is_empty());
    }
    assert_eq!((b.revision(b.bob).await, b.revision(b.carol).await), before);
    assert_eq!(b.states(circle).await[1..], [(b.bob, Member, Invited), (b.carol, Member, Invited)]);
    // Taken back, that too is not told.
    let guid = b.guid(circle, b.bob).await;
    assert_eq!(whom(&b.store.expel_from_circle(b.alice, circle, guid).await.unwrap()), [b.alice]);
    assert_eq!(whom(&b.store.leave_circle(b.alice, circle).await.unwrap()), [b.alice]);
}

#[tokio::test]
async fn there_is_an_end_to_everything() {
    let b = Bench::new().await;
    for name in ["", "  ", &"x".repeat(MAX_CIRCLE_NAME + 1)] {
        let refused = b.store.create_circle(b.alice, name.to_owned()).await;
        assert!(matches!(refused, Err(CircleError::TooLong(_))));
    }
    let mut circles = Vec::new();
    for n in 0..MAX_CIRCLES {
        circles.push(b.make(&format!("Circle {n}")).await);
    }
    let full = b.store.create_circle(b.alice, "One more".to_owned()).await;
    assert!(matches!(full, Err(CircleError::TooMany("circles"))));
    // Nor by an invitation.
    let theirs = b.store.create_circle(b.bob, "Bob's".to_owned()).await.unwrap().circle;
    invite(&b.store, b.bob, theirs, "alice", Member).await.unwrap();
    let full = b.store.answer_circle(b.alice, theirs, true).await;
    assert!(matches!(full, Err(CircleError::TooMany("circles"))));
    b.store.leave_circle(b.alice, circles[1]).await.unwrap();
    b.store.answer_circle(b.alice, theirs, true).await.unwrap();

    // Of a circle.
    let unknown = b.invite(circles[0], "nobody").await;
    assert!(matches!(unknown, Err(CircleError::NotAUser)));
    let mut guids = Vec::new();
    for n in 0..MAX_CIRCLE_INVITATIONS {
        let name = format!("user{n}");
        add(&b.store, &name).await;
        b.invite(circles[0], &name).await.unwrap();
        let circle = b.read(circles[0]).await;
        guids.push(circle.members.iter().find(|member| member.email == email(&name)).unwrap().guid);
    }
    let full = b.invite(circles[0], "carol").await;
    assert!(matches!(full, Err(CircleError::TooMany("invitations to the circle"))));
    b.store.expel_from_circle(b.alice, circles[0], guids[0]).await.unwrap();
    b.invite(circles[0], "carol").await.unwrap();
    // Who is gone is forgotten in the end, and then nobody is told of changes who does not know that.
    for guid in &guids[1..] {
        b.store.expel_from_circle(b.alice, circles[0], *guid).await.unwrap();
    }
    let circle = b.read(circles[0]).await;
    assert_eq!((circle.gone.len(), circle.deltas_from), (100, 1));
    let carol = b.guid(circles[0], b.carol).await;
    b.store.expel_from_circle(b.alice, circles[0], carol).await.unwrap();
    let after = b.read(circles[0]).await;
    assert_eq!(after.gone.len(), 100);
    assert_eq!(after.deltas_from, circle.gone.iter().map(|gone| gone.revision).min().unwrap());

    // Of somebody.
    let mut refused = None;
    for n in 0..=MAX_INVITATIONS {
        let owner = add(&b.store, &format!("owner{n}")).await;
        let circle = b.store.create_circle(owner, "One of many".to_owned()).await.unwrap().circle;
        refused = invite(&b.store, owner, circle, "carol", Member).await.err();
    }
    assert!(matches!(refused, Some(CircleError::TooMany("invitations that he has not answered"))));
    assert_eq!(b.own(b.carol).await.len(), MAX_INVITATIONS);
    let long = "x".repeat(5000);
    let (_, guid) = b.store.name_for_circle(b.alice, circles[0], email("bob")).await.unwrap();
    let refused = b.store.invite_to_circle(b.alice, circles[0], guid, Member, Some(long)).await;
    assert!(matches!(refused, Err(CircleError::TooLong("InviteMessage"))));
}

#[tokio::test]
async fn an_account_that_goes_takes_its_place_with_it() {
    let b = Bench::new().await;
    let (shared, alone) = (b.make("Shared").await, b.make("Alone").await);
    b.join(shared, b.bob, "bob").await;
    b.invite(alone, "carol").await.unwrap();
    b.store.rename_account(b.bob, &email("robert")).await.unwrap();
    let circle = b.read(shared).await;
    let robert = circle.member(b.bob).unwrap();
    assert_eq!((robert.email.clone(), robert.revision), (email("robert"), circle.revision));
    let since = (b.revision(b.bob).await, b.revision(b.carol).await);
    b.store.remove_account(b.alice).await.unwrap();
    assert_eq!(b.states(shared).await, [(b.bob, Admin, Accepted)]);
    let circle = b.read(shared).await;
    assert_eq!(circle.deltas_from, circle.revision);
    assert!(b.store.circle(alone).await.unwrap().is_none());
    assert_eq!(b.changes(b.bob, since.0).await, (vec![shared], vec![]));
    assert_eq!(b.changes(b.carol, since.1).await, (vec![], vec![alone.guid()]));
    let told = b.store.events_since(0).await.unwrap();
    let lists: Vec<_> = told
        .iter()
        .filter(|event| event.kind == msnpd::store::EventKind::Lists)
        .map(|event| event.account)
        .collect();
    assert_eq!(lists, [b.bob, b.carol]);
}

/// What has been stored is there after a restart.
#[tokio::test]
async fn circles_outlive_a_restart() {
    let b = Bench::new().await;
    let circle = b.make("Book club").await;
    b.join(circle, b.bob, "bob").await;
    let before = b.read(circle).await;
    b.store.close().await;
    let store = Store::open(b.path()).await.unwrap();
    assert_eq!(store.circle(circle).await.unwrap(), Some(before));
}

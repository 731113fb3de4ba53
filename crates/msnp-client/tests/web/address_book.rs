//! The address book, from end to end.

use msnp::soap::abch::types::{Annotation, Contact, ContactInfo, ContactType, Role, Whom};
use msnp::soap::abch::{AbGroupAdd, AddressBook as Book, ErrorCode, Memberships, Request, Timestamp};
use msnp::types::Guid;
use msnp_client::web::{AddressBook, Error, Generation, Invitation};

use crate::support::{ALICE, BOB, Bench, CAROL};

fn others(book: &Book) -> Vec<&Contact> {
    book.contacts.iter().filter(|contact| contact.info.contact_type != Some(ContactType::Me)).collect()
}

fn on(lists: &Memberships, role: &Role) -> Vec<Whom> {
    let lists = lists.services[0].memberships.iter().filter(|list| list.role == *role);
    let members = lists.flat_map(|list| &list.members).filter(|member| !member.deleted);
    let whom = |member: &msnp::soap::abch::types::Listed| match &member.kind {
        msnp::soap::abch::types::MemberKind::Passport { address, .. } => Whom::Passport(address.clone()),
        other => panic!("{other:?}"),
    };
    members.map(whom).collect()
}

fn refused(error: Error) -> ErrorCode {
    match error {
        Error::AddressBook(refusal) => refusal.error.unwrap(),
        other => panic!("{other:?}"),
    }
}

async fn is_a_round_trip(book: &AddressBook, theirs: &AddressBook) {
    let bob = Whom::Passport(BOB.to_owned());
    let first = book.contacts(None).await.unwrap();
    assert_eq!(others(&first).len(), 0);
    let before: Timestamp = first.ab.unwrap().last_change;

    let invitation = Invitation { name: "Alice <3", message: "It's me & nobody else" };
    let id = book.add_contact(BOB, &invitation).await.unwrap();
    // Once more is no other contact.
    assert_eq!(book.add_contact(BOB, &invitation).await.unwrap(), id);
    let error = book.add_contact("nobody@example.com", &invitation).await.unwrap_err();
    assert_eq!(refused(error), ErrorCode::InvalidPassportUser);
    // He is told who it was, and what was said.
    let pending = theirs.lists(None).await.unwrap();
    assert_eq!(on(&pending, &Role::Pending), [Whom::Passport(ALICE.to_owned())]);
    let list = pending.services[0].memberships.iter().find(|list| list.role == Role::Pending).unwrap();
    let said = Annotation::find(&list.members[0].annotations, Annotation::INVITE_MESSAGE);
    assert_eq!(said, Some("It's me & nobody else"));
    // What she is called, the server knows better.
    assert_eq!(list.members[0].display_name.as_deref(), Some(ALICE));

    let group = book.add_group("Friends & family").await.unwrap();
    assert_eq!(refused(book.add_group("friends & Family").await.unwrap_err()), ErrorCode::GroupAlreadyExists);
    book.add_to_group(group, id).await.unwrap();
    book.rename_group(group, "Bücher").await.unwrap();
    let info = ContactInfo {
        annotations: vec![Annotation::new(Annotation::NICK_NAME, "Bobby")],
        comment: Some("<likes> XML".to_owned()),
        ..ContactInfo::default()
    };
    book.update_contact(id, info).await.unwrap();
    let me = ContactInfo {
        display_name: Some("Alice A.".to_owned()),
        annotations: vec![Annotation::new(Annotation::PRIVACY, "2")],
        ..ContactInfo::default()
    };
    book.update_me(me).await.unwrap();

    let all = book.contacts(None).await.unwrap();
    let contacts = others(&all);
    assert_eq!(contacts.iter().map(|contact| contact.id).collect::<Vec<_>>(), [id]);
    let info = &contacts[0].info;
    assert_eq!((info.passport_name.as_deref(), info.is_messenger_user), (Some(BOB), Some(true)));
    assert_eq!(Annotation::find(&info.annotations, Annotation::NICK_NAME), Some("Bobby"));
    assert_eq!(info.comment.as_deref(), Some("<likes> XML"));
    assert_eq!(info.group_ids, [group]);
    let me = all.contacts.iter().find(|contact| contact.info.contact_type == Some(ContactType::Me)).unwrap();
    assert_eq!(me.info.display_name.as_deref(), Some("Alice A."));
    assert_eq!(Annotation::find(&me.info.annotations, Annotation::PRIVACY), Some("2"));
    let groups = all.groups.as_ref().unwrap();
    assert_eq!((groups[0].id, groups[0].info.name.as_deref()), (group, Some("Bücher")));
    // The same as what has changed.
    let changes = book.contacts(Some(before)).await.unwrap();
    assert_eq!(others(&changes).len(), 1);
    let now = changes.ab.unwrap().last_change;
    assert!(now > before);
    assert_eq!(others(&book.contacts(Some(now)).await.unwrap()).len(), 0);

    assert_eq!(on(&book.lists(None).await.unwrap(), &Role::Allow), std::slice::from_ref(&bob));
    book.block(bob.clone()).await.unwrap();
    book.block(bob.clone()).await.unwrap();
    let lists = book.lists(None).await.unwrap();
    assert_eq!((on(&lists, &Role::Allow), on(&lists, &Role::Block)), (Vec::new(), vec![bob.clone()]));
    book.unblock(bob.clone()).await.unwrap();
    let lists = book.lists(None).await.unwrap();
    assert_eq!((on(&lists, &Role::Allow), on(&lists, &Role::Block)), (vec![bob.clone()], Vec::new()));
    book.add_member(Role::Allow, Whom::Passport(CAROL.to_owned())).await.unwrap();
    book.delete_member(Role::Allow, Whom::Passport(CAROL.to_owned())).await.unwrap();
    book.delete_member(Role::Allow, Whom::Passport(CAROL.to_owned())).await.unwrap();

    book.remove_from_group(group, id).await.unwrap();
    book.delete_contact(id).await.unwrap();
    book.delete_contact(id).await.unwrap();
    book.delete_group(group).await.unwrap();
    book.delete_group(group).await.unwrap();
    let all = book.contacts(None).await.unwrap();
    assert_eq!((others(&all).len(), all.groups.unwrap().len()), (0, 0));
    let gone = book.contacts(Some(now)).await.unwrap();
    assert!(others(&gone).iter().all(|contact| contact.deleted && contact.id == id));
    assert_eq!(others(&gone).len(), 1);
    book.announce_profile().await.unwrap();
}

#[tokio::test]
async fn a_book_is_kept_as_clients_of_2005_keep_it() {
    let bench = Bench::new().await;
    let book = bench.book(ALICE, Generation::Before2009).await;
    is_a_round_trip(&book, &bench.book(BOB, Generation::Before2009).await).await;
    bench.running.stop().await;
}

#[tokio::test]
async fn a_book_is_kept_as_clients_of_2009_keep_it() {
    let bench = Bench::new().await;
    let book = bench.book(ALICE, Generation::From2009).await;
    is_a_round_trip(&book, &bench.book(BOB, Generation::From2009).await).await;
    bench.running.stop().await;
}

#[tokio::test]
async fn changes_since_a_time_that_nobody_knows_are_not_told() {
    let bench = Bench::new().await;
    let book = bench.book(ALICE, Generation::From2009).await;
    let to_come = Some(Timestamp::from_unix(4_000_000_000));
    assert!(book.contacts(to_come).await.unwrap_err().is_full_sync_required());
    assert!(book.lists(to_come).await.unwrap_err().is_full_sync_required());
    assert!(!book.lists(None).await.unwrap().services.is_empty());
    bench.running.stop().await;
}

#[tokio::test]
async fn what_is_refused_is_told_with_its_reason() {
    let bench = Bench::new().await;
    let book = bench.book(ALICE, Generation::From2009).await;
    let nobody = Guid([9; 16]);
    let error = book.update_contact(nobody, ContactInfo::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "the address book refuses: Contact Does Not Exist (ContactDoesNotExist)");
    let error = book.rename_group(nobody, "x").await.unwrap_err();
    assert_eq!(refused(error), ErrorCode::GroupDoesNotExist);
    // A book that is not one's own is not made.
    let other = Request::AbGroupAdd(AbGroupAdd {
        ab_id: nobody,
        info: msnp::soap::abch::types::GroupInfo { name: Some("x".to_owned()), ..Default::default() },
        rename_on_conflict: false,
    });
    assert!(matches!(book.ask(&other, "GroupSave").await, Err(Error::AddressBook(_))));
    bench.running.stop().await;
}

#[tokio::test]
async fn circles_are_made_joined_and_left() {
    let bench = Bench::new().await;
    let alice = bench.book(ALICE, Generation::From2009).await;
    let bob = bench.book(BOB, Generation::From2009).await;
    let circle = alice.create_circle("Readers", "Alice").await.unwrap();
    let invitation = Invitation { name: "Alice", message: "Join us" };
    let invited = alice.invite_to_circle(circle, BOB, &invitation).await.unwrap();
    let circles = |book: &Book| book.circles.clone().map(|circles| circles.circles).unwrap_or_default();
    let seen = circles(&bob.contacts(None).await.unwrap());
    assert_eq!((seen.len(), seen[0].name.as_str()), (1, "Readers"));
    bob.answer_circle(circle, true).await.unwrap();
    let mine = bob.contacts(None).await.unwrap();
    assert!(mine.circles.unwrap().ticket.is_some());
    let members = alice.circle_members(circle).await.unwrap();
    assert!(members.ab.as_ref().unwrap().info.is_circle);
    let names: Vec<_> = members.contacts.iter().filter_map(|c| c.info.passport_name.as_deref()).collect();
    assert!(names.contains(&BOB) && names.contains(&ALICE), "{names:?}");
    alice.leave_circle(circle, invited).await.unwrap();
    let left = circles(&bob.contacts(None).await.unwrap());
    assert!(left.iter().all(|circle| circle.deleted), "{left:?}");
    bench.running.stop().await;
}

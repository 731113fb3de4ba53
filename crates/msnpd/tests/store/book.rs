//! The address book: entries, groups, roles, and what has changed since.

use msnp::types::{Guid, List, Privacy, Prompt, Property};
use msnpd::account::AccountId;
use msnpd::store::{
    Adding, Addition, Book, BookEntry, BookError, Connection, ContactKey, DATABASE, EditError, EntryAddress,
    EntryUpdate, GroupUpdate, Limits, MAX_DETAIL_VALUE, MAX_DETAILS, MAX_GROUP_NAME, MAX_INVITE, MeUpdate,
    MemberKey, Membership, NewEntry, Role,
};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::{Bench, LIMITS, email, on};

const PLAIN: Adding = Adding { allows: false, limits: Limits::ADDRESS_BOOK };
const ALLOWING: Adding = Adding { allows: true, limits: Limits::ADDRESS_BOOK };

fn buddy(name: &str) -> NewEntry {
    NewEntry {
        who: EntryAddress::Account(email(name)),
        is_buddy: true,
        name: None,
        phone: None,
        details: Vec::new(),
        invite: None,
    }
}

fn outside(network: u8, address: &str) -> NewEntry {
    NewEntry { who: EntryAddress::Outside { network, address: address.to_owned() }, ..buddy("x") }
}

fn update(guid: Guid) -> EntryUpdate {
    EntryUpdate { guid, is_buddy: None, name: None, phone: None, details: Vec::new(), invite: None }
}

fn account(name: &str) -> MemberKey {
    MemberKey::Account(email(name))
}

impl Bench {
    async fn book(&self, owner: AccountId) -> Book {
        self.store.book(owner, None).await.unwrap().unwrap()
    }

    async fn since(&self, owner: AccountId, revision: u64) -> Book {
        self.store.book(owner, Some(revision)).await.unwrap().unwrap()
    }

    async fn entry(&self, owner: AccountId, guid: Guid) -> Option<BookEntry> {
        self.book(owner).await.entries.into_iter().find(|entry| entry.guid == guid)
    }

    async fn add(&self, owner: AccountId, new: NewEntry, how: Adding) -> Result<Guid, BookError> {
        Ok(self.store.add_entries(owner, vec![new], how).await?.guids[0])
    }

    async fn members(&self, owner: AccountId, since: Option<u64>) -> Membership {
        self.store.membership(owner, since).await.unwrap().unwrap()
    }

    /// Roles and addresses.
    async fn roles(&self, owner: AccountId) -> Vec<(Role, String)> {
        self.members(owner, None).await.members.into_iter().map(|m| (m.role, m.address)).collect()
    }
}

#[tokio::test]
async fn a_buddy_is_a_row_of_the_lists() {
    let b = Bench::new().await;
    let new = NewEntry { invite: Some("Hi, this is Alice".to_owned()), ..buddy("bob") };
    let done = b.store.add_entries(b.alice, vec![new], ALLOWING).await.unwrap();
    let changes: Vec<_> = done.edits.iter().flat_map(|edit| &edit.changes).collect();
    assert_eq!(changes.iter().map(|c| c.owner).collect::<Vec<_>>(), [b.alice, b.bob, b.alice]);
    assert!(done.edits[0].is_new_contact());
    assert_eq!(b.lists(b.alice, b.bob).await, on(&[List::Forward, List::Allow]));
    assert_eq!(b.lists(b.bob, b.alice).await, on(&[List::Reverse, List::Pending]));
    assert_eq!(done.revision, b.revision(b.alice).await);
    let pending = &b.members(b.bob, None).await.members[0];
    assert_eq!((pending.role, pending.account), (Role::Pending, Some(b.alice)));
    assert_eq!(pending.invite.as_deref(), Some("Hi, this is Alice"));
    assert_eq!(pending.name.as_deref(), Some("alice@example.com"));

    // A second time it is told who he is, whichever way he came.
    let again = b.add(b.alice, buddy("bob"), ALLOWING).await;
    assert!(matches!(again, Err(BookError::ContactExists(guid)) if guid == done.guids[0]));
    let theirs = b.store.add_contact(b.bob, &email("alice"), None, None, LIMITS).await.unwrap();
    let again = b.add(b.bob, buddy("alice"), ALLOWING).await;
    assert!(matches!(again, Err(BookError::ContactExists(guid)) if guid == theirs.guid));
    assert!(matches!(b.add(b.alice, buddy("nobody"), ALLOWING).await, Err(BookError::NotAUser)));

    // Who is blocked stays so.
    b.store.add_members(b.alice, vec![(Role::Block, account("carol"))], LIMITS).await.unwrap();
    b.add(b.alice, buddy("carol"), ALLOWING).await.unwrap();
    assert_eq!(b.lists(b.alice, b.carol).await, on(&[List::Forward, List::Block]));
}

#[tokio::test]
async fn who_is_kept_in_the_book_is_on_no_list() {
    let b = Bench::new().await;
    let guid = b.add(b.alice, buddy("bob"), ALLOWING).await.unwrap();
    let group = b.store.add_book_group(b.alice, "Friends", Vec::new(), LIMITS).await.unwrap().guids[0];
    b.store.add_to_groups(b.alice, vec![Addition::Known(guid)], vec![group], PLAIN).await.unwrap();
    let note = vec![("comment".to_owned(), Some("from school".to_owned()))];
    let noted = EntryUpdate { details: note, ..update(guid) };
    b.store.update_entries(b.alice, None, vec![noted], PLAIN).await.unwrap();
    let not = EntryUpdate { is_buddy: Some(false), ..update(guid) };
    b.store.update_entries(b.alice, None, vec![not], PLAIN).await.unwrap();
    let entry = b.entry(b.alice, guid).await.unwrap();
    assert!(!entry.is_buddy());
    assert_eq!((entry.groups, entry.details.len()), (vec![group], 1), "the rest stays with him");
    // To others he is a contact no more, and he learns it.
    assert_eq!(b.lists(b.alice, b.bob).await, on(&[List::Allow]));
    assert!(b.row(b.alice, b.bob).await.unwrap().groups.is_empty());
    assert!(b.row(b.bob, b.alice).await.is_none());
    b.store.delete_members(b.alice, vec![(Role::Allow, account("bob"))]).await.unwrap();
    assert!(b.row(b.alice, b.bob).await.is_none());
    let brief = b.store.brief(b.alice).await.unwrap().unwrap();
    assert!(brief.contacts.is_empty(), "presence needs not know of him");
    assert_eq!(b.entry(b.alice, guid).await.unwrap().guid, guid);
    let exists = b.add(b.alice, buddy("bob"), ALLOWING).await;
    assert!(matches!(exists, Err(BookError::ContactExists(same)) if same == guid));

    let again = EntryUpdate { is_buddy: Some(true), ..update(guid) };
    let done = b.store.update_entries(b.alice, None, vec![again], ALLOWING).await.unwrap();
    assert!(done.edits[0].is_new_contact());
    assert_eq!(b.lists(b.bob, b.alice).await, on(&[List::Reverse, List::Pending]));
    assert_eq!(b.lists(b.alice, b.bob).await, on(&[List::Forward, List::Allow]));
    assert_eq!(b.row(b.alice, b.bob).await.unwrap().groups, [1]);

    // An older client that takes him off the forward list takes him out of the book.
    b.store.remove_contact(b.alice, ContactKey::Guid(guid), None).await.unwrap();
    assert!(b.book(b.alice).await.entries.is_empty());
    // Where an older client adds him who is kept, he is a contact like any.
    let kept = b.add(b.alice, NewEntry { is_buddy: false, ..buddy("carol") }, ALLOWING).await.unwrap();
    assert!(b.row(b.alice, b.carol).await.is_none() && b.row(b.carol, b.alice).await.is_none());
    let added = b.store.add_contact(b.alice, &email("carol"), None, None, LIMITS).await.unwrap();
    assert_eq!(added.guid, kept);
    assert!(b.entry(b.alice, kept).await.unwrap().is_buddy());
}

#[tokio::test]
async fn one_name_and_one_number_in_both_worlds() {
    let b = Bench::new().await;
    let guid = b.add(b.alice, buddy("bob"), PLAIN).await.unwrap();
    let named =
        EntryUpdate { name: Some("Bob B.".to_owned()), phone: Some("tel:+1".to_owned()), ..update(guid) };
    let done = b.store.update_entries(b.alice, None, vec![named.clone()], PLAIN).await.unwrap();
    let row = b.row(b.alice, b.bob).await.unwrap();
    assert_eq!((row.stored_name.as_deref(), row.phone.as_deref()), (Some("Bob B."), Some("tel:+1")));
    let again = b.store.update_entries(b.alice, None, vec![named], PLAIN).await.unwrap();
    assert_eq!((again.revision, again.edits.len()), (done.revision, 0), "nothing to be stored");
    b.store.rename_contact(b.alice, ContactKey::Guid(guid), "Robert").await.unwrap();
    b.store.set_contact_phone(b.alice, ContactKey::Guid(guid), "").await.unwrap();
    let entry = b.entry(b.alice, guid).await.unwrap();
    assert_eq!((entry.name.as_deref(), entry.phone), (Some("Robert"), None));
    assert_eq!(entry.revision, b.revision(b.alice).await);
}

#[tokio::test]
async fn others_without_an_account_are_in_it_too() {
    let b = Bench::new().await;
    let yahoo = b.add(b.alice, outside(32, "carol@yahoo.example.com"), ALLOWING).await.unwrap();
    let plain = NewEntry { is_buddy: false, name: Some("Aunt".to_owned()), ..outside(0, "") };
    let first = b.add(b.alice, plain.clone(), ALLOWING).await.unwrap();
    let second = b.add(b.alice, plain, ALLOWING).await.unwrap();
    assert_ne!(first, second, "two may have the same name, and no address");
    let again = b.add(b.alice, outside(32, "carol@yahoo.example.com"), ALLOWING).await;
    assert!(matches!(again, Err(BookError::ContactExists(guid)) if guid == yahoo));
    assert_eq!(b.roles(b.alice).await, [(Role::Allow, "carol@yahoo.example.com".to_owned())]);
    // A role makes nobody an entry.
    let phone = MemberKey::Outside { network: 4, address: "tel:+1".to_owned() };
    b.store.add_members(b.alice, vec![(Role::Allow, phone.clone())], LIMITS).await.unwrap();
    assert_eq!(b.book(b.alice).await.entries.len(), 3);
    let telephone = b.add(b.alice, outside(4, "tel:+1"), PLAIN).await.unwrap();
    assert_eq!(b.roster(b.alice).await.outside.len(), 2, "the entries without a list are the book's alone");
    b.store.delete_entries(b.alice, vec![telephone, first, yahoo]).await.unwrap();
    assert_eq!(b.roles(b.alice).await.len(), 2, "roles stay");
    b.store.delete_members(b.alice, vec![(Role::Allow, phone.clone())]).await.unwrap();
    let gone = b.store.delete_members(b.alice, vec![(Role::Allow, phone)]).await;
    assert!(matches!(gone, Err(BookError::NoSuchMember)));
    assert_eq!(b.book(b.alice).await.entries.iter().map(|e| e.guid).collect::<Vec<_>>(), [second]);
    // A number is never another's.
    let before = b.members(b.alice, None).await.members[0].id;
    b.store
        .add_members(
            b.alice,
            vec![(Role::Allow, MemberKey::Outside { network: 4, address: "tel:+2".to_owned() })],
            LIMITS,
        )
        .await
        .unwrap();
    let ids: Vec<_> = b.members(b.alice, None).await.members.iter().map(|m| m.id).collect();
    assert!(ids.len() == 2 && ids[0] == before && ids[1] > before);
}

#[tokio::test]
async fn roles_are_views_of_lists() {
    let b = Bench::new().await;
    b.store.add_contact(b.bob, &email("alice"), None, None, LIMITS).await.unwrap();
    let [pending] = &*b.members(b.alice, None).await.members else { panic!() };
    assert_eq!((pending.role, pending.account), (Role::Pending, Some(b.bob)));
    // By number alone, as one client does; the number is for that role and no other.
    let id = MemberKey::Id(pending.id);
    for role in [Role::Allow, Role::Block, Role::Reverse] {
        let wrong = b.store.delete_members(b.alice, vec![(role, id.clone())]).await;
        assert!(matches!(wrong, Err(BookError::NoSuchMember)), "{role:?}");
    }
    b.store.delete_members(b.alice, vec![(Role::Pending, id.clone())]).await.unwrap();
    assert_eq!(b.roles(b.alice).await, [(Role::Reverse, "bob@example.com".to_owned())]);
    // Both words that end the question may come, in either order.
    let twice = b.store.add_members(b.alice, vec![(Role::Reverse, account("bob"))], LIMITS).await;
    assert!(matches!(twice, Err(BookError::MemberExists)));
    let before = b.revision(b.alice).await;
    b.store.delete_members(b.alice, vec![(Role::Pending, id)]).await.unwrap();
    assert_eq!(b.revision(b.alice).await, before);
    // Who has not added her is not put there.
    b.store.add_members(b.alice, vec![(Role::Reverse, account("carol"))], LIMITS).await.unwrap();
    assert_eq!((b.revision(b.alice).await, b.roles(b.alice).await.len()), (before, 1));
    for (role, add) in [(Role::Pending, true), (Role::Reverse, false)] {
        let members = vec![(role, account("bob"))];
        let refused = match add {
            true => b.store.add_members(b.alice, members, LIMITS).await,
            false => b.store.delete_members(b.alice, members).await,
        };
        assert!(matches!(refused, Err(BookError::Edit(EditError::NotEditable(_)))), "{role:?}");
    }

    let add = async |role| b.store.add_members(b.alice, vec![(role, account("bob"))], LIMITS).await;
    add(Role::Allow).await.unwrap();
    assert!(matches!(add(Role::Allow).await, Err(BookError::MemberExists)));
    add(Role::Block).await.unwrap();
    assert_eq!(b.lists(b.alice, b.bob).await, on(&[List::Block, List::Reverse]));
    add(Role::Allow).await.unwrap();
    assert_eq!(b.lists(b.alice, b.bob).await, on(&[List::Allow, List::Reverse]));
    let guid = b.row(b.alice, b.bob).await.unwrap().guid;
    b.store.delete_members(b.alice, vec![(Role::Allow, MemberKey::Guid(guid))]).await.unwrap();
    assert_eq!(b.lists(b.alice, b.bob).await, on(&[List::Reverse]));
    let nobody = b.store.add_members(b.alice, vec![(Role::Allow, account("nobody"))], LIMITS).await;
    assert!(matches!(nobody, Err(BookError::NotAUser)));
    let few = Limits { allow: 0, ..LIMITS };
    let full = b.store.add_members(b.alice, vec![(Role::Allow, account("bob"))], few).await;
    assert!(matches!(full, Err(BookError::Edit(EditError::ListFull))));
}

#[tokio::test]
async fn a_request_is_done_whole_or_not_at_all() {
    let b = Bench::new().await;
    let before = (b.book(b.alice).await, b.members(b.alice, None).await, b.revision(b.bob).await);
    let bad = b.store.add_entries(b.alice, vec![buddy("bob"), buddy("nobody")], ALLOWING).await;
    assert!(matches!(bad, Err(BookError::NotAUser)));
    let twice = b.store.add_entries(b.alice, vec![buddy("bob"), buddy("bob")], ALLOWING).await;
    assert!(matches!(twice, Err(BookError::ContactExists(_))));
    let group = b
        .store
        .add_to_groups(b.alice, vec![Addition::New(buddy("bob"))], vec![Guid([7; 16])], ALLOWING)
        .await;
    assert!(matches!(group, Err(BookError::NoSuchGroup)));
    let members = vec![(Role::Block, account("bob")), (Role::Block, account("nobody"))];
    assert!(b.store.add_members(b.alice, members, LIMITS).await.is_err());
    let mine = MeUpdate { name: Some("A".to_owned()), ..MeUpdate::default() };
    let unknown = b.store.update_entries(b.alice, Some(mine), vec![update(Guid([7; 16]))], PLAIN).await;
    assert!(matches!(unknown, Err(BookError::NoSuchContact)));
    let gone = b.store.delete_entries(b.alice, vec![Guid([7; 16])]).await;
    assert!(matches!(gone, Err(BookError::NoSuchContact)));
    let after = (b.book(b.alice).await, b.members(b.alice, None).await, b.revision(b.bob).await);
    assert_eq!(after, before);
}

#[tokio::test]
async fn the_owner_is_an_entry_of_his_own() {
    let b = Bench::new().await;
    let me = b.book(b.alice).await.me.unwrap();
    assert_eq!(
        (me.name.as_str(), me.prompt, me.privacy),
        ("alice@example.com", Prompt::Ask, Privacy::AllowOthers)
    );
    let mine = MeUpdate {
        name: Some("Alice A.".to_owned()),
        prompt: Some(Prompt::Allow),
        privacy: Some(Privacy::BlockOthers),
        is_mobile: Some(true),
        details: vec![("annotation/MSN.IM.MPOP".to_owned(), Some("1".to_owned()))],
    };
    let done = b.store.update_entries(b.alice, Some(mine.clone()), Vec::new(), PLAIN).await.unwrap();
    let edited = done.me.unwrap();
    assert!(edited.name.is_some() && edited.privacy.is_some());
    let me = b.book(b.alice).await.me.unwrap();
    assert_eq!((me.revision, me.details.len(), me.is_mobile), (done.revision, 1, true));
    let roster = b.roster(b.alice).await;
    assert_eq!((roster.name.as_str(), roster.prompt), ("Alice A.", Prompt::Allow));
    assert_eq!(roster.privacy, Privacy::BlockOthers);
    assert_eq!(roster.properties, [(Property::MobileEnabled, "Y".to_owned())]);
    let again = b.store.update_entries(b.alice, Some(mine), Vec::new(), PLAIN).await.unwrap();
    assert_eq!(again.revision, done.revision, "nothing to be stored");
    assert!(b.since(b.alice, done.revision).await.me.is_none());
    b.store.set_name(b.alice, "Al").await.unwrap();
    assert_eq!(b.since(b.alice, done.revision).await.me.unwrap().name, "Al");
}

#[tokio::test]
async fn groups_differ_in_more_than_letter_case() {
    let b = Bench::new().await;
    let add = async |name: &str| b.store.add_book_group(b.alice, name, Vec::new(), LIMITS).await;
    let friends = add("Friends").await.unwrap().guids[0];
    for name in ["friends", "FRIENDS", "Friends"] {
        assert!(matches!(add(name).await, Err(BookError::GroupExists(guid)) if guid == friends));
    }
    let long = "ü".repeat(MAX_GROUP_NAME);
    let umlauts = add(&long).await.unwrap().guids[0];
    assert!(matches!(add(&"Ü".repeat(MAX_GROUP_NAME)).await, Err(BookError::GroupExists(g)) if g == umlauts));
    assert!(matches!(add(&"x".repeat(MAX_GROUP_NAME + 1)).await, Err(BookError::TooLong("GroupName"))));
    let rename = async |name: &str| {
        let name = Some(name.to_owned());
        b.store.update_groups(b.alice, vec![GroupUpdate { guid: friends, name, details: Vec::new() }]).await
    };
    rename("FRIENDS").await.unwrap();
    assert!(matches!(rename(&long).await, Err(BookError::GroupExists(g)) if g == umlauts));
    let favourite = vec![("isFavorite".to_owned(), Some("true".to_owned()))];
    let marked = GroupUpdate { guid: friends, name: None, details: favourite };
    b.store.update_groups(b.alice, vec![marked]).await.unwrap();
    let groups = b.book(b.alice).await.groups;
    assert_eq!((groups[0].name.as_str(), groups[0].details.len()), ("FRIENDS", 1));
    let no = GroupUpdate { guid: Guid([7; 16]), name: None, details: Vec::new() };
    assert!(matches!(b.store.update_groups(b.alice, vec![no]).await, Err(BookError::NoSuchGroup)));
    let three = Limits { groups: 3, ..LIMITS };
    let full = b.store.add_book_group(b.alice, "more", Vec::new(), three).await;
    assert!(matches!(full, Err(BookError::Edit(EditError::TooManyGroups))));

    let guid = b.add(b.alice, buddy("bob"), PLAIN).await.unwrap();
    b.store.add_to_groups(b.alice, vec![Addition::Known(guid)], vec![friends, umlauts], PLAIN).await.unwrap();
    let before = b.revision(b.alice).await;
    b.store.add_to_groups(b.alice, vec![Addition::Known(guid)], vec![friends], PLAIN).await.unwrap();
    assert_eq!(b.revision(b.alice).await, before, "he is in it");
    // Each counts once, however often it is named.
    let twice = b
        .store
        .add_to_groups(b.alice, vec![Addition::Known(guid); 3], vec![friends; 3], PLAIN)
        .await
        .unwrap();
    assert_eq!((twice.edits.len(), twice.guids), (0, vec![guid; 3]));
    let missing = vec![friends, friends, guid];
    let missing = b.store.add_to_groups(b.alice, vec![Addition::Known(guid)], missing, PLAIN).await;
    assert!(matches!(missing, Err(BookError::NoSuchGroup)));
    let left = b.store.leave_groups(b.alice, vec![guid; 3], vec![umlauts; 3]).await.unwrap();
    assert_eq!((left.edits.len(), left.guids), (1, vec![guid]));
    assert_eq!(b.row(b.alice, b.bob).await.unwrap().groups, [1]);
    b.store.remove_groups(b.alice, vec![friends]).await.unwrap();
    assert!(b.entry(b.alice, guid).await.unwrap().groups.is_empty());
    let rest = b.since(b.alice, before).await;
    assert_eq!(rest.deleted_groups[0].guid, friends);
}

#[tokio::test]
async fn what_is_noted_has_an_end() {
    let b = Bench::new().await;
    let guid = b.add(b.alice, buddy("bob"), PLAIN).await.unwrap();
    let set = async |details: Vec<(String, Option<String>)>| {
        b.store.update_entries(b.alice, None, vec![EntryUpdate { details, ..update(guid) }], PLAIN).await
    };
    let many = |n: usize| (0..n).map(|i| (format!("d{i}"), Some("x".to_owned()))).collect::<Vec<_>>();
    set(many(MAX_DETAILS)).await.unwrap();
    assert!(matches!(set(vec![("one more".to_owned(), Some(String::new()))]).await, Err(BookError::TooMuch)));
    set(vec![("d0".to_owned(), None), ("other".to_owned(), Some("y".to_owned()))]).await.unwrap();
    let long = "x".repeat(MAX_DETAIL_VALUE + 1);
    assert!(matches!(set(vec![("d1".to_owned(), Some(long))]).await, Err(BookError::TooLong(_))));
    let invite = Some("x".repeat(MAX_INVITE + 1));
    let wordy = b.add(b.alice, NewEntry { invite, ..buddy("carol") }, PLAIN).await;
    assert!(matches!(wordy, Err(BookError::TooLong(_))));
    // What was noted goes with whom it was noted of.
    b.store.delete_entries(b.alice, vec![guid]).await.unwrap();
    let back = b.add(b.alice, buddy("bob"), PLAIN).await.unwrap();
    assert!(b.entry(b.alice, back).await.unwrap().details.is_empty());
    // The whole book has an end too.
    let (mut n, mut last) = (0, Ok(()));
    while last.is_ok() && n < 10 {
        let name = format!("contact {n}");
        let value = "x".repeat(MAX_DETAIL_VALUE);
        let details = (0..MAX_DETAILS).map(|i| (format!("d{i}"), Some(value.clone()))).collect();
        let new = NewEntry { is_buddy: false, name: Some(name), details, ..outside(0, "") };
        last = b.add(b.alice, new, PLAIN).await.map(drop);
        n += 1;
    }
    assert!(matches!(last, Err(BookError::TooMuch)) && n > 1, "{n}");
}

#[tokio::test]
async fn changes_are_told_exactly() {
    let b = Bench::new().await;
    let start = b.revision(b.alice).await;
    let guid = b.add(b.alice, buddy("bob"), ALLOWING).await.unwrap();
    let added = b.revision(b.alice).await;
    let book = b.since(b.alice, start).await;
    assert_eq!((book.entries.len(), book.deleted_entries.len(), book.me), (1, 0, None));
    assert_eq!(b.members(b.alice, Some(start)).await.members.len(), 1);
    assert!(b.since(b.alice, added).await.entries.is_empty());

    // Being added concerns the roles alone, a name the book alone.
    b.store.add_contact(b.bob, &email("alice"), None, None, LIMITS).await.unwrap();
    assert!(b.since(b.alice, added).await.entries.is_empty());
    assert_eq!(b.members(b.alice, Some(added)).await.members.len(), 2);
    let here = b.revision(b.alice).await;
    b.store.rename_contact(b.alice, ContactKey::Guid(guid), "B").await.unwrap();
    assert_eq!(b.since(b.alice, here).await.entries.len(), 1);
    assert!(b.members(b.alice, Some(here)).await.members.is_empty());

    let here = b.revision(b.alice).await;
    b.store.add_members(b.alice, vec![(Role::Block, account("bob"))], LIMITS).await.unwrap();
    b.store.delete_entries(b.alice, vec![guid]).await.unwrap();
    let (book, members) = (b.since(b.alice, here).await, b.members(b.alice, Some(here)).await);
    assert_eq!((book.entries.len(), book.deleted_entries[0].guid), (0, guid));
    let gone: Vec<_> = members.deleted.iter().map(|gone| (gone.address.as_str(), gone.network)).collect();
    assert_eq!(gone, [("bob@example.com", 1)]);
    assert!(members.members.iter().all(|member| member.id != members.deleted[0].id));
    // Who comes back is not gone.
    b.add(b.alice, buddy("bob"), PLAIN).await.unwrap();
    b.store.add_members(b.alice, vec![(Role::Allow, account("bob"))], LIMITS).await.unwrap();
    let (book, members) = (b.since(b.alice, here).await, b.members(b.alice, Some(here)).await);
    assert_eq!((book.entries.len(), book.deleted_entries.len()), (1, 0));
    let gone: Vec<_> = members.deleted.iter().map(|gone| gone.id).collect();
    assert_eq!(gone.len(), 1, "he was blocked in between");
    assert!(members.members.iter().all(|member| !gone.contains(&member.id)));
}

#[tokio::test]
async fn what_is_forgotten_is_not_told_as_nothing() {
    let b = Bench::new().await;
    let start = b.revision(b.alice).await;
    assert!(b.book(b.alice).await.deltas_from <= start);
    b.add(b.alice, buddy("bob"), ALLOWING).await.unwrap();
    let here = b.revision(b.alice).await;
    // Whoever has another address, or is gone for good, is told by reading everything.
    b.store.rename_account(b.bob, &email("robert")).await.unwrap();
    let from = b.book(b.alice).await.deltas_from;
    assert!(from > here && from <= b.revision(b.alice).await);
    assert_eq!(b.members(b.alice, None).await.deltas_from, from);
    let here = b.revision(b.alice).await;
    b.store.remove_account(b.bob).await.unwrap();
    assert!(b.book(b.alice).await.deltas_from > here);

    // So is everybody who has been away while more was deleted than is kept, or for longer.
    let marks = async |sql: &'static str| {
        let options = SqliteConnectOptions::new().filename(b.path().join(DATABASE));
        let mut conn = options.connect().await.unwrap();
        sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    };
    let delete_one = async || {
        let group = b.store.add_group(b.alice, "again", LIMITS).await.unwrap().group.guid;
        b.store.remove_groups(b.alice, vec![group]).await.unwrap();
        group
    };
    marks(
        "UPDATE account SET revision = 5000, deltas_from = 10; DELETE FROM deleted_entry; \
         WITH RECURSIVE n (i) AS (SELECT 11 UNION ALL SELECT i + 1 FROM n WHERE i < 2010) \
         INSERT INTO deleted_entry (owner, guid, is_group, revision, at) \
         SELECT 1, unhex(printf('%032X', i)), 1, i, unixepoch() FROM n",
    )
    .await;
    assert_eq!(b.since(b.alice, 10).await.deleted_groups.len(), 2000);
    assert_eq!(b.book(b.alice).await.deltas_from, 10);
    let last = delete_one().await;
    let book = b.book(b.alice).await;
    assert_eq!(book.deltas_from, 11);
    let known = b.since(b.alice, book.deltas_from).await.deleted_groups;
    assert_eq!((known.len(), known.last().unwrap().guid), (2000, last), "what is kept is told");
    marks("UPDATE deleted_entry SET at = unixepoch() - 31 * 86400 WHERE revision < 1000").await;
    delete_one().await;
    assert_eq!(b.book(b.alice).await.deltas_from, 12, "a month is not long");
    marks("UPDATE deleted_entry SET at = unixepoch() - 100 * 86400 WHERE revision < 1000").await;
    delete_one().await;
    assert_eq!(b.book(b.alice).await.deltas_from, 999);
}

#[tokio::test]
async fn a_connection_is_all_of_its_edits() {
    let b = Bench::new().await;
    let guid = b.add(b.alice, NewEntry { is_buddy: false, ..buddy("bob") }, PLAIN).await.unwrap();
    let connect = async |owner, guid, what| b.store.connect(owner, guid, what, LIMITS).await.unwrap();
    let invite = Some("Hi".to_owned());
    let done = connect(b.alice, guid, Connection::Request { invite }).await;
    assert!(done.edits[0].is_new_contact());
    assert_eq!(b.lists(b.alice, b.bob).await, on(&[List::Forward, List::Allow]));
    assert_eq!(b.members(b.bob, None).await.members[0].invite.as_deref(), Some("Hi"));

    // He answers in the same way, or not so.
    let theirs = b.add(b.bob, NewEntry { is_buddy: false, ..buddy("alice") }, PLAIN).await.unwrap();
    connect(b.bob, theirs, Connection::Decline).await;
    assert_eq!(b.lists(b.bob, b.alice).await, on(&[List::Block, List::Reverse]));
    assert!(!b.entry(b.bob, theirs).await.unwrap().is_buddy());
    b.store.delete_members(b.bob, vec![(Role::Block, account("alice"))]).await.unwrap();
    connect(b.bob, theirs, Connection::Request { invite: None }).await;
    let friends = on(&[List::Forward, List::Allow, List::Reverse]);
    assert_eq!(b.lists(b.bob, b.alice).await, friends);
    let before = b.revision(b.bob).await;
    connect(b.bob, theirs, Connection::Request { invite: None }).await;
    assert_eq!(b.revision(b.bob).await, before, "he is connected");

    connect(b.bob, theirs, Connection::Break { deletes: false, blocks: false }).await;
    assert_eq!(b.lists(b.bob, b.alice).await, on(&[List::Allow, List::Reverse]));
    connect(b.bob, theirs, Connection::Break { deletes: true, blocks: true }).await;
    assert_eq!(b.lists(b.bob, b.alice).await, on(&[List::Block, List::Reverse]));
    assert!(b.entry(b.bob, theirs).await.is_none());
    let gone = b.store.connect(b.bob, theirs, Connection::Decline, LIMITS).await;
    assert!(matches!(gone, Err(BookError::NoSuchContact)));
}

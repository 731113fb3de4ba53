//! Forward, allow, block, reverse and pending list.

use msnp::types::{Guid, List};
use msnpd::store::{Change, ContactKey, EditError, GroupKey, Limits, SignIn, Store};

use super::{Bench, LIMITS, email, on};

#[tokio::test]
async fn adding_somebody_shows_on_his_side() {
    let b = Bench::new().await;
    let (before_a, before_b) = (b.revision(b.alice).await, b.revision(b.bob).await);
    let edited = b.store.add_contact(b.alice, &email("bob"), Some("Bobby  é%"), None, LIMITS).await.unwrap();
    assert_eq!((edited.contact, edited.revision), (Some(b.bob), before_a + 1));
    let forward = on(&[List::Forward]);
    let asked = on(&[List::Reverse, List::Pending]);
    assert_eq!(
        edited.changes,
        [
            Change {
                owner: b.alice,
                contact: b.bob,
                before: on(&[]),
                after: forward,
                revision: before_a + 1
            },
            Change { owner: b.bob, contact: b.alice, before: on(&[]), after: asked, revision: before_b + 1 },
        ]
    );
    let row = b.row(b.alice, b.bob).await.unwrap();
    assert_eq!((row.guid, row.stored_name.as_deref()), (edited.guid, Some("Bobby  é%")));
    assert_eq!((row.email, row.name.as_str()), (email("bob"), "bob@example.com"));
    assert_eq!(row.revision, edited.revision);
    assert_eq!(b.lists(b.bob, b.alice).await, asked);
    assert_eq!(b.row(b.bob, b.alice).await.unwrap().stored_name, None);
    assert_eq!((b.revision(b.alice).await, b.revision(b.bob).await), (before_a + 1, before_b + 1));

    let again = b.store.add_contact(b.alice, &email("bob"), None, None, LIMITS).await;
    assert!(matches!(again, Err(EditError::AlreadyThere)));
    let nobody =
        b.store.add_contact(b.alice, &email("nobody"), None, Some(GroupKey::Number(9)), LIMITS).await;
    assert!(matches!(nobody, Err(EditError::UnknownAccount)));
    let no_group = b.store.add_contact(b.alice, &email("bob"), None, Some(GroupKey::Number(9)), LIMITS).await;
    assert!(matches!(no_group, Err(EditError::NoSuchGroup)));
    assert_eq!(b.revision(b.alice).await, before_a + 1);
}

#[tokio::test]
async fn removing_somebody_leaves_nothing_to_ask() {
    let b = Bench::new().await;
    let added = b.store.add_contact(b.alice, &email("bob"), None, None, LIMITS).await.unwrap();
    let gone = b.store.remove_contact(b.alice, ContactKey::Guid(added.guid), None).await.unwrap();
    assert_eq!((gone.contact, gone.guid), (Some(b.bob), added.guid));
    assert!(gone.changes.iter().all(|change| change.after.is_empty()));
    assert!(b.row(b.alice, b.bob).await.is_none() && b.row(b.bob, b.alice).await.is_none());
    for key in
        [ContactKey::Guid(added.guid), ContactKey::Guid(Guid([7; 16])), ContactKey::Email(email("bob"))]
    {
        let again = b.store.remove_contact(b.alice, key, None).await;
        assert!(matches!(again, Err(EditError::NotOnList)));
    }
    let nobody = b.store.remove_contact(b.alice, ContactKey::Email(email("nobody")), None).await;
    assert!(matches!(nobody, Err(EditError::UnknownAccount)));
    // A row that is still needed keeps its GUID and name.
    let kept = b.store.add_contact(b.alice, &email("bob"), Some("B"), None, LIMITS).await.unwrap();
    b.store.add_to_list(b.alice, List::Allow, &email("bob"), false, LIMITS).await.unwrap();
    b.store.remove_contact(b.alice, ContactKey::Email(email("bob")), None).await.unwrap();
    let row = b.row(b.alice, b.bob).await.unwrap();
    assert_eq!((row.guid, row.stored_name.as_deref(), row.lists), (kept.guid, Some("B"), on(&[List::Allow])));
}

#[tokio::test]
async fn who_was_allowed_or_blocked_before_is_not_asked_about() {
    for list in [List::Allow, List::Block] {
        let b = Bench::new().await;
        b.store.add_to_list(b.bob, list, &email("alice"), false, LIMITS).await.unwrap();
        b.store.add_contact(b.alice, &email("bob"), None, None, LIMITS).await.unwrap();
        assert_eq!(b.lists(b.bob, b.alice).await, on(&[list, List::Reverse]));
    }
}

#[tokio::test]
async fn a_question_ends_as_each_version_ends_it() {
    let b = Bench::new().await;
    let (alice, carol) = (email("alice"), email("carol"));
    b.store.add_contact(b.alice, &email("bob"), None, None, LIMITS).await.unwrap();
    // MSNP10 and later: allowing does not end it, either of these does.
    b.store.add_to_list(b.bob, List::Allow, &alice, false, LIMITS).await.unwrap();
    assert!(b.lists(b.bob, b.alice).await.contains(List::Pending));
    let confirmed = b.store.confirm_reverse(b.bob, &alice).await.unwrap();
    assert_eq!(confirmed.changes.len(), 1);
    assert_eq!(b.lists(b.bob, b.alice).await, on(&[List::Allow, List::Reverse]));
    let again = b.store.confirm_reverse(b.bob, &alice).await.unwrap();
    assert_eq!((again.revision, again.changes), (confirmed.revision, Vec::new()));
    assert!(matches!(b.store.confirm_reverse(b.bob, &carol).await, Err(EditError::NotOnList)));
    // Clients say both, in whichever order.
    let both = b.store.remove_from_list(b.bob, List::Pending, &alice).await.unwrap();
    assert_eq!((both.revision, both.changes), (confirmed.revision, Vec::new()));
    let unasked = b.store.remove_from_list(b.bob, List::Pending, &carol).await;
    assert!(matches!(unasked, Err(EditError::NotOnList)));
    b.store.add_contact(b.carol, &email("bob"), None, None, LIMITS).await.unwrap();
    b.store.remove_from_list(b.bob, List::Pending, &carol).await.unwrap();
    assert_eq!(b.lists(b.bob, b.carol).await, on(&[List::Reverse]));
    // MSNP9 and earlier know no pending list.
    for list in [List::Allow, List::Block] {
        let b = Bench::new().await;
        b.store.add_contact(b.alice, &email("bob"), None, None, LIMITS).await.unwrap();
        b.store.add_to_list(b.bob, list, &alice, true, LIMITS).await.unwrap();
        assert_eq!(b.lists(b.bob, b.alice).await, on(&[list, List::Reverse]));
    }
}

#[tokio::test]
async fn allow_and_block_exclude_each_other() {
    let b = Bench::new().await;
    let bob = email("bob");
    let edited = b.store.add_to_list(b.alice, List::Allow, &bob, true, LIMITS).await.unwrap();
    assert_eq!(edited.changes.len(), 1);
    assert_eq!(b.revision(b.bob).await, 1, "it is none of his business");
    let opposite = b.store.add_to_list(b.alice, List::Block, &bob, true, LIMITS).await;
    assert!(matches!(opposite, Err(EditError::OnOppositeList)));
    let again = b.store.add_to_list(b.alice, List::Allow, &bob, true, LIMITS).await;
    assert!(matches!(again, Err(EditError::AlreadyThere)));
    b.store.remove_from_list(b.alice, List::Allow, &bob).await.unwrap();
    b.store.add_to_list(b.alice, List::Block, &bob, true, LIMITS).await.unwrap();
    assert_eq!(b.lists(b.alice, b.bob).await, on(&[List::Block]));
    for list in [List::Forward, List::Reverse, List::Pending] {
        let error = b.store.add_to_list(b.alice, list, &bob, true, LIMITS).await.unwrap_err();
        assert!(matches!(error, EditError::NotEditable(refused) if refused == list));
    }
    for list in [List::Forward, List::Reverse] {
        let error = b.store.remove_from_list(b.alice, list, &bob).await.unwrap_err();
        assert!(matches!(error, EditError::NotEditable(refused) if refused == list));
    }
}

#[tokio::test]
async fn lists_have_an_end() {
    let b = Bench::new().await;
    let one = Limits { forward: 1, allow: 1, block: 1, ..LIMITS };
    let (bob, carol) = (email("bob"), email("carol"));
    b.store.add_contact(b.alice, &bob, None, None, one).await.unwrap();
    assert!(matches!(b.store.add_contact(b.alice, &carol, None, None, one).await, Err(EditError::ListFull)));
    // Others who add her don't count, nor does another list.
    b.store.add_contact(b.carol, &email("alice"), None, None, one).await.unwrap();
    for list in [List::Allow, List::Block] {
        let (first, second) = if list == List::Allow { (&bob, &carol) } else { (&carol, &bob) };
        b.store.add_to_list(b.alice, list, first, true, one).await.unwrap();
        let full = b.store.add_to_list(b.alice, list, second, true, one).await;
        assert!(matches!(full, Err(EditError::ListFull)), "{list}: {full:?}");
        b.store.remove_from_list(b.alice, list, first).await.unwrap();
    }
}

#[tokio::test]
async fn whoever_adds_himself_is_one_row() {
    let b = Bench::new().await;
    let edited = b.store.add_contact(b.alice, &email("alice"), None, None, LIMITS).await.unwrap();
    let both = on(&[List::Forward, List::Reverse]);
    assert_eq!(edited.changes.len(), 1);
    assert_eq!((edited.changes[0].after, b.lists(b.alice, b.alice).await), (both, both));
    let edited = b.store.remove_contact(b.alice, ContactKey::Guid(edited.guid), None).await.unwrap();
    assert_eq!((edited.changes.len(), b.row(b.alice, b.alice).await), (1, None));
    assert_eq!(b.revision(b.alice).await, edited.revision);
}

#[tokio::test]
async fn a_contact_is_renamed_on_whichever_list() {
    let b = Bench::new().await;
    let key = || ContactKey::Email(email("bob"));
    assert!(matches!(b.store.rename_contact(b.alice, key(), "x").await, Err(EditError::NotOnList)));
    for key in [ContactKey::Email(email("nobody")), ContactKey::Guid(Guid([7; 16]))] {
        assert!(matches!(b.store.rename_contact(b.alice, key, "x").await, Err(EditError::UnknownAccount)));
    }
    b.store.add_to_list(b.alice, List::Block, &email("bob"), true, LIMITS).await.unwrap();
    let renamed = b.store.rename_contact(b.alice, key(), "Pest").await.unwrap();
    assert_eq!(renamed.changes[0].before, renamed.changes[0].after);
    assert_eq!(b.row(b.alice, b.bob).await.unwrap().stored_name.as_deref(), Some("Pest"));
    let again = b.store.rename_contact(b.alice, ContactKey::Guid(renamed.guid), "Pest").await.unwrap();
    assert_eq!((again.revision, again.changes.len()), (renamed.revision, 0));
}

#[tokio::test]
async fn a_number_is_noted_beside_the_name() {
    let b = Bench::new().await;
    let added = b.store.add_contact(b.alice, &email("bob"), Some("Bobby"), None, LIMITS).await.unwrap();
    let bobs = b.revision(b.bob).await;
    let note = async |number: &str| {
        b.store.set_contact_phone(b.alice, ContactKey::Guid(added.guid), number).await.unwrap()
    };
    let stored = async || b.row(b.alice, b.bob).await.unwrap();
    let noted = note("tel:+15550100").await;
    assert_eq!(
        (noted.revision, b.roster(b.alice).await.lists_revision),
        (added.revision + 1, noted.revision)
    );
    assert_eq!(stored().await.phone.as_deref(), Some("tel:+15550100"));
    let again = note("tel:+15550100").await;
    assert_eq!((again.revision, again.changes.len()), (noted.revision, 0));
    // Other edits of the row leave it, and the contact knows nothing of it.
    b.store.rename_contact(b.alice, ContactKey::Guid(added.guid), "Bob").await.unwrap();
    b.store.add_to_list(b.alice, List::Allow, &email("bob"), true, LIMITS).await.unwrap();
    assert_eq!(stored().await.phone.as_deref(), Some("tel:+15550100"));
    assert_eq!(b.revision(b.bob).await, bobs);
    b.store.close().await;
    let store = Store::open(b.path()).await.unwrap();
    let row = store.roster(b.alice).await.unwrap().unwrap().contacts.remove(0);
    assert_eq!((row.phone.as_deref(), row.stored_name.as_deref()), (Some("tel:+15550100"), Some("Bob")));
    store.set_contact_phone(b.alice, ContactKey::Guid(added.guid), "").await.unwrap();
    assert_eq!(store.roster(b.alice).await.unwrap().unwrap().contacts.remove(0).phone, None);
    let nobody = store.set_contact_phone(b.alice, ContactKey::Guid(Guid([7; 16])), "1").await;
    assert!(matches!(nobody, Err(EditError::UnknownAccount)));
}

#[tokio::test]
async fn an_empty_name_is_none() {
    let b = Bench::new().await;
    let stored = async || b.row(b.alice, b.bob).await.unwrap().stored_name;
    b.store.add_contact(b.alice, &email("bob"), Some(""), None, LIMITS).await.unwrap();
    assert_eq!(stored().await, None);
    let key = || ContactKey::Email(email("bob"));
    b.store.rename_contact(b.alice, key(), "Bob").await.unwrap();
    assert_eq!(stored().await.as_deref(), Some("Bob"));
    b.store.rename_contact(b.alice, key(), "").await.unwrap();
    assert_eq!(stored().await, None);
    b.store.set_name(b.bob, "Bob").await.unwrap();
    let none = b.store.set_name(b.bob, "").await.unwrap();
    assert_eq!(b.row(b.alice, b.bob).await.unwrap().name, "bob@example.com");
    assert_eq!(b.store.set_name(b.bob, "").await.unwrap(), none);
}

#[tokio::test]
async fn only_the_first_addition_makes_a_contact() {
    let b = Bench::new().await;
    b.store.add_group(b.alice, "Friends", LIMITS).await.unwrap();
    let allowed = b.store.add_to_list(b.alice, List::Allow, &email("bob"), true, LIMITS).await.unwrap();
    assert!(!allowed.is_new_contact());
    assert!(b.store.add_contact(b.alice, &email("bob"), None, None, LIMITS).await.unwrap().is_new_contact());
    let grouped =
        b.store.add_contact(b.alice, &email("bob"), None, Some(GroupKey::Number(1)), LIMITS).await.unwrap();
    assert!(!grouped.is_new_contact());
    let key = ContactKey::Email(email("bob"));
    assert!(!b.store.remove_contact(b.alice, key, None).await.unwrap().is_new_contact());
}

#[tokio::test]
async fn what_sign_in_reads_is_what_the_lists_say() {
    let b = Bench::new().await;
    assert_eq!(b.store.brief(msnpd::account::AccountId(99)).await.unwrap(), None);
    assert!(b.store.brief(b.alice).await.unwrap().unwrap().contacts.is_empty());
    b.store.add_contact(b.alice, &email("bob"), None, None, LIMITS).await.unwrap();
    b.store.add_to_list(b.alice, List::Block, &email("carol"), false, LIMITS).await.unwrap();
    b.store.set_name(b.alice, "Alice").await.unwrap();
    let (brief, roster) = (b.store.brief(b.alice).await.unwrap().unwrap(), b.roster(b.alice).await);
    assert_eq!(brief.name, "Alice");
    for with_lists in [false, true] {
        let SignIn { account, brief: same, roster: read, something_waits } =
            b.store.sign_in(b.alice, with_lists).await.unwrap().unwrap();
        assert_eq!(
            (account.id, account.email, account.name, same),
            (b.alice, email("alice"), brief.name.clone(), brief.clone())
        );
        assert_eq!(read.as_deref(), with_lists.then_some(&roster));
        assert!(!something_waits);
    }
    assert_eq!((brief.revision, brief.lists_revision, brief.settings_revision), (4, 3, 4));
    assert_eq!((roster.revision, roster.lists_revision, roster.settings_revision), (4, 3, 4));
    let mut short: Vec<_> = brief.contacts.iter().map(|c| (c.id, c.lists, c.revision)).collect();
    short.sort_by_key(|(id, ..)| *id);
    let full: Vec<_> = roster.contacts.iter().map(|c| (c.id, c.lists, c.revision)).collect();
    assert_eq!(short, full);
}

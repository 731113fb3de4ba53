//! Groups and who is in them.

use msnp::types::{Guid, List};
use msnpd::account::AccountId;
use msnpd::store::{ContactKey, EditError, GroupKey, Limits, Orphans};

use super::{Bench, LIMITS, email, on};

async fn groups_of(b: &Bench, contact: AccountId) -> Vec<u8> {
    b.row(b.alice, contact).await.unwrap().groups
}

#[tokio::test]
async fn numbers_are_the_lowest_free() {
    let b = Bench::new().await;
    for (name, number) in [("Friends", 1), ("Work", 2), ("Family", 3)] {
        assert_eq!(b.store.add_group(b.alice, name, LIMITS).await.unwrap().group.number, number);
    }
    assert!(matches!(b.store.add_group(b.alice, "Work", LIMITS).await, Err(EditError::GroupExists)));
    let removed = b.store.remove_group(b.alice, GroupKey::Number(2), Orphans::Leave).await.unwrap();
    assert_eq!((removed.group.name.as_str(), removed.changes.len()), ("Work", 0));
    let filled = b.store.add_group(b.alice, "Club", LIMITS).await.unwrap();
    assert_eq!(filled.group.number, 2);
    let roster = b.roster(b.alice).await;
    let names: Vec<_> = roster.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!((names, roster.lists_revision), (vec!["Friends", "Club", "Family"], filled.revision));
    assert_eq!(roster.groups[1], filled.group);
    let four = Limits { groups: 4, ..LIMITS };
    assert!(matches!(b.store.add_group(b.alice, "More", four).await, Err(EditError::TooManyGroups)));
    assert!(b.roster(b.bob).await.groups.is_empty());
}

#[tokio::test]
async fn are_renamed_by_any_key() {
    let b = Bench::new().await;
    let group = b.store.add_group(b.alice, "New Group", LIMITS).await.unwrap().group;
    b.store.add_group(b.alice, "Work", LIMITS).await.unwrap();
    for (key, name) in [
        (GroupKey::Number(1), "One"),
        (GroupKey::Guid(group.guid), "Two"),
        (GroupKey::Name("Two".to_owned()), "Three"),
    ] {
        let renamed = b.store.rename_group(b.alice, key, name).await.unwrap();
        assert_eq!((renamed.group.name.as_str(), renamed.group.guid), (name, group.guid));
        assert_eq!(b.roster(b.alice).await.groups[0], renamed.group);
    }
    let before = b.revision(b.alice).await;
    let same = b.store.rename_group(b.alice, GroupKey::Number(1), "Three").await.unwrap();
    assert_eq!((same.revision, b.revision(b.alice).await), (before, before));
    let rename = async |key, name: &str| b.store.rename_group(b.alice, key, name).await.unwrap_err();
    assert!(matches!(rename(GroupKey::Number(1), "Work").await, EditError::GroupExists));
    assert!(matches!(rename(GroupKey::Number(0), "x").await, EditError::OtherContacts));
    assert!(matches!(rename(GroupKey::Number(5), "x").await, EditError::NoSuchGroup));
    assert!(matches!(rename(GroupKey::Guid(Guid([1; 16])), "x").await, EditError::NoSuchGroup));
}

#[tokio::test]
async fn people_move_between_them() {
    let b = Bench::new().await;
    let bob = email("bob");
    let key = |guid| ContactKey::Guid(guid);
    for name in ["Friends", "Work"] {
        b.store.add_group(b.alice, name, LIMITS).await.unwrap();
    }
    let one = || Some(GroupKey::Number(1));
    let added = b.store.add_contact(b.alice, &bob, Some("Bob"), one(), LIMITS).await.unwrap();
    assert_eq!(groups_of(&b, b.bob).await, [1]);
    let again = b.store.add_contact(b.alice, &bob, None, one(), LIMITS).await;
    assert!(matches!(again, Err(EditError::AlreadyThere)));
    let second = b.store.add_contact_by_guid(b.alice, added.guid, GroupKey::Number(2)).await.unwrap();
    assert_eq!((second.changes.len(), second.changes[0].after), (1, on(&[List::Forward])));
    assert_eq!(groups_of(&b, b.bob).await, [1, 2]);
    assert_eq!(b.row(b.alice, b.bob).await.unwrap().stored_name.as_deref(), Some("Bob"));
    let names: Vec<_> = {
        let roster = b.roster(b.alice).await;
        roster.groups_of(&roster.contacts[0].groups).map(|group| group.name.clone()).collect()
    };
    assert_eq!(names, ["Friends", "Work"]);
    b.store.remove_contact(b.alice, key(added.guid), one()).await.unwrap();
    let twice = b.store.remove_contact(b.alice, key(added.guid), one()).await;
    assert!(matches!(twice, Err(EditError::NotInGroup)));
    let unknown = b.store.remove_contact(b.alice, key(added.guid), Some(GroupKey::Number(3))).await;
    assert!(matches!(unknown, Err(EditError::NoSuchGroup)));
    assert_eq!(groups_of(&b, b.bob).await, [2]);
    let nobody = b.store.add_contact_by_guid(b.alice, Guid([1; 16]), GroupKey::Number(9)).await;
    assert!(matches!(nobody, Err(EditError::UnknownAccount)));
    let no_group = b.store.add_contact_by_guid(b.alice, added.guid, GroupKey::Number(9)).await;
    assert!(matches!(no_group, Err(EditError::NoSuchGroup)));
    // Off the list is out of all groups, and coming back finds him in none.
    b.store.remove_contact(b.alice, key(added.guid), None).await.unwrap();
    b.store.add_contact(b.alice, &bob, None, None, LIMITS).await.unwrap();
    assert!(groups_of(&b, b.bob).await.is_empty());
}

/// MSNP7-9 move somebody by adding him to the one group and removing him from the other; group 0 is one like any to
/// them.
#[tokio::test]
async fn people_move_in_and_out_of_other_contacts() {
    let b = Bench::new().await;
    let bob = email("bob");
    let key = || ContactKey::Email(email("bob"));
    let (zero, one) = (|| Some(GroupKey::Number(0)), || Some(GroupKey::Number(1)));
    b.store.add_group(b.alice, "Friends", LIMITS).await.unwrap();
    b.store.add_contact(b.alice, &bob, None, zero(), LIMITS).await.unwrap();
    let again = b.store.add_contact(b.alice, &bob, None, zero(), LIMITS).await;
    assert!(matches!(again, Err(EditError::AlreadyThere)));
    b.store.add_contact(b.alice, &bob, None, one(), LIMITS).await.unwrap();
    let left = b.store.remove_contact(b.alice, key(), zero()).await.unwrap();
    assert_eq!((groups_of(&b, b.bob).await, left.revision), (vec![1], b.revision(b.alice).await));
    b.store.add_contact(b.alice, &bob, None, zero(), LIMITS).await.unwrap();
    b.store.remove_contact(b.alice, key(), one()).await.unwrap();
    assert!(groups_of(&b, b.bob).await.is_empty());
    assert!(b.lists(b.alice, b.bob).await.contains(List::Forward));
}

/// Who is added to group 0 beside another is in both, until he is taken out of one of them.
#[tokio::test]
async fn other_contacts_can_be_one_of_several() {
    let b = Bench::new().await;
    let bob = email("bob");
    let key = || ContactKey::Email(email("bob"));
    let (zero, one) = (|| Some(GroupKey::Number(0)), || Some(GroupKey::Number(1)));
    let friends = b.store.add_group(b.alice, "Friends", LIMITS).await.unwrap().group;
    b.store.add_contact(b.alice, &bob, None, one(), LIMITS).await.unwrap();
    let not_in = b.store.remove_contact(b.alice, key(), zero()).await;
    assert!(matches!(not_in, Err(EditError::NotInGroup)));
    b.store.add_contact(b.alice, &bob, None, zero(), LIMITS).await.unwrap();
    assert_eq!(groups_of(&b, b.bob).await, [0, 1]);
    let again = b.store.add_contact(b.alice, &bob, None, zero(), LIMITS).await;
    assert!(matches!(again, Err(EditError::AlreadyThere)));
    // To clients with GUIDs it is no group.
    let roster = b.roster(b.alice).await;
    assert_eq!(
        roster.groups_of(&roster.contacts[0].groups).map(|group| group.guid).collect::<Vec<_>>(),
        [friends.guid]
    );
    let removed = b.store.remove_group(b.alice, GroupKey::Number(1), Orphans::Leave).await.unwrap();
    assert_eq!((removed.left, removed.changes.len()), (vec![], 1));
    assert!(b.lists(b.alice, b.bob).await.contains(List::Forward));
    // Alone it needs no mark, and none is left over.
    assert!(groups_of(&b, b.bob).await.is_empty());
    let club = b.store.add_group(b.alice, "Club", LIMITS).await.unwrap().group;
    let row = b.row(b.alice, b.bob).await.unwrap();
    b.store.add_contact_by_guid(b.alice, row.guid, GroupKey::Guid(club.guid)).await.unwrap();
    assert_eq!(groups_of(&b, b.bob).await, [1]);
    b.store.add_contact(b.alice, &bob, None, zero(), LIMITS).await.unwrap();
    b.store.remove_contact(b.alice, key(), None).await.unwrap();
    b.store.add_contact(b.alice, &bob, None, one(), LIMITS).await.unwrap();
    assert_eq!(groups_of(&b, b.bob).await, [1]);
    b.store.remove_contact(b.alice, key(), one()).await.unwrap();
    // By number somebody is always in a group: adding him to another leaves him in the first.
    b.store.add_contact(b.alice, &bob, None, one(), LIMITS).await.unwrap();
    assert_eq!(groups_of(&b, b.bob).await, [0, 1]);
}

#[tokio::test]
async fn what_names_no_group_is_none_of_them() {
    let b = Bench::new().await;
    let bad = || Some(GroupKey::Malformed);
    let nobody = b.store.add_contact(b.alice, &email("nobody"), None, bad(), LIMITS).await;
    assert!(matches!(nobody, Err(EditError::UnknownAccount)));
    let no_group = b.store.add_contact(b.alice, &email("bob"), None, bad(), LIMITS).await;
    assert!(matches!(no_group, Err(EditError::NoSuchGroup)));
}

#[tokio::test]
async fn removing_one_takes_its_people_along_or_not() {
    for orphans in [Orphans::Leave, Orphans::Stay] {
        let b = Bench::new().await;
        b.store.add_group(b.alice, "Friends", LIMITS).await.unwrap();
        b.store.add_group(b.alice, "Work", LIMITS).await.unwrap();
        let one = || Some(GroupKey::Number(1));
        b.store.add_contact(b.alice, &email("bob"), None, one(), LIMITS).await.unwrap();
        let carol = b.store.add_contact(b.alice, &email("carol"), None, one(), LIMITS).await.unwrap();
        b.store.add_contact_by_guid(b.alice, carol.guid, GroupKey::Number(2)).await.unwrap();
        let before = b.revision(b.bob).await;
        let removed =
            b.store.remove_group(b.alice, GroupKey::Name("Friends".to_owned()), orphans).await.unwrap();
        assert_eq!(groups_of(&b, b.carol).await, [2]);
        let bobs = b.lists(b.bob, b.alice).await;
        if orphans == Orphans::Leave {
            assert_eq!((removed.left, removed.changes.len()), (vec![b.bob], 3));
            assert!(b.row(b.alice, b.bob).await.is_none() && bobs.is_empty());
            assert_eq!(b.revision(b.bob).await, before + 1);
        } else {
            assert_eq!((removed.left, removed.changes.len()), (vec![], 2));
            assert!(groups_of(&b, b.bob).await.is_empty() && bobs.contains(List::Reverse));
            assert_eq!(b.revision(b.bob).await, before);
        }
        assert_eq!(b.revision(b.alice).await, removed.revision);
        let again = b.store.remove_group(b.alice, GroupKey::Guid(removed.group.guid), orphans).await;
        assert!(matches!(again, Err(EditError::NoSuchGroup)));
        let zero = b.store.remove_group(b.alice, GroupKey::Number(0), orphans).await;
        assert!(matches!(zero, Err(EditError::OtherContacts)));
    }
}

/// Whatever a name has in it comes out as it went in.
#[tokio::test]
async fn names_are_read_as_they_were_written() {
    let b = Bench::new().await;
    for name in [
        "\"quoted\" \\ and /",
        "line\r\nend\ttab \u{1}\u{1f}\u{7f}",
        "ünï \u{2028} 😀 \u{10ffff}",
        "[1,null]",
        "' --",
    ] {
        b.store.set_name(b.bob, name).await.unwrap();
        b.store.add_contact(b.alice, &email("bob"), Some(name), None, LIMITS).await.unwrap();
        let roster = b.roster(b.alice).await;
        let bob = &roster.contacts[0];
        assert_eq!((bob.name.as_str(), bob.stored_name.as_deref()), (name, Some(name)));
        b.store.remove_contact(b.alice, ContactKey::Email(email("bob")), None).await.unwrap();
    }
}

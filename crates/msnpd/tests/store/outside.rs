//! Contacts without an account here.

use msnp::types::{Guid, List, Telephone};
use msnpd::store::{ContactKey, EditError, GroupKey, Limits, Orphans, OutsideContact, Store};

use super::{Bench, LIMITS, email, on};

fn number(digits: &str) -> Telephone {
    format!("tel:{digits}").parse().unwrap()
}

#[tokio::test]
async fn a_telephone_is_a_contact_of_its_own() {
    let b = Bench::new().await;
    let (before_a, before_b) = (b.revision(b.alice).await, b.revision(b.bob).await);
    let added = b.store.add_telephone(b.alice, &number("+15550100"), Some("Aunt é%"), LIMITS).await.unwrap();
    assert_eq!((added.contact, added.revision), (None, before_a + 1));
    assert!(added.changes.is_empty() && !added.is_new_contact());
    let roster = b.roster(b.alice).await;
    assert_eq!((roster.revision, roster.lists_revision), (before_a + 1, before_a + 1));
    let expected = OutsideContact {
        network: 4,
        address: "tel:+15550100".to_owned(),
        name: Some("Aunt é%".to_owned()),
        phone: None,
        guid: added.guid,
        lists: on(&[List::Forward]),
        revision: before_a + 1,
        groups: Vec::new(),
    };
    assert_eq!(roster.outside, [expected]);
    assert!(roster.contacts.is_empty());
    let again = b.store.add_telephone(b.alice, &number("+15550100"), None, LIMITS).await;
    assert!(matches!(again, Err(EditError::AlreadyThere)));
    assert!(b.store.has_telephone(b.alice, &number("+15550100")).await.unwrap());
    assert!(!b.store.has_telephone(b.alice, &number("15550100")).await.unwrap());

    // Another's book is another's.
    assert!(!b.store.has_telephone(b.bob, &number("+15550100")).await.unwrap());
    let theirs = b.store.add_telephone(b.bob, &number("+15550100"), None, LIMITS).await.unwrap();
    assert_ne!(theirs.guid, added.guid);
    assert_eq!((theirs.revision, b.revision(b.alice).await), (before_b + 1, before_a + 1));
    let not_his = b.store.remove_contact(b.bob, ContactKey::Guid(added.guid), None).await;
    assert!(matches!(not_his, Err(EditError::NotOnList)));

    let gone = b.store.remove_contact(b.alice, ContactKey::Guid(added.guid), None).await.unwrap();
    assert_eq!((gone.revision, gone.changes.len()), (before_a + 2, 0));
    assert!(b.roster(b.alice).await.outside.is_empty());
    let twice = b.store.remove_contact(b.alice, ContactKey::Guid(added.guid), None).await;
    assert!(matches!(twice, Err(EditError::NotOnList)));
    assert_eq!(b.roster(b.bob).await.outside.len(), 1);
}

#[tokio::test]
async fn it_has_a_name_and_groups_as_others_have() {
    let b = Bench::new().await;
    let guid = b.store.add_telephone(b.alice, &number("15550100"), Some(""), LIMITS).await.unwrap().guid;
    for name in ["Friends", "Work"] {
        b.store.add_group(b.alice, name, LIMITS).await.unwrap();
    }
    let entry = async || b.roster(b.alice).await.outside.remove(0);
    assert_eq!(entry().await.name, None);
    let rename =
        async |name: &str| b.store.rename_contact(b.alice, ContactKey::Guid(guid), name).await.unwrap();
    let renamed = rename("Aunt").await;
    assert_eq!((entry().await.name.as_deref(), entry().await.revision), (Some("Aunt"), renamed.revision));
    assert_eq!(rename("Aunt").await.revision, renamed.revision, "nothing to be stored");

    let phone = async |number: &str| {
        b.store.set_contact_phone(b.alice, ContactKey::Guid(guid), number).await.unwrap()
    };
    let noted = phone("tel:+15550100").await;
    assert_eq!(
        (entry().await.phone.as_deref(), entry().await.revision),
        (Some("tel:+15550100"), noted.revision)
    );
    assert_eq!((noted.revision, entry().await.name.as_deref()), (renamed.revision + 1, Some("Aunt")));
    assert_eq!(phone("tel:+15550100").await.revision, noted.revision, "nothing to be stored");
    phone("").await;
    assert_eq!(entry().await.phone, None);

    let join = async |group| b.store.add_contact_by_guid(b.alice, guid, GroupKey::Number(group)).await;
    join(2).await.unwrap();
    let joined = join(1).await.unwrap();
    assert_eq!((entry().await.groups, entry().await.revision), (vec![1, 2], joined.revision));
    assert!(matches!(join(1).await, Err(EditError::AlreadyThere)));
    assert!(matches!(join(9).await, Err(EditError::NoSuchGroup)));
    let nobody = b.store.add_contact_by_guid(b.alice, Guid([7; 16]), GroupKey::Number(1)).await;
    assert!(matches!(nobody, Err(EditError::UnknownAccount)));

    let leave = async |group| {
        b.store.remove_contact(b.alice, ContactKey::Guid(guid), Some(GroupKey::Number(group))).await
    };
    leave(1).await.unwrap();
    assert_eq!(entry().await.groups, [2]);
    assert!(matches!(leave(1).await, Err(EditError::NotInGroup)));
    assert!(matches!(leave(9).await, Err(EditError::NoSuchGroup)));

    // Whoever removes the group by number can't see the number, and does not lose it.
    let removed = b.store.remove_group(b.alice, GroupKey::Number(2), Orphans::Leave).await.unwrap();
    assert_eq!((entry().await.groups, entry().await.revision), (Vec::new(), removed.revision));
    b.store.add_contact_by_guid(b.alice, guid, GroupKey::Number(1)).await.unwrap();
    b.store.remove_contact(b.alice, ContactKey::Guid(guid), None).await.unwrap();
    b.store.add_telephone(b.alice, &number("15550100"), None, LIMITS).await.unwrap();
    assert!(entry().await.groups.is_empty(), "who comes back is in no group");
}

#[tokio::test]
async fn the_limit_is_for_both_kinds_together() {
    let b = Bench::new().await;
    let two = Limits { forward: 2, ..LIMITS };
    b.store.add_contact(b.alice, &email("bob"), None, None, two).await.unwrap();
    b.store.add_telephone(b.alice, &number("15550100"), None, two).await.unwrap();
    let before = b.revision(b.alice).await;
    let third = b.store.add_telephone(b.alice, &number("15550101"), None, two).await;
    assert!(matches!(third, Err(EditError::ListFull)));
    let third = b.store.add_contact(b.alice, &email("carol"), None, None, two).await;
    assert!(matches!(third, Err(EditError::ListFull)));
    assert_eq!(b.revision(b.alice).await, before);
}

#[tokio::test]
async fn it_is_on_the_disk_and_goes_with_its_owner() {
    let b = Bench::new().await;
    b.store.add_telephone(b.alice, &number("15550100"), Some("Aunt"), LIMITS).await.unwrap();
    let group = b.store.add_group(b.alice, "Family", LIMITS).await.unwrap().group;
    let guid = b.roster(b.alice).await.outside[0].guid;
    b.store.add_contact_by_guid(b.alice, guid, GroupKey::Guid(group.guid)).await.unwrap();
    b.store.add_telephone(b.bob, &number("15550100"), None, LIMITS).await.unwrap();
    let before = b.roster(b.alice).await;
    b.store.close().await;
    let store = Store::open(b.path()).await.unwrap();
    assert_eq!(store.roster(b.alice).await.unwrap().unwrap(), before);
    store.remove_account(b.alice).await.unwrap();
    assert!(store.roster(b.alice).await.unwrap().is_none());
    assert!(!store.has_telephone(b.alice, &number("15550100")).await.unwrap());
    assert_eq!(store.roster(b.bob).await.unwrap().unwrap().outside.len(), 1);
}

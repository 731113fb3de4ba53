//! Name, privacy, properties.

use msnp::types::List;
use msnp::types::{Privacy, Prompt, Property};
use msnpd::account::AccountId;
use msnpd::store::EditError;

use super::{Bench, LIMITS, email};

#[tokio::test]
async fn are_set_once() {
    let b = Bench::new().await;
    let roster = b.roster(b.alice).await;
    assert_eq!((roster.prompt, roster.privacy), (Prompt::Ask, Privacy::AllowOthers));
    assert_eq!(b.store.set_privacy(b.alice, Privacy::BlockOthers).await.unwrap(), 2);
    assert!(matches!(b.store.set_privacy(b.alice, Privacy::BlockOthers).await, Err(EditError::Unchanged)));
    assert_eq!(b.store.set_prompt(b.alice, Prompt::Allow).await.unwrap(), 3);
    assert!(matches!(b.store.set_prompt(b.alice, Prompt::Allow).await, Err(EditError::Unchanged)));
    assert_eq!(b.store.set_name(b.alice, " A\u{1F431}%20 ").await.unwrap(), 4);
    assert_eq!(b.store.set_name(b.alice, " A\u{1F431}%20 ").await.unwrap(), 4);
    let roster = b.roster(b.alice).await;
    assert_eq!((roster.prompt, roster.privacy), (Prompt::Allow, Privacy::BlockOthers));
    assert_eq!((roster.revision, roster.lists_revision, roster.settings_revision), (4, 1, 4));
    assert_eq!(b.store.account(b.alice).await.unwrap().unwrap().name, " A\u{1F431}%20 ");
    let gone = AccountId(99);
    assert!(matches!(b.store.set_privacy(gone, Privacy::BlockOthers).await, Err(EditError::Gone)));
    assert!(matches!(b.store.set_name(gone, "x").await, Err(EditError::Gone)));
    assert!(matches!(b.store.set_property(gone, Property::HasBlog, None).await, Err(EditError::Gone)));
}

#[tokio::test]
async fn properties_reach_who_may_see_them() {
    let b = Bench::new().await;
    for name in ["bob", "carol"] {
        let owner = if name == "bob" { b.bob } else { b.carol };
        b.store.add_contact(owner, &email("alice"), None, None, LIMITS).await.unwrap();
    }
    b.store.add_to_list(b.alice, List::Block, &email("carol"), true, LIMITS).await.unwrap();
    let before = b.revision(b.bob).await;
    let set = b.store.set_property(b.alice, Property::HomePhone, Some("+1 555")).await.unwrap();
    assert_eq!(set.watchers, [(b.bob, before + 1)]);
    assert_eq!(b.roster(b.bob).await.lists_revision, before + 1);
    let again = b.store.set_property(b.alice, Property::HomePhone, Some("+1 555")).await.unwrap();
    assert_eq!((again.revision, again.watchers), (set.revision, Vec::new()));
    // What is nobody else's business changes nobody else's list.
    let own = b.store.set_property(b.alice, Property::MobileEnabled, Some("Y")).await.unwrap();
    assert!(own.watchers.is_empty());
    let roster = b.roster(b.alice).await;
    assert_eq!(
        roster.properties,
        [(Property::HomePhone, "+1 555".to_owned()), (Property::MobileEnabled, "Y".to_owned())]
    );
    assert_eq!(roster.settings_revision, own.revision);
    let bobs = b.row(b.bob, b.alice).await.unwrap();
    assert!(bobs.allows);
    assert_eq!(bobs.properties, [(Property::HomePhone, "+1 555".to_owned())]);
    let carols = b.row(b.carol, b.alice).await.unwrap();
    assert!(!carols.allows && carols.properties.is_empty());
    let removed = b.store.set_property(b.alice, Property::HomePhone, None).await.unwrap();
    assert_eq!((removed.revision, removed.watchers.len()), (own.revision + 1, 1));
    assert!(b.row(b.bob, b.alice).await.unwrap().properties.is_empty());
    // With privacy "nobody", only who is allowed.
    b.store.set_privacy(b.alice, Privacy::BlockOthers).await.unwrap();
    let set = b.store.set_property(b.alice, Property::WebWatch, Some("1")).await.unwrap();
    assert!(set.watchers.is_empty() && !b.row(b.bob, b.alice).await.unwrap().allows);
    b.store.add_to_list(b.alice, List::Allow, &email("bob"), true, LIMITS).await.unwrap();
    let set = b.store.set_property(b.alice, Property::WebWatch, Some("2")).await.unwrap();
    assert!(set.watchers.len() == 1 && b.row(b.bob, b.alice).await.unwrap().allows);
}

#[tokio::test]
async fn nobody_is_paged_without_the_mobile_service() {
    let b = Bench::new().await;
    b.store.add_contact(b.bob, &email("alice"), None, None, LIMITS).await.unwrap();
    let set = async |property, value| b.store.set_property(b.alice, property, value).await.unwrap();
    let told = |value: &str| Some((Property::Pageable, Some(value.to_owned())));
    let seen = async || b.row(b.bob, b.alice).await.unwrap().properties;
    let asked = set(Property::Pageable, Some("Y")).await;
    assert_eq!((asked.shown, asked.watchers.len()), (told("N"), 1));
    assert_eq!(seen().await, [(Property::Pageable, "N".to_owned())]);
    assert_eq!(b.roster(b.alice).await.properties, [(Property::Pageable, "Y".to_owned())], "kept as asked");
    // The service comes and goes, and he with it.
    let on = set(Property::MobileEnabled, Some("Y")).await;
    assert_eq!((on.shown, on.watchers.len()), (told("Y"), 1));
    assert_eq!(seen().await, [(Property::Pageable, "Y".to_owned())]);
    let off = set(Property::MobileEnabled, Some("N")).await;
    assert_eq!((off.shown, off.watchers.len()), (told("N"), 1));
    let same = set(Property::Pageable, Some("N")).await;
    assert_eq!((same.shown, same.watchers), (None, Vec::new()));
    let none = set(Property::Pageable, None).await;
    assert_eq!(none.shown, Some((Property::Pageable, None)));
}

#[tokio::test]
async fn one_contact_shows_what_the_lists_would() {
    let b = Bench::new().await;
    for (property, value) in
        [(Property::Pageable, "Y"), (Property::WorkPhone, "2"), (Property::HomePhone, "1")]
    {
        b.store.set_property(b.alice, property, Some(value)).await.unwrap();
    }
    b.store.add_contact(b.bob, &email("alice"), None, None, LIMITS).await.unwrap();
    let shown = b.store.properties_shown(b.alice, b.bob).await.unwrap();
    assert_eq!(shown.len(), 3);
    assert_eq!(shown, b.row(b.bob, b.alice).await.unwrap().properties);
    b.store.add_to_list(b.alice, List::Block, &email("bob"), true, LIMITS).await.unwrap();
    assert!(b.store.properties_shown(b.alice, b.bob).await.unwrap().is_empty());
    b.store.set_privacy(b.alice, Privacy::BlockOthers).await.unwrap();
    assert!(b.store.properties_shown(b.alice, b.carol).await.unwrap().is_empty());
    b.store.add_to_list(b.alice, List::Allow, &email("carol"), true, LIMITS).await.unwrap();
    assert_eq!(b.store.properties_shown(b.alice, b.carol).await.unwrap(), shown);
}

//! Name, privacy, properties.

use msnp::types::List;
use msnp::types::{Privacy, Prompt, Property};
use msnpd::account::AccountId;
use msnpd::store::{ContactKey, EditError, Sight};

use super::{Bench, LIMITS, email};

#[tokio::test]
async fn are_set_once() {
    let b = Bench::new().await;
    let roster = b.roster(b.alice).await;
    assert_eq!((roster.prompt, roster.privacy), (Prompt::Ask, Privacy::AllowOthers));
    assert_eq!(b.store.set_privacy(b.alice, Privacy::BlockOthers).await.unwrap().revision, 2);
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
    assert_eq!(set.sight.watchers, [(b.bob, before + 1)]);
    assert_eq!(b.roster(b.bob).await.lists_revision, before + 1);
    let again = b.store.set_property(b.alice, Property::HomePhone, Some("+1 555")).await.unwrap();
    assert_eq!((again.revision, again.sight.watchers), (set.revision, Vec::new()));
    // What is nobody else's business changes nobody else's list.
    let own = b.store.set_property(b.alice, Property::MobileEnabled, Some("Y")).await.unwrap();
    assert!(own.sight.watchers.is_empty());
    let roster = b.roster(b.alice).await;
    assert_eq!(
        roster.properties,
        [(Property::HomePhone, "+1 555".to_owned()), (Property::MobileEnabled, "Y".to_owned())]
    );
    assert_eq!(roster.settings_revision, own.revision);
    let bobs = b.row(b.bob, b.alice).await.unwrap();
    assert_eq!(bobs.properties, [(Property::HomePhone, "+1 555".to_owned())]);
    let carols = b.row(b.carol, b.alice).await.unwrap();
    assert!(carols.properties.is_empty());
    let removed = b.store.set_property(b.alice, Property::HomePhone, None).await.unwrap();
    assert_eq!((removed.revision, removed.sight.watchers.len()), (own.revision + 1, 1));
    assert!(b.row(b.bob, b.alice).await.unwrap().properties.is_empty());
    // With privacy "nobody", only who is allowed.
    b.store.set_privacy(b.alice, Privacy::BlockOthers).await.unwrap();
    let set = b.store.set_property(b.alice, Property::WebWatch, Some("1")).await.unwrap();
    assert!(set.sight.watchers.is_empty() && b.row(b.bob, b.alice).await.unwrap().properties.is_empty());
    b.store.add_to_list(b.alice, List::Allow, &email("bob"), true, LIMITS).await.unwrap();
    let set = b.store.set_property(b.alice, Property::WebWatch, Some("2")).await.unwrap();
    assert!(set.sight.watchers.len() == 1 && !b.row(b.bob, b.alice).await.unwrap().properties.is_empty());
}

#[tokio::test]
async fn properties_come_and_go_with_the_right_to_see_them() {
    let b = Bench::new().await;
    let (bob, carol) = (email("bob"), email("carol"));
    for owner in [b.bob, b.carol] {
        b.store.add_contact(owner, &email("alice"), None, None, LIMITS).await.unwrap();
    }
    // Who shows nothing has nothing to hide.
    let block = async |who| b.store.add_to_list(b.alice, List::Block, who, true, LIMITS).await.unwrap().sight;
    let unblock = async |who| b.store.remove_from_list(b.alice, List::Block, who).await.unwrap().sight;
    let set_privacy = async |privacy| b.store.set_privacy(b.alice, privacy).await.unwrap().sight;
    let before = b.revision(b.bob).await;
    assert_eq!((block(&bob).await, unblock(&bob).await), (Sight::default(), Sight::default()));
    b.store.set_property(b.alice, Property::MobileEnabled, Some("Y")).await.unwrap();
    assert_eq!((block(&bob).await, unblock(&bob).await), (Sight::default(), Sight::default()));
    assert_eq!(b.revision(b.bob).await, before);

    for (property, value) in [(Property::Pageable, "Y"), (Property::HomePhone, "1")] {
        b.store.set_property(b.alice, property, Some(value)).await.unwrap();
    }
    let at = b.revision(b.bob).await;
    let value = |value: Option<&str>| value.map(str::to_owned);
    let all = vec![(Property::HomePhone, value(Some("1"))), (Property::Pageable, value(Some("Y")))];
    let none = vec![(Property::HomePhone, None), (Property::Pageable, None)];
    assert_eq!(block(&bob).await, Sight { properties: none.clone(), watchers: vec![(b.bob, at + 1)] });
    assert_eq!(b.roster(b.bob).await.lists_revision, at + 1);
    // Bob sees her as little as before.
    let (hidden, carols) = (set_privacy(Privacy::BlockOthers).await, b.revision(b.carol).await);
    assert_eq!(hidden, Sight { properties: none.clone(), watchers: vec![(b.carol, carols)] });
    assert_eq!(unblock(&bob).await, Sight::default());
    let allowed = b.store.add_to_list(b.alice, List::Allow, &bob, true, LIMITS).await.unwrap().sight;
    assert_eq!(allowed, Sight { properties: all.clone(), watchers: vec![(b.bob, at + 2)] });
    let swapped = b.store.swap_list(b.alice, List::Block, &bob).await.unwrap().sight;
    assert_eq!(swapped, Sight { properties: none, watchers: vec![(b.bob, at + 3)] });
    let shown = set_privacy(Privacy::AllowOthers).await;
    assert_eq!(shown, Sight { properties: all, watchers: vec![(b.carol, carols + 1)] });
    // Allowed by name beside that, she sees what she saw.
    let same = b.store.add_to_list(b.alice, List::Allow, &carol, true, LIMITS).await.unwrap().sight;
    assert_eq!((same, b.revision(b.carol).await), (Sight::default(), carols + 1));
    // Who has not added her keeps no properties of hers.
    let removed = b.store.remove_contact(b.carol, ContactKey::Email(email("alice")), None).await.unwrap();
    assert_eq!(removed.sight, Sight::default());
    b.store.remove_from_list(b.alice, List::Allow, &carol).await.unwrap();
    assert_eq!(block(&carol).await, Sight::default());
}

#[tokio::test]
async fn nobody_is_paged_without_the_mobile_service() {
    let b = Bench::new().await;
    b.store.add_contact(b.bob, &email("alice"), None, None, LIMITS).await.unwrap();
    let set = async |property, value| b.store.set_property(b.alice, property, value).await.unwrap();
    let told = |value: &str| vec![(Property::Pageable, Some(value.to_owned()))];
    let seen = async || b.row(b.bob, b.alice).await.unwrap().properties;
    let asked = set(Property::Pageable, Some("Y")).await;
    assert_eq!((asked.sight.properties, asked.sight.watchers.len()), (told("N"), 1));
    assert_eq!(seen().await, [(Property::Pageable, "N".to_owned())]);
    assert_eq!(b.roster(b.alice).await.properties, [(Property::Pageable, "Y".to_owned())], "kept as asked");
    // The service comes and goes, and he with it.
    let on = set(Property::MobileEnabled, Some("Y")).await;
    assert_eq!((on.sight.properties, on.sight.watchers.len()), (told("Y"), 1));
    assert_eq!(seen().await, [(Property::Pageable, "Y".to_owned())]);
    let off = set(Property::MobileEnabled, Some("N")).await;
    assert_eq!((off.sight.properties, off.sight.watchers.len()), (told("N"), 1));
    let same = set(Property::Pageable, Some("N")).await;
    assert_eq!(same.sight, Sight::default());
    let none = set(Property::Pageable, None).await;
    assert_eq!(none.sight.properties, [(Property::Pageable, None)]);
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

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

//! Whatever people do to their lists, what must hold of them holds.

use std::collections::HashMap;

use msnp::types::{List, Lists, Privacy, Property};
use msnpd::account::AccountId;
use msnpd::store::{Change, ContactKey, EditError, GroupKey, Limits, Orphans, Sight, Store};
use proptest::prelude::*;
use proptest::test_runner::Config;

use super::{add, email};

const NAMES: [&str; 4] = ["ann", "ben", "cat", "dan"];
const LIMITS: Limits = Limits { forward: 3, allow: 2, block: 2, groups: 3 };

#[derive(Clone, Debug)]
enum Edit {
    Add(Option<u8>),
    AddGroup(u8),
    AddTo(List, bool),
    Confirm,
    Privacy(Privacy),
    Remove(Option<u8>),
    RemoveFrom(List),
    RemoveGroup(u8, Orphans),
    Rename(u8),
}

fn edit() -> impl Strategy<Value = (usize, usize, Edit)> {
    let list = prop::sample::select(&List::ALL[..]);
    let orphans = prop::sample::select(&[Orphans::Leave, Orphans::Stay][..]);
    let group = || prop::option::of(0_u8..4);
    let edit = prop_oneof![
        4 => group().prop_map(Edit::Add),
        1 => (0_u8..4).prop_map(Edit::AddGroup),
        3 => (list.clone(), any::<bool>()).prop_map(|(list, ends)| Edit::AddTo(list, ends)),
        1 => Just(Edit::Confirm),
        1 => prop::sample::select(&[Privacy::AllowOthers, Privacy::BlockOthers][..]).prop_map(Edit::Privacy),
        3 => group().prop_map(Edit::Remove),
        2 => list.prop_map(Edit::RemoveFrom),
        1 => (0_u8..4, orphans).prop_map(|(group, orphans)| Edit::RemoveGroup(group, orphans)),
        1 => (0_u8..3).prop_map(Edit::Rename),
    ];
    (0..NAMES.len(), 0..NAMES.len(), edit)
}

/// Does an edit; gives the owner's new revision, what is said to have changed, and who sees properties come or go.
async fn apply(
    store: &Store,
    owner: AccountId,
    who: &str,
    edit: Edit,
) -> Result<(u64, Vec<Change>, Sight), EditError> {
    let who = &email(who);
    let key = ContactKey::Email(who.clone());
    let edited = match edit {
        Edit::Add(group) => store.add_contact(owner, who, None, group.map(GroupKey::Number), LIMITS).await?,
        Edit::AddGroup(name) => {
            let added = store.add_group(owner, &name.to_string(), LIMITS).await?;
            return Ok((added.revision, Vec::new(), Sight::default()));
        }
        Edit::AddTo(list, ends) => store.add_to_list(owner, list, who, ends, LIMITS).await?,
        Edit::Confirm => store.confirm_reverse(owner, who).await?,
        Edit::Privacy(privacy) => {
            let set = store.set_privacy(owner, privacy).await?;
            return Ok((set.revision, Vec::new(), set.sight));
        }
        Edit::Remove(group) => store.remove_contact(owner, key, group.map(GroupKey::Number)).await?,
        Edit::RemoveFrom(list) => store.remove_from_list(owner, list, who).await?,
        Edit::RemoveGroup(group, orphans) => {
            let removed = store.remove_group(owner, GroupKey::Number(group), orphans).await?;
            return Ok((removed.revision, removed.changes, Sight::default()));
        }
        Edit::Rename(name) => store.rename_contact(owner, key, &name.to_string()).await?,
    };
    Ok((edited.revision, edited.changes, edited.sight))
}

/// What the directory would keep: rows by owner and contact, with the revision each was last changed at.
type Rows = HashMap<(AccountId, AccountId), (Lists, u64)>;

async fn check(edits: Vec<(usize, usize, Edit)>) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let mut ids = Vec::new();
    for name in NAMES {
        ids.push(add(&store, name).await);
    }
    let mut kept = Rows::new();
    let mut revisions: HashMap<_, u64> = ids.iter().map(|id| (*id, 1)).collect();
    // Two of them show something.
    for id in &ids[..2] {
        let set = store.set_property(*id, Property::HomePhone, Some("1")).await.unwrap();
        revisions.insert(*id, set.revision);
    }
    let mut seen: HashMap<_, Vec<_>> = HashMap::new();
    for (owner, who, edit) in edits {
        let owner = ids[owner];
        let before = revisions.clone();
        let mut touched = Vec::new();
        if let Ok((revision, changes, sight)) = apply(&store, owner, NAMES[who], edit).await {
            if revision > before[&owner] {
                touched.push(owner);
                revisions.insert(owner, revision);
            }
            for change in changes {
                let known = kept.remove(&(change.owner, change.contact)).unwrap_or_default();
                assert_eq!(change.before, known.0);
                assert!(change.revision > known.1);
                if !change.after.is_empty() {
                    kept.insert((change.owner, change.contact), (change.after, change.revision));
                }
                touched.push(change.owner);
                revisions.insert(change.owner, change.revision);
            }
            assert!(sight.watchers.is_empty() || !sight.properties.is_empty());
            for (watcher, revision) in sight.watchers {
                touched.push(watcher);
                revisions.insert(watcher, revision);
            }
        }
        let mut stored = Rows::new();
        for id in &ids {
            let roster = store.roster(*id).await.unwrap().unwrap();
            assert_eq!(roster.revision, revisions[id], "what was told is what is stored");
            assert_eq!(roster.revision > before[id], touched.contains(id), "it grows with each change only");
            let sees: Vec<_> = roster.contacts.iter().map(|row| (row.id, row.properties.clone())).collect();
            let saw = seen.insert(*id, sees.clone()).unwrap_or_default();
            assert!(sees == saw || touched.contains(id), "one version has one content");
            for row in roster.contacts {
                assert!(!(row.lists.contains(List::Allow) && row.lists.contains(List::Block)));
                assert!(row.groups.is_empty() || row.lists.contains(List::Forward));
                assert!(!row.lists.contains(List::Pending) || row.lists.contains(List::Reverse));
                stored.insert((*id, row.id), (row.lists, row.revision));
            }
        }
        assert_eq!(stored, kept, "who applies the changes has what is stored");
        for owner in &ids {
            for contact in &ids {
                let lists = |a, b| stored.get(&(a, b)).map(|row| row.0).unwrap_or_default();
                assert_eq!(
                    lists(*owner, *contact).contains(List::Forward),
                    lists(*contact, *owner).contains(List::Reverse),
                );
            }
        }
    }
    let last = kept;
    drop(store);
    let store = Store::open(dir.path()).await.unwrap();
    for id in ids {
        for row in store.brief(id).await.unwrap().unwrap().contacts {
            assert_eq!(last[&(id, row.id)], (row.lists, row.revision));
        }
    }
}

proptest! {
    #![proptest_config(Config { cases: 24, failure_persistence: None, ..Config::default() })]

    #[test]
    fn lists_stay_in_step(edits in prop::collection::vec(edit(), 1..60)) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(check(edits));
    }
}

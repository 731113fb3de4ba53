//! Whatever people do to their lists, what must hold of them holds.

use std::collections::HashMap;

use msnp::types::{Guid, List, Lists, Privacy, Property};
use msnpd::account::AccountId;
use msnpd::store::{
    Adding, Addition, BookEdited, BookEntry, BookError, BookGroup, Change, ContactKey, EditError,
    EntryAddress, EntryUpdate, GroupKey, Limits, Me, Member, MemberKey, MembershipId, NewEntry, Orphans,
    Role, Sight, Store,
};
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
    Book(BookEdit),
}

/// What only the web services do. Who is in the book, and which group, is counted from its beginning.
#[derive(Clone, Debug)]
enum BookEdit {
    Add { is_buddy: bool, allows: bool, outside: Option<u8>, group: Option<usize> },
    AddMember(Role, Option<u8>),
    Delete(usize),
    DeleteMember(usize),
    Group { who: usize, group: usize, joins: bool },
    RemoveGroup(usize),
    Update { who: usize, is_buddy: Option<bool>, note: Option<u8> },
}

fn book_edit() -> impl Strategy<Value = BookEdit> {
    let maybe = || prop::option::of(0_u8..3);
    prop_oneof![
        4 => (any::<bool>(), any::<bool>(), maybe(), prop::option::of(0_usize..2)).prop_map(
            |(is_buddy, allows, outside, group)| BookEdit::Add { is_buddy, allows, outside, group }
        ),
        3 => (prop::sample::select(&Role::ALL[..]), maybe())
            .prop_map(|(role, outside)| BookEdit::AddMember(role, outside)),
        2 => (0_usize..4).prop_map(BookEdit::Delete),
        2 => (0_usize..6).prop_map(BookEdit::DeleteMember),
        2 => (0_usize..4, 0_usize..2, any::<bool>())
            .prop_map(|(who, group, joins)| BookEdit::Group { who, group, joins }),
        1 => (0_usize..2).prop_map(BookEdit::RemoveGroup),
        3 => (0_usize..4, prop::option::of(any::<bool>()), maybe())
            .prop_map(|(who, is_buddy, note)| BookEdit::Update { who, is_buddy, note }),
    ]
}

async fn apply_to_book(
    store: &Store,
    owner: AccountId,
    who: &str,
    edit: BookEdit,
) -> Result<BookEdited, BookError> {
    let book = store.book(owner, None).await.unwrap().unwrap();
    let entry = |n: usize| book.entries.get(n).map_or(Guid([9; 16]), |entry| entry.guid);
    let group = |n: usize| book.groups.get(n).map_or(Guid([9; 16]), |group| group.guid);
    let address = |n: u8| if n == 0 { (0, String::new()) } else { (32, n.to_string()) };
    match edit {
        BookEdit::Add { is_buddy, allows, outside, group: n } => {
            let who = match outside.map(address) {
                Some((network, address)) => EntryAddress::Outside { network, address },
                None => EntryAddress::Account(email(who)),
            };
            let new = NewEntry { who, is_buddy, name: None, phone: None, details: Vec::new(), invite: None };
            let groups = n.map(group).into_iter().collect();
            let how = Adding { allows, limits: LIMITS };
            store.add_to_groups(owner, vec![Addition::New(new)], groups, how).await
        }
        BookEdit::AddMember(role, outside) => {
            let key = match outside.map(|n| address(n + 1)) {
                Some((network, address)) => MemberKey::Outside { network, address },
                None => MemberKey::Account(email(who)),
            };
            store.add_members(owner, vec![(role, key)], LIMITS).await
        }
        BookEdit::Delete(n) => store.delete_entries(owner, vec![entry(n)]).await,
        BookEdit::DeleteMember(n) => {
            let members = store.membership(owner, None).await.unwrap().unwrap().members;
            let Some(member) = members.get(n) else { return Err(BookError::NoSuchMember) };
            store.delete_members(owner, vec![(member.role, MemberKey::Id(member.id))]).await
        }
        BookEdit::Group { who, group: n, joins: true } => {
            let how = Adding { allows: false, limits: LIMITS };
            store.add_to_groups(owner, vec![Addition::Known(entry(who))], vec![group(n)], how).await
        }
        BookEdit::Group { who, group: n, joins: false } => {
            store.leave_groups(owner, vec![entry(who)], vec![group(n)]).await
        }
        BookEdit::RemoveGroup(n) => store.remove_groups(owner, vec![group(n)]).await,
        BookEdit::Update { who, is_buddy, note } => {
            let details = note.map(|n| ("comment".to_owned(), (n > 0).then(|| n.to_string())));
            let update = EntryUpdate {
                guid: entry(who),
                is_buddy,
                name: note.map(|n| n.to_string()),
                phone: None,
                details: details.into_iter().collect(),
                invite: None,
            };
            store.update_entries(owner, None, vec![update], Adding { allows: false, limits: LIMITS }).await
        }
    }
}

/// What a client has that keeps up by asking what has changed.
#[derive(Debug, Default, PartialEq)]
struct Replica {
    revision: u64,
    me: Option<Me>,
    groups: HashMap<Guid, BookGroup>,
    entries: HashMap<Guid, BookEntry>,
    members: HashMap<MembershipId, Member>,
}

impl Replica {
    /// Reads the whole, or with what is known already only what has changed since.
    async fn read(mut self, store: &Store, owner: AccountId) -> Self {
        let since = Some(self.revision).filter(|since| *since > 0);
        let book = store.book(owner, since).await.unwrap().unwrap();
        let membership = store.membership(owner, since).await.unwrap().unwrap();
        assert!(since.is_none_or(|since| since >= book.deltas_from), "all of it is known");
        self.me = book.me.or(self.me);
        for gone in &book.deleted_groups {
            self.groups.remove(&gone.guid);
        }
        for gone in &book.deleted_entries {
            self.entries.remove(&gone.guid);
        }
        for gone in &membership.deleted {
            self.members.remove(&gone.id);
        }
        let revisions = book.groups.iter().map(|group| group.revision);
        let revisions = revisions.chain(book.entries.iter().map(|entry| entry.revision));
        for revision in revisions.chain(membership.members.iter().map(|member| member.revision)) {
            assert!(revision > self.revision && revision <= book.revision);
        }
        self.groups.extend(book.groups.into_iter().map(|group| (group.guid, group)));
        self.entries.extend(book.entries.into_iter().map(|entry| (entry.guid, entry)));
        self.members.extend(membership.members.into_iter().map(|member| (member.id, member)));
        self.revision = book.revision;
        // What others change on their side is theirs, and roles are not of the book.
        for entry in self.entries.values_mut() {
            entry.lists = if entry.is_buddy() { List::Forward.bit() } else { Lists::NONE };
            if let msnpd::store::EntryKind::Account { theirs, .. } = &mut entry.who {
                *theirs = Lists::NONE;
            }
        }
        self
    }
}

fn edit() -> impl Strategy<Value = (usize, usize, Edit)> {
    let list = prop::sample::select(&List::ALL[..]);
    let orphans = prop::sample::select(&[Orphans::Leave, Orphans::Stay][..]);
    let group = || prop::option::of(0_u8..4);
    let edit = prop_oneof![
        12 => book_edit().prop_map(Edit::Book),
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
        Edit::Book(_) => return Err(EditError::Unchanged),
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
    let mut replicas: HashMap<_, _> = ids.iter().map(|id| (*id, Replica::default())).collect();
    for (step, (owner, who, edit)) in edits.into_iter().enumerate() {
        let owner = ids[owner];
        let before = revisions.clone();
        let mut touched = Vec::new();
        let done = match edit {
            Edit::Book(edit) => match apply_to_book(&store, owner, NAMES[who], edit).await {
                Ok(done) => {
                    let changes = done.edits.iter().flat_map(|edit| edit.changes.clone()).collect();
                    let sights = done.edits.into_iter().map(|edit| edit.sight).collect();
                    Some((done.revision, changes, sights))
                }
                Err(_) => None,
            },
            edit => {
                let done = apply(&store, owner, NAMES[who], edit).await.ok();
                done.map(|(revision, changes, sight)| (revision, changes, vec![sight]))
            }
        };
        if let Some((revision, changes, sights)) = done {
            let changes: Vec<Change> = changes;
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
                let known = revisions.entry(change.owner).or_default();
                *known = change.revision.max(*known);
            }
            for sight in sights {
                assert!(sight.watchers.is_empty() || !sight.properties.is_empty());
                for (watcher, revision) in sight.watchers {
                    touched.push(watcher);
                    let known = revisions.entry(watcher).or_default();
                    *known = revision.max(*known);
                }
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
        // Everybody asks now and then.
        for (n, id) in ids.iter().enumerate() {
            if step % (2 + n) == 0 {
                let replica = replicas.remove(id).unwrap().read(&store, *id).await;
                assert_eq!(replica, Replica::default().read(&store, *id).await);
                replicas.insert(*id, replica);
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
    for (id, replica) in replicas {
        let kept_up = replica.read(&store, id).await;
        assert_eq!(kept_up, Replica::default().read(&store, id).await);
    }
    let last = kept;
    store.close().await;
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

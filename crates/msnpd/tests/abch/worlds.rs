//! Two worlds, one truth: what clients of MSNP2-12 edit and what the address book shows are the same.

use std::time::SystemTime;

use msnpd::ticket::{LIFETIME, Mint, Purpose};

use crate::common::raw::Raw;
use crate::support::{ALICE, BOB, Bench, CAROL, value};

const CONTACT: &str = "6f1c9f3e-1111-4a2b-8c3d-0000000000b0";

/// Two places of one account: a change made at one of them is heard at the other, and nobody tells the one that made it what it
/// knows.
#[tokio::test]
async fn other_places_of_the_same_account_are_told_to_read_the_book() {
    let b = Bench::new().await;
    let mint = Mint::open(b.dir.path()).unwrap();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let mut places = Vec::new();
    // Each client has got its tickets in an answer of its own, at a time of its own.
    for (number, issued) in [(1, now - 20), (2, now - 10)] {
        let ticket =
            |purpose| mint.issue(b.alice.id, 1, purpose, issued, LIFETIME).text().expose().to_owned();
        let (ticket, web) = (ticket(Purpose::SingleSignOn), ticket(Purpose::Web));
        let secret = mint.secret_of(&ticket).unwrap();
        let machine = format!("00000000-0000-4000-8000-00000000000{number}");
        let mut raw =
            Raw::sign_in_at(b.running.addresses.msnp, "MSNP18", ALICE, (&ticket, &secret), &machine).await;
        raw.ask("CHG", "NLN 0:0").await;
        raw.settle().await;
        places.push((raw, b.alice.with(web)));
    }
    let is_news = |line: &str| line.starts_with("NOT ");
    for (editor, other, email) in [(0, 1, BOB), (1, 0, CAROL)] {
        for (place, _) in &mut places {
            place.settle().await;
            place.heard.clear();
        }
        places[editor].1.add(email).await;
        places[other].0.until(is_news).await;
        assert!(String::from_utf8_lossy(&places[other].0.payload).contains("ABCHInternal"));
        places[editor].0.settle().await;
        assert!(!places[editor].0.heard.iter().any(|line| is_news(line)), "{:?}", places[editor].0.heard);
    }
    // Whoever can't be told from which place he asks is told at all of them.
    b.alice.fixture("ABGroupAdd", &[]).await.ok();
    for (place, _) in &mut places {
        place.until(is_news).await;
    }
}

/// Whoever is told his status is in the list of whoever shows it.
async fn online(raw: &mut Raw) {
    raw.ask("CHG", "NLN 0").await;
}

#[tokio::test]
async fn what_is_added_over_the_web_is_told_and_seen() {
    for dialect in ["MSNP8", "MSNP12"] {
        let b = Bench::new().await;
        let mut bob = b.bob.sign_in(dialect).await;
        online(&mut bob).await;
        let contact = b.alice.add(BOB).await;
        let told = bob.until(|line| line.contains(" RL ")).await;
        match dialect {
            "MSNP8" => assert!(told.starts_with("ADD 0 RL ") && told.contains(ALICE), "{told}"),
            _ => assert!(told.starts_with("ADC 0 RL N=alice@example.com"), "{told}"),
        }
        // She sees it in the lists of an older client, with the name and the number of the book.
        let update = format!(
            "<ABContactUpdate><abId/><contacts><Contact><contactId>{contact}</contactId><contactInfo><displayName>Bob B.</displayName>\
             <phones><ContactPhone><contactPhoneType>ContactPhoneMobile</contactPhoneType><number>+1 (555) 0100</number></ContactPhone></phones>\
             </contactInfo><propertiesChanged>DisplayName ContactPhone</propertiesChanged></Contact></contacts></ABContactUpdate>"
        );
        b.alice.ask(&update).await.ok();
        let alice = b.alice.sign_in(dialect).await;
        let list: Vec<_> = alice.heard.iter().filter(|line| line.starts_with("LST ")).collect();
        match dialect {
            "MSNP8" => assert_eq!(list, ["LST bob@example.com Bob%20B. 3 0"]),
            _ => {
                assert_eq!(list, [&format!("LST N=bob@example.com F=Bob%20B. C={contact} 3 1")]);
                assert!(alice.heard.contains(&"BPR PHM tel:+15550100".to_owned()), "{:?}", alice.heard);
            }
        }
        b.alice.fixture("ABContactDelete", &[(CONTACT, &contact)]).await.ok();
        let told = bob.until(|line| line.starts_with("REM ")).await;
        assert!(told.starts_with("REM 0 RL ") && told.ends_with(ALICE), "{told}");
    }
}

#[tokio::test]
async fn what_an_older_client_edits_is_in_the_book() {
    let b = Bench::new().await;
    let before =
        b.alice.fixture("ABFindAll", &[]).await.ok().text_of(&["ABFindAllResult", "ab", "lastChange"]);
    let mut alice = b.alice.sign_in("MSNP12").await;
    let group = alice.ask("ADG", "Friends").await.split(' ').nth(3).unwrap().to_owned();
    let added = alice.ask("ADC", "FL N=bob@example.com F=Bobby").await;
    let guid = added.split(" C=").nth(1).unwrap().to_owned();
    alice.ask("ADC", &format!("FL C={guid} {group}")).await;
    alice.ask("ADC", "AL N=bob@example.com").await;
    alice.ask("ADC", "BL N=carol@example.com").await;
    alice.ask("ADC", "FL N=tel:+15550100 F=Aunt").await;
    alice.ask("PRP", "MFN Alice%20A.").await;
    alice.ask("BLP", "BL").await;

    let contacts = b.alice.contacts().await;
    let [bob, aunt] = &*contacts else { panic!("{contacts:?}") };
    assert_eq!(value(bob, &["contactId"]), guid);
    assert_eq!(value(bob, &["contactInfo", "displayName"]), "Bobby");
    assert_eq!(value(bob, &["contactInfo", "groupIds", "guid"]), group);
    assert_eq!(value(aunt, &["contactInfo", "phones", "ContactPhone", "number"]), "+15550100");
    assert_eq!(
        (b.alice.members("Allow").await, b.alice.members("Block").await),
        (vec![BOB.to_owned()], vec![CAROL.to_owned()])
    );
    assert_eq!(b.bob.members("Pending").await, [ALICE]);
    let since = [("2026-02-03T04:05:06.7000000Z", &*before)];
    let changes = b.alice.fixture("ABFindAll.deltas", &since).await.ok();
    let result = changes.result().child("ABFindAllResult").unwrap();
    let me = &result.child("contacts").unwrap().children()[0];
    assert_eq!(value(me, &["contactInfo", "displayName"]), "Alice A.");
    let blp = &me.find(&["contactInfo", "annotations"]).unwrap().children()[2];
    assert_eq!((value(blp, &["Name"]), value(blp, &["Value"])), ("MSN.IM.BLP".to_owned(), "2".to_owned()));
    assert_eq!(result.child("contacts").unwrap().children().len(), 3);
    assert_eq!(result.child("groups").unwrap().children().len(), 1);

    let before = value(result, &["ab", "lastChange"]);
    alice.ask("REM", &format!("FL {guid}")).await;
    alice.ask("RMG", &group).await;
    let since = [("2026-02-03T04:05:06.7000000Z", &*before)];
    let changes = b.alice.fixture("ABFindAll.deltas", &since).await.ok();
    let result = changes.result().child("ABFindAllResult").unwrap();
    let gone = |container: &str, id: &str| {
        let [one] = result.child(container).unwrap().children() else { panic!("{}", changes.text) };
        (value(one, &[id]), value(one, &["fDeleted"]))
    };
    assert_eq!(gone("contacts", "contactId"), (guid, "true".to_owned()));
    assert_eq!(gone("groups", "groupId"), (group, "true".to_owned()));
}

/// Who may see whom changes at once, whoever says it.
#[tokio::test]
async fn presence_follows_the_book() {
    let b = Bench::new().await;
    let contact = b.alice.add(BOB).await;
    let mut alice = b.alice.sign_in("MSNP8").await;
    let mut bob = b.bob.sign_in("MSNP12").await;
    online(&mut alice).await;
    online(&mut bob).await;
    alice.until(|line| line.starts_with("NLN NLN bob@")).await;
    b.bob.fixture("AddMember.block", &[(BOB, ALICE)]).await.ok();
    alice.until(|line| line == "FLN bob@example.com").await;
    b.bob.fixture("AddMember", &[(BOB, ALICE)]).await.ok();
    alice.until(|line| line.starts_with("NLN NLN bob@")).await;
    // So does what he calls himself, and whom he lets see him.
    b.bob.fixture("ABContactUpdate.me", &[("Alice A.", "Bob B.")]).await.ok();
    alice.until(|line| line.starts_with("NLN NLN bob@example.com Bob%20B.")).await;
    b.bob.fixture("DeleteMember", &[(BOB, ALICE)]).await.ok();
    alice.until(|line| line == "FLN bob@example.com").await;
    b.alice.fixture("ABContactDelete", &[(CONTACT, &contact)]).await.ok();
    bob.until(|line| line.starts_with("REM 0 RL ")).await;

    // A contact who is there is shown to a place of the one who has added him, once she is in the book.
    b.bob.fixture("AddMember", &[(BOB, ALICE)]).await.ok();
    b.alice.add(BOB).await;
    alice.until(|line| line.starts_with("ILN ") || line.starts_with("NLN NLN bob@")).await;
}

/// A client that counts versions does not take its lists for complete after an edit it was not told of.
#[tokio::test]
async fn an_older_client_of_ones_own_reads_its_lists_again() {
    let b = Bench::new().await;
    let mut alice = b.alice.sign_in("MSNP8").await;
    online(&mut alice).await;
    b.alice.add(BOB).await;
    b.carol.add(ALICE).await;
    let told = alice.until(|line| line.starts_with("ADD 0 RL ")).await;
    let version = told.split(' ').nth(3).unwrap().to_owned();
    drop(alice);
    let mut alice = Raw::sign_in(b.running.addresses.msnp, "MSNP8", ALICE, &b.alice.ticket).await;
    let answer = alice.ask("SYN", &version).await;
    assert!(answer.split(' ').count() > 3, "{answer}: it is told everything");
    alice.settle().await;
    assert!(alice.heard.iter().any(|line| line.starts_with("LST bob@example.com")), "{:?}", alice.heard);
}

#[tokio::test]
async fn all_of_it_survives_a_restart() {
    let b = Bench::new().await;
    let contact = b.alice.add(BOB).await;
    let all = b.alice.fixture("ABFindAll", &[]).await.ok();
    let Bench { dir, running, .. } = b;
    running.stop().await;
    let b = Bench::on(dir, false).await;
    let again = b.alice.fixture("ABFindAll", &[]).await.ok();
    assert_eq!(again.result(), all.result());
    assert_eq!(value(&b.alice.contacts().await[0], &["contactId"]), contact);
}

/// Neither does one that was not told of a group, which nobody else hears of.
#[tokio::test]
async fn an_older_client_of_ones_own_reads_its_groups_again() {
    let b = Bench::new().await;
    let mut alice = b.alice.sign_in("MSNP8").await;
    online(&mut alice).await;
    b.alice.fixture("ABGroupAdd", &[]).await.ok();
    b.carol.add(ALICE).await;
    let told = alice.until(|line| line.starts_with("ADD 0 RL ")).await;
    let version = told.split(' ').nth(3).unwrap().to_owned();
    drop(alice);
    let mut alice = Raw::sign_in(b.running.addresses.msnp, "MSNP8", ALICE, &b.alice.ticket).await;
    alice.ask("SYN", &version).await;
    alice.settle().await;
    assert!(alice.heard.iter().any(|line| line.starts_with("LSG 1 Friends")), "{:?}", alice.heard);
}

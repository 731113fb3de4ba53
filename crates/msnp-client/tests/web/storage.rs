//! What roams, from end to end.

use msnp::soap::storage::StreamType;
use msnp_client::web::{Directory, Error, Generation, Invitation, Storage};

use crate::support::{ALICE, BOB, Bench};

/// A picture of two by two pixels, in BMP.
fn picture(colour: [u8; 3]) -> Vec<u8> {
    let row = [colour, colour, [0; 3]].concat();
    let mut bytes = b"BM".to_vec();
    // Length, nothing, where the pixels begin; the header: its length, width, height, planes, bits, and how they are.
    for number in [70_u32, 0, 54, 40, 2, 2] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&[1, 0, 24, 0]);
    for number in [0_u32, 16, 2835, 2835, 0, 0] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&row[..8]);
    bytes.extend_from_slice(&row[..8]);
    bytes
}

#[tokio::test]
async fn a_profile_roams() {
    let bench = Bench::new().await;
    let alice = Storage::new(&bench.web, &bench.tickets(ALICE).await);
    let empty = alice.profile(None).await.unwrap();
    assert_eq!((&empty.message, &empty.photo), (&None, &None));
    alice.update(Some(" Alice <3"), Some("out for lunch & more")).await.unwrap();
    let profile = alice.profile(Some(empty.cid)).await.unwrap();
    assert_eq!(profile.name, " Alice <3");
    assert_eq!(profile.message.as_deref(), Some("out for lunch & more"));
    assert!(profile.version > empty.version);
    alice.update(None, Some("")).await.unwrap();
    let profile = alice.profile(None).await.unwrap();
    assert_eq!((profile.name.as_str(), profile.message), (" Alice <3", None));
    assert!(matches!(alice.profile(Some(12_345)).await, Err(Error::Refused { .. })));
    bench.running.stop().await;
}

#[tokio::test]
async fn a_picture_is_put_up_shown_and_taken_down() {
    let bench = Bench::new().await;
    let alice = Storage::new(&bench.web, &bench.tickets(ALICE).await);
    let before = alice.profile(None).await.unwrap();
    let mut shown = Vec::new();
    for colour in [[255, 0, 0], [0, 0, 255]] {
        let profile = alice.profile(None).await.unwrap();
        let id = alice.set_picture(&profile, &picture(colour)).await.unwrap();
        let profile = alice.profile(None).await.unwrap();
        let photo = profile.photo.as_ref().unwrap();
        assert_eq!((id.cid, id.item), (before.cid, photo.item));
        for kind in [StreamType::Static, StreamType::Small] {
            let picture = alice.picture(photo, kind).await.unwrap().unwrap();
            assert!(picture.starts_with(b"\x89PNG"), "{picture:?}");
            shown.push(picture);
        }
    }
    assert_ne!(shown[0], shown[2]);
    let profile = alice.profile(None).await.unwrap();
    let photo = profile.photo.clone().unwrap();
    alice.remove_picture(&profile).await.unwrap();
    // What another client has done already is done.
    alice.remove_picture(&profile).await.unwrap();
    assert_eq!(alice.profile(None).await.unwrap().photo, None);
    assert_eq!(alice.picture(&photo, StreamType::Static).await.unwrap(), None);
    let error = alice.set_picture(&before, b"this is no picture").await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    bench.running.stop().await;
}

#[tokio::test]
async fn others_see_what_they_may() {
    let bench = Bench::new().await;
    let alice = Storage::new(&bench.web, &bench.tickets(ALICE).await);
    let bob = Storage::new(&bench.web, &bench.tickets(BOB).await);
    let cid = alice.profile(None).await.unwrap().cid;
    // What is there to be changed is told to nobody else.
    assert!(matches!(bob.profile(Some(cid)).await, Err(Error::Refused { .. })));
    let directory = Directory::new(&bench.web, &bench.tickets(BOB).await);
    assert!(matches!(directory.person(cid).await, Err(Error::Refused { .. })));
    // Once they have each other.
    let (hers, his) =
        (bench.book(ALICE, Generation::Before2009).await, bench.book(BOB, Generation::Before2009).await);
    hers.add_contact(BOB, &Invitation::default()).await.unwrap();
    his.add_contact(ALICE, &Invitation::default()).await.unwrap();
    alice.update(Some("Alice A."), None).await.unwrap();
    let person = directory.person(cid).await.unwrap();
    assert_eq!(person.text("PublicProfile.DisplayName"), Some("Alice A."));
    let strangers: Vec<u64> = (1..100).chain([cid]).collect();
    assert_eq!(directory.people(&strangers).await.unwrap(), [person]);
    bench.running.stop().await;
}

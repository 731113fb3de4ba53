//! Packets that are lost, come twice, or come late. A switchboard does none of that; it ends well or plainly all the same.

use msnp::p2p::{Ending, FileOffer};
use proptest::prelude::*;

use super::pair::{Fate, Pair, noise};

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        8 => Just(Fate::Arrives),
        1 => Just(Fate::Lost),
        1 => Just(Fate::Twice),
        2 => Just(Fate::Late),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn objects_and_files_end_well_or_plainly(fates in proptest::collection::vec(fate(), 1..60)) {
        both(Pair::new(), fates.into_iter().cycle())?;
    }

    #[test]
    fn what_comes_late_or_twice_is_no_loss(
        fates in proptest::collection::vec(prop_oneof![Just(Fate::Arrives), Just(Fate::Twice), Just(Fate::Late)], 1..60),
    ) {
        let pair = both(Pair::new(), fates.into_iter().cycle())?;
        prop_assert_eq!(pair.bob.fetched().len(), 1);
        prop_assert_eq!(pair.alice.received, pair.bob.file);
    }

    #[test]
    fn lost_data_is_sent_again(lost in proptest::collection::btree_set(0_usize..40, 1..6)) {
        let mut data = 0;
        let mut pair = Pair::new();
        pair.bob.file = noise(40 * 1202);
        let session = pair.bob.peer.offer_file(&FileOffer::new("a", 40 * 1202), pair.now).unwrap();
        pair.run(|_, payload| {
            let is_data = payload.len() > 1202 + 52;
            data += usize::from(is_data);
            // Not the first: without it the receiver knows of nothing that he could ask for.
            if is_data && data > 1 && lost.contains(&data) { Fate::Lost } else { Fate::Arrives }
        });
        prop_assert_eq!(pair.bob.ending(session), Some(Ending::Complete));
        prop_assert_eq!(pair.alice.received, pair.bob.file);
    }
}

/// Bob fetches a picture from Alice and sends her a file.
fn both(mut pair: Pair, mut fates: impl Iterator<Item = Fate>) -> Result<Pair, TestCaseError> {
    let data = noise(9000);
    let object =
        msnp::types::MsnObject::new("alice@example.com", msnp::types::ObjectType::PICTURE, "a", "", &data);
    pair.alice.objects.push((object.clone(), data.clone().into()));
    pair.bob.file = noise(20_000);
    let sessions = [
        pair.bob.peer.request(&object, pair.now).unwrap(),
        pair.bob.peer.offer_file(&FileOffer::new("a", 20_000), pair.now).unwrap(),
    ];
    pair.run(|_, _| fates.next().unwrap());
    prop_assert!(pair.alice.peer.is_idle() && pair.bob.peer.is_idle());
    for session in sessions {
        prop_assert!(pair.bob.ending(session).is_some());
    }
    prop_assert!(pair.bob.fetched().iter().all(|fetched| **fetched == *data));
    prop_assert!(pair.bob.file.starts_with(&pair.alice.received));
    if pair.alice.endings().iter().all(|(_, how)| *how == Ending::Complete) && pair.alice.endings().len() == 2
    {
        prop_assert_eq!(&pair.alice.received, &pair.bob.file);
    }
    Ok(pair)
}

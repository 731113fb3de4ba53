use proptest::prelude::*;

use super::*;

const NOW: u64 = 1_770_091_506;
const ALICE: AccountId = AccountId(7);

fn mint() -> Mint {
    Mint::with_keys([1; 32], None)
}

fn ticket(purpose: Purpose) -> Ticket {
    mint().issue(ALICE, 3, purpose, NOW, LIFETIME)
}

#[test]
fn is_taken_in_every_form_until_it_expires() {
    let mint = mint();
    let ticket = ticket(Purpose::Tweener);
    let claims = Claims { account: ALICE, generation: 3, purpose: Purpose::Tweener, expires: NOW + 86_400 };
    let (auth, text) = (ticket.auth(), ticket.text());
    for form in [
        text.expose(),
        auth.expose(),
        &format!("t={}", auth.expose()),
        &format!("t={}&p=whatever", auth.expose()),
    ] {
        assert_eq!(mint.check(form, Use::Tweener, NOW), Ok(claims), "{form}");
        assert_eq!(mint.check(form, Use::Web, NOW + 86_399), Ok(claims));
        assert_eq!(mint.check(form, Use::Tweener, NOW + 86_400), Err(TicketError::Expired));
        assert_eq!(mint.secret_of(form), Some(mint.secret(&ticket)));
    }
}

#[test]
fn suits_every_reader() {
    let text = ticket(Purpose::Tweener).text();
    let text = text.expose();
    assert_eq!(text.len(), 47);
    assert_eq!(text.matches('&').count(), 1);
    assert_eq!(text.matches('=').count(), 2);
    let plain = |c: char| c.is_ascii_alphanumeric() || "*!$._-=&".contains(c);
    assert!(text.chars().all(plain), "{text}");
}

#[test]
fn serves_its_purpose_only() {
    let served = |purpose, needed| mint().check(ticket(purpose).text().expose(), needed, NOW).is_ok();
    for (purpose, uses) in [
        (Purpose::Broker, &[Use::Renewal][..]),
        (Purpose::SingleSignOn, &[Use::SingleSignOn]),
        (Purpose::Tweener, &[Use::Page, Use::Tweener, Use::Web]),
        (Purpose::Web, &[Use::Page, Use::Web]),
        (Purpose::Page, &[Use::Page]),
    ] {
        for needed in [Use::Page, Use::Renewal, Use::SingleSignOn, Use::Tweener, Use::Web] {
            assert_eq!(served(purpose, needed), uses.contains(&needed), "{purpose:?} {needed:?}");
        }
    }
}

#[test]
fn no_bit_can_be_changed() {
    let ticket = ticket(Purpose::Web);
    for bit in 0..TICKET_LEN * 8 {
        let mut changed = ticket.clone();
        *changed.0.get_mut(bit / 8).unwrap() ^= 1 << (bit % 8);
        assert_eq!(
            mint().check(changed.text().expose(), Use::Web, NOW),
            Err(TicketError::Forged),
            "bit {bit}"
        );
        assert_eq!(mint().secret_of(changed.text().expose()), None);
    }
}

#[test]
fn the_previous_key_is_believed_and_no_older_one() {
    let old = ticket(Purpose::Web);
    let secret = mint().secret(&old);
    let changed = Mint::with_keys([2; 32], Some([1; 32]));
    assert!(changed.check(old.text().expose(), Use::Web, NOW).is_ok());
    assert_eq!(changed.secret(&old), secret);
    let again = Mint::with_keys([3; 32], Some([2; 32]));
    assert_eq!(again.check(old.text().expose(), Use::Web, NOW), Err(TicketError::Forged));
}

#[test]
fn secrets_differ() {
    let secret = |purpose| mint().secret(&ticket(purpose));
    assert_ne!(secret(Purpose::Broker), secret(Purpose::SingleSignOn));
    assert_ne!(secret(Purpose::Web), Mint::with_keys([2; 32], None).secret(&ticket(Purpose::Web)));
}

#[test]
fn a_broker_ticket_survives_as_a_cipher_value() {
    let broker = ticket(Purpose::Broker);
    let value = mint().cipher_value(&broker);
    assert!(STANDARD.decode(value.expose()).unwrap().len() >= 64);
    let (claims, read) = mint().check_cipher_value(value.expose(), NOW).unwrap();
    assert_eq!((claims.account, &read), (ALICE, &broker));
    let other = mint().cipher_value(&ticket(Purpose::Web));
    assert_eq!(mint().check_cipher_value(other.expose(), NOW), Err(TicketError::Purpose));
}

#[test]
fn the_key_file_is_made_once_and_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let first = Mint::open(dir.path()).unwrap();
    let text = first.issue(ALICE, 1, Purpose::Web, NOW, LIFETIME).text();
    assert!(Mint::open(dir.path()).unwrap().check(text.expose(), Use::Web, NOW).is_ok());

    let path = dir.path().join(KEY_FILE);
    let old = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{}\n{old}", "ab".repeat(32))).unwrap();
    assert!(Mint::open(dir.path()).unwrap().check(text.expose(), Use::Web, NOW).is_ok());

    for bad in ["", "abc", &"x".repeat(64), &format!("{old}{old}{old}"), &format!("{old}x")] {
        std::fs::write(&path, bad).unwrap();
        assert!(matches!(Mint::open(dir.path()), Err(KeyError::Malformed { .. })), "{bad}");
    }
}

#[test]
fn debug_shows_nothing() {
    assert_eq!(format!("{:?}", ticket(Purpose::Web)), "Ticket(…)");
    assert_eq!(format!("{:?}", mint()), "Mint { keys: Keys(…) }");
}

proptest! {
    #[test]
    fn nothing_made_up_is_taken(text in ".*", bytes in proptest::collection::vec(any::<u8>(), 31..=31)) {
        let made_up = URL_SAFE_NO_PAD.encode(&bytes);
        for text in [text.as_str(), made_up.as_str()] {
            prop_assert_eq!(mint().check(text, Use::Web, NOW), Err(TicketError::Forged));
            prop_assert!(mint().check_cipher_value(text, NOW).is_err());
            prop_assert!(mint().secret_of(text).is_none());
        }
    }
}

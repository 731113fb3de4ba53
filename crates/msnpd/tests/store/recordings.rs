//! Who is to be recorded.

use msnpd::store::{AccountError, Store, Wish};

use super::Bench;

#[tokio::test]
async fn a_wish_holds_until_its_time_is_over_or_the_account_is_gone() {
    let b = Bench::new().await;
    let later = msnpd::clock::unix_now() + 1000;
    let wish = |address: &str, until| Wish { account: address.parse().unwrap(), until };
    assert!(matches!(
        b.store.want_recording(&wish("nobody@example.com", later)).await,
        Err(AccountError::Unknown)
    ));
    b.store.want_recording(&wish("alice@example.com", 1)).await.unwrap();
    assert_eq!(b.store.recordings().await.unwrap(), []);
    // Again, and for longer.
    for until in [later, later + 1] {
        b.store.want_recording(&wish("alice@example.com", until)).await.unwrap();
    }
    b.store.want_recording(&wish("bob@example.com", later)).await.unwrap();
    let other = Store::open(b.path()).await.unwrap();
    let both = [wish("alice@example.com", later + 1), wish("bob@example.com", later)];
    assert_eq!(other.recordings().await.unwrap(), both);

    assert!(b.store.end_recording(&both[1].account).await.unwrap());
    assert!(!b.store.end_recording(&both[1].account).await.unwrap());
    // It is the account that is recorded, whatever its address.
    b.store.rename_account(b.alice, &"alicia@example.com".parse().unwrap()).await.unwrap();
    assert_eq!(b.store.recordings().await.unwrap(), [wish("alicia@example.com", later + 1)]);
    b.store.remove_account(b.alice).await.unwrap();
    assert_eq!(b.store.recordings().await.unwrap(), []);
}

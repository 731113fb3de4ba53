//! What operators ask of the server that runs.

use msnpd::announcement::Plan;
use msnpd::store::{DATABASE, INBOX, MailNews, NewMail, Order, Store, TRASH, Unread};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::Bench;

#[tokio::test]
async fn orders_of_another_process_are_seen_in_order() {
    let b = Bench::new().await;
    let start = b.store.last_order().await.unwrap();
    let other = Store::open(b.path()).await.unwrap();
    let announce = Order::Announce { plan: Plan { minutes: 15, back_in: Some(2), only_say: true } };
    for order in [&announce, &Order::CallOff] {
        other.order(order).await.unwrap();
    }
    let seen = b.store.orders_since(start).await.unwrap();
    let orders: Vec<_> = seen.iter().map(|ordered| ordered.order.clone()).collect();
    assert_eq!(orders, [Some(announce), Some(Order::CallOff)]);
    assert_eq!(b.store.last_order().await.unwrap(), seen[1].seq);
    assert_eq!(b.store.orders_since(seen[0].seq).await.unwrap(), seen[1..]);
}

/// A newer version of the program may ask for more than a server that still runs knows of.
#[tokio::test]
async fn an_order_of_the_future_is_told_apart() {
    let b = Bench::new().await;
    let mut conn = SqliteConnectOptions::new().filename(b.path().join(DATABASE)).connect().await.unwrap();
    sqlx::query(r#"INSERT INTO operator_order (what, at) VALUES ('{"order": "dance"}', unixepoch())"#)
        .execute(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    let seen = b.store.orders_since(0).await.unwrap();
    assert_eq!(seen.iter().map(|ordered| ordered.order.is_none()).collect::<Vec<_>>(), [true]);
}

/// The counts are kept for who signs in later, and who is there is told of what has happened.
#[tokio::test]
async fn mail_is_counted_and_told() {
    let b = Bench::new().await;
    let new = MailNews::New(NewMail {
        from: "Bob \"K\"".to_owned(),
        address: "bob@example.net".to_owned(),
        subject: "lunch\r\nX: y".to_owned(),
        folder: INBOX.to_owned(),
        id: None,
    });
    let moved = MailNews::Moved { from: INBOX.to_owned(), to: TRASH.to_owned(), count: 1 };
    let all = [MailNews::Counts(Unread { inbox: 3, folders: 1 }), new, moved];
    let mut seen = Vec::new();
    for news in all.clone() {
        b.store.mail(b.alice, news).await.unwrap();
        seen.push(b.store.unread(b.alice).await.unwrap());
    }
    assert_eq!(
        seen.iter().map(|unread| (unread.inbox, unread.folders)).collect::<Vec<_>>(),
        [(3, 1), (4, 1), (3, 1)]
    );
    assert_eq!(b.store.unread(b.bob).await.unwrap(), Unread::default());
    let orders: Vec<_> =
        b.store.orders_since(0).await.unwrap().into_iter().map(|ordered| ordered.order).collect();
    assert_eq!(orders, all.map(|news| Some(Order::Mail { account: b.alice.0, news })));
    b.store.remove_account(b.alice).await.unwrap();
    assert_eq!(b.store.unread(b.alice).await.unwrap(), Unread::default());
}

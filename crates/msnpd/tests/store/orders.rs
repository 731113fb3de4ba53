//! What operators ask of the server that runs.

use msnpd::store::{DATABASE, Order, Store};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::Bench;

#[tokio::test]
async fn orders_of_another_process_are_seen_in_order() {
    let b = Bench::new().await;
    let start = b.store.last_order().await.unwrap();
    let other = Store::open(b.path()).await.unwrap();
    for minutes in [15, 5] {
        other.order(&Order::Announce { minutes }).await.unwrap();
    }
    let seen = b.store.orders_since(start).await.unwrap();
    let orders: Vec<_> = seen.iter().map(|ordered| ordered.order.clone()).collect();
    assert_eq!(orders, [Some(Order::Announce { minutes: 15 }), Some(Order::Announce { minutes: 5 })]);
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

//! The end that an operator has announced.

use msnpd::announcement::Plan;
use msnpd::store::{Order, Store};

use super::program::{Serving, serve};

#[tokio::test]
async fn it_goes_down_as_if_it_had_been_asked_to() {
    let temp = tempfile::tempdir().unwrap();
    let server = Serving::start(serve(temp.path(), &[]));
    let store = Store::open(temp.path()).await.unwrap();
    let plan = Plan { minutes: 0, back_in: Some(1), only_say: false };
    store.order(&Order::Announce { plan }).await.unwrap();
    let (status, log) = server.ended();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("going down, as announced"), "{log}");
}

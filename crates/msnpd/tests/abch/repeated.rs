//! A request that comes twice; a client that wants its members named otherwise.

use crate::support::{BOB, Bench, CAROL, value};

#[tokio::test]
async fn the_same_request_within_seconds_is_carried_out_once() {
    let b = Bench::new().await;
    let envelope = b.alice.envelope("ABContactAdd", &[]);
    let first = b.alice.post("/abservice/abservice.asmx", "", &envelope).await.ok();
    // To the other path, with another header: it is the body that counts.
    let again = envelope.replace("ContactSave", "Timer");
    let second = b.alice.post("/abservice/SharingService.asmx", "", &again).await.ok();
    assert_eq!(
        second.text_of(&["ABContactAddResult", "guid"]),
        first.text_of(&["ABContactAddResult", "guid"])
    );
    assert_eq!(b.alice.contacts().await.len(), 1, "what only reads does not count");
    b.alice.post("/abservice/abservice.asmx", "", &envelope).await.ok();
    // Faults are repeated too, and another's request is another's.
    let member = b.bob.envelope("DeleteMember", &[]);
    for _ in 0..2 {
        b.bob.post("/abservice/abservice.asmx", "", &member).await.fault("MemberDoesNotExist");
    }
    b.bob.fixture("ABContactAdd", &[(BOB, CAROL)]).await.ok();
    // Only the last one is remembered.
    b.alice.fixture("AddMember.block", &[]).await.ok();
    b.alice.post("/abservice/abservice.asmx", "", &envelope).await.fault("ContactAlreadyExists");
}

#[tokio::test]
async fn two_of_the_same_at_once_are_one() {
    let b = Bench::new().await;
    let envelope = b.alice.envelope("ABContactAdd", &[]);
    let ask = || b.alice.post("/abservice/abservice.asmx", "", &envelope);
    let (one, other, third) = tokio::join!(ask(), ask(), ask());
    let guid = |reply: crate::support::Reply| reply.ok().text_of(&["ABContactAddResult", "guid"]);
    let one = guid(one);
    assert_eq!((guid(other), guid(third)), (one.clone(), one));
}

#[tokio::test]
async fn one_client_finds_contacts_by_their_memberships() {
    const AVAMSN: &str = "CFE80F9D-180F-4399-82AB-413F33A1FA11";
    let b = Bench::new().await;
    let contact = b.alice.add(BOB).await;
    let web = b.running.addresses.http;
    let find = b.alice.envelope("FindMembership", &[("996CDE1E-AA53-4477-B943-2BE802EA6166", AVAMSN)]);
    // Others have the same id, and say what they are.
    let id = |reply: crate::support::Reply| {
        let service =
            ["FindMembershipResult", "Services", "Service", "Memberships", "Membership", "Members", "Member"];
        value(reply.ok().result().find(&service).unwrap(), &["MembershipId"])
    };
    assert!(id(b.alice.post("/abservice/abservice.asmx", "", &find).await).parse::<u32>().is_ok());
    let bare = |envelope: &str| {
        format!(
            "POST /abservice/SharingService.asmx HTTP/1.1\r\nHost: contacts.msn.com\r\nContent-Length: {}\r\n\r\n{envelope}",
            envelope.len()
        )
    };
    let named = id(raw(web, &bare(&find)).await);
    assert_eq!(named, format!("Allow/{contact}"));
    let delete =
        b.alice.envelope("DeleteMember.pending", &[(">7<", &format!(">{named}<")), (">Pending<", ">Allow<")]);
    raw(web, &bare(&delete)).await.ok();
    assert!(b.alice.members("Allow").await.is_empty());
}

async fn raw(to: std::net::SocketAddr, request: &str) -> crate::support::Reply {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(to).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    crate::support::Reply::new(&bytes)
}

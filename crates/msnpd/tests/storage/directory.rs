//! The directory of profiles: what contacts see of each other.

use image::ImageFormat;
use msnp::types::{Email, List};
use msnpd::account::AccountId;
use msnpd::store::Limits;
use msnpd::ticket::Purpose;

use crate::common::xml;
use crate::support::{Bench, SOAP, drawn, number};

impl Bench {
    /// Status and body of the directory's answer.
    async fn look_up(&self, body: &str) -> (u16, String) {
        let head = "POST /profile/profile.asmx HTTP/1.1\r\nHost: directory.services.live.com\r\n\
             Content-Type: text/xml; charset=utf-8\r\nSOAPAction: \"http://profile.live.com/Get\"\r\n";
        let said = self.exchange(head, body).await;
        (said.status, String::from_utf8(said.body).unwrap())
    }

    /// A request of the reference about Alice, from somebody.
    fn about_alice(&self, name: &str, from: AccountId) -> String {
        self.fixture(name, &self.ticket(from, 1, Purpose::Web))
    }
}

fn fault(code: &str) -> String {
    format!(
        "<soap:Envelope {SOAP}><soap:Body><soap:Fault><faultcode>*</faultcode><faultstring>*</faultstring><detail>\
         <errorcode xmlns='http://profile.live.com/'>{code}</errorcode>\
         <errorstring xmlns='http://profile.live.com/'>*</errorstring></detail></soap:Fault></soap:Body></soap:Envelope>"
    )
}

fn answer(inside: &str) -> String {
    format!(
        "<soap:Envelope {SOAP} xmlns='http://profile.live.com/' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>\
         <soap:Header/><soap:Body>{inside}</soap:Body></soap:Envelope>"
    )
}

fn id(alice: AccountId) -> String {
    format!("<Ns1>Cid</Ns1><V1 xsi:type='xsd:long'>{}</V1><Ns2>Unspecified</Ns2>", number(alice))
}

/// What is shown of Alice, with these attributes at the end.
fn view(alice: AccountId, name: &str, status: &str, more: &str) -> String {
    format!(
        "<View><ViewName>WLX.DC.CoreProfile</ViewName><ViewVersion>0</ViewVersion><Attributes>\
         <A><N>CID</N><V xsi:type='xsd:long'>{}</V></A>\
         <A><N>PublicProfile.DisplayName</N><V xsi:type='xsd:string'>{name}</V></A>\
         <A><N>ExpressionProfile.PersonalStatus</N><V xsi:type='xsd:string'>{status}</V></A>{more}</Attributes></View>",
        number(alice)
    )
}

#[tokio::test]
async fn everybody_finds_his_own_profile() {
    let b = Bench::new().await;
    let (status, reply) = b.look_up(&b.about_alice("Directory.Get", b.alice)).await;
    assert_eq!(status, 200, "{reply}");
    let inside = format!(
        "<GetResponse><GetResult><CallStatistics/><Id>{}</Id>{}</GetResult></GetResponse>",
        id(b.alice),
        view(b.alice, "alice@example.com", "", "")
    );
    xml::assert_same(reply, &answer(&inside));
    let (status, reply) = b.look_up(&b.about_alice("Directory.GetMany", b.alice)).await;
    assert_eq!(status, 200, "{reply}");
    let inside = format!(
        "<GetManyResponse><GetManyResult><CallStatistics/><Ids><ProfileId>{}</ProfileId></Ids><Views>{}</Views>\
         </GetManyResult></GetManyResponse>",
        id(b.alice),
        view(b.alice, "alice@example.com", "", "")
    );
    xml::assert_same(reply, &answer(&inside));
    let (status, reply) = b.look_up(&b.about_alice("Directory.Set", b.alice)).await;
    assert_eq!(status, 500);
    xml::assert_same(reply, &fault("Forbidden"));
    b.service.stop().await;
}

#[tokio::test]
async fn a_contact_finds_a_picture_while_its_owner_is_away() {
    let b = Bench::new().await;
    b.ask("UpdateProfile").await;
    b.ask_with(&b.with_picture("CreateDocument", &drawn(96, 96, [9, 9, 9], ImageFormat::Png))).await;
    b.ask("CreateRelationships").await;
    let bob = b.bob;
    // Numbers of accounts can be guessed: of whom one has never heard, one hears nothing.
    let (status, reply) = b.look_up(&b.about_alice("Directory.Get", bob)).await;
    assert_eq!(status, 500);
    xml::assert_same(reply, &fault("Forbidden"));
    let email: Email = "alice@example.com".parse().unwrap();
    b.service.server.store.add_contact(bob, &email, None, None, Limits::ADDRESS_BOOK).await.unwrap();
    let (status, reply) = b.look_up(&b.about_alice("Directory.Get", bob)).await;
    assert_eq!(status, 200, "{reply}");
    let more = "<A><N>UserTileFileExtension</N><V xsi:type='xsd:string'>png</V></A>\
         <A><N>UserTileStaticUrl</N><V xsi:type='xsd:string'>*</V></A>";
    let inside = format!(
        "<GetResponse><GetResult><CallStatistics/><Id>{}</Id>{}</GetResult></GetResponse>",
        id(b.alice),
        view(b.alice, "Alice A.", "out for lunch", more)
    );
    xml::assert_same(&reply, &answer(&inside));
    let address = reply.split("http://directory.services.live.com").nth(1).unwrap();
    let said = b.get(address.split('<').next().unwrap()).await;
    assert_eq!(said.status, 200);
    image::load_from_memory_with_format(&said.body, ImageFormat::Png).unwrap();
    // Whom she blocks, she shows nothing any more.
    let him: Email = "bob@example.com".parse().unwrap();
    b.service
        .server
        .store
        .add_to_list(b.alice, List::Block, &him, false, Limits::ADDRESS_BOOK)
        .await
        .unwrap();
    let (status, _) = b.look_up(&b.about_alice("Directory.Get", bob)).await;
    assert_eq!(status, 500);
    let (status, reply) = b.look_up(&b.about_alice("Directory.GetMany", bob)).await;
    assert_eq!(status, 200);
    let nobody =
        "<GetManyResponse><GetManyResult><CallStatistics/><Ids/><Views/></GetManyResult></GetManyResponse>";
    xml::assert_same(reply, &answer(nobody));
    b.service.stop().await;
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let b = Bench::new().await;
    let good = b.about_alice("Directory.Get", b.alice);
    let many = b.about_alice("Directory.GetMany", b.alice);
    let one = format!("<ProfileId>{}</ProfileId>", id(b.alice));
    for (request, code) in [
        ("<a/>".to_owned(), "BadRequest"),
        (good.replace(">Cid<", ">Puid<"), "BadRequest"),
        (good.replace(&number(b.alice), "x"), "BadRequest"),
        (good.replace("<Id>", "<Nobody>").replace("</Id>", "</Nobody>"), "BadRequest"),
        (good.replace("WLX.DC", &"x".repeat(1000)), "BadRequest"),
        (many.replace("<Ids>", &format!("<Ids>{}", one.repeat(51))), "BadRequest"),
        (good.replace(&number(b.alice), "1"), "Forbidden"),
        (b.fixture("Directory.Get", "t=x&p="), "PassportAuthFail"),
    ] {
        let (status, reply) = b.look_up(&request).await;
        assert_eq!(status, 500, "{request}");
        xml::assert_same(reply, &fault(code));
    }
    b.service.stop().await;
}

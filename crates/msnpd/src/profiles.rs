//! `/profile/profile.asmx`: what contacts show of themselves, their pictures too, whether they are there or not
//! (web-services reference, 20.1).

use bytes::Bytes;
use hyper::StatusCode;
use msnp::soap::directory::{Attribute, Call, Fault, Person, Reply, Request, Value};

use crate::account::AccountId;
use crate::http::{Answer, XML, answer};
use crate::msgr_config::Here;
use crate::server::Server;
use crate::storage::tile;
use crate::store::{Form, Profile, StoreError};
use crate::web_user::TicketFault;

/// The longest request, in bytes.
pub(crate) const MAX_BYTES: usize = msnp::soap::tree::Limits::SMALL.bytes;

/// Answers a request. Everybody is shown those who let him see them, and nothing tells him that there are others.
pub(crate) async fn profiles(server: &Server, here: &Here, body: Bytes) -> Answer {
    match answered(server, here, &body).await {
        Ok(reply) => answer(StatusCode::OK, XML, reply.to_xml()),
        Err(fault) => answer(StatusCode::INTERNAL_SERVER_ERROR, XML, fault.to_xml()),
    }
}

async fn answered(server: &Server, here: &Here, body: &[u8]) -> Result<Reply, Fault> {
    let Call { ticket, request } = Call::parse(body).map_err(|invalid| invalid.fault())?;
    let user = server.web_user(ticket.as_ref().map(|ticket| ticket.expose())).await;
    let viewer = match user {
        Ok(user) => user.account.id,
        Err(TicketFault::Void) => return Err(Fault::PassportAuthFail),
        Err(TicketFault::Unavailable) => return Err(Fault::Unavailable),
    };
    let failed = |error: StoreError| {
        server.note_failure(&error);
        Fault::Unavailable
    };
    match request.map_err(|invalid| invalid.fault())? {
        Request::Get(view, cid) => {
            let found = seen(server, here, viewer, cid).await.map_err(failed)?;
            Ok(Reply::Get(view, found.ok_or(Fault::NoSuchProfile)?))
        }
        Request::GetMany(view, cids) => {
            let mut people = Vec::with_capacity(cids.len());
            for cid in cids {
                people.extend(seen(server, here, viewer, cid).await.map_err(failed)?);
            }
            Ok(Reply::GetMany(view, people))
        }
        Request::Set => Err(Fault::NotHere),
    }
}

async fn seen(
    server: &Server,
    here: &Here,
    viewer: AccountId,
    cid: u64,
) -> Result<Option<Person>, StoreError> {
    let Some(account) = AccountId::with_cid(cid) else { return Ok(None) };
    let profile = server.store.profile_seen_by(account, viewer).await?;
    Ok(profile.map(|profile| person(profile, here)))
}

fn person(profile: Profile, here: &Here) -> Person {
    let text = |name: &'static str, value| Attribute { name: name.into(), value: Value::Text(value) };
    let cid = profile.account.cid();
    let mut attributes = vec![
        Attribute { name: "CID".into(), value: Value::Long(cid.cast_signed()) },
        text("PublicProfile.DisplayName", profile.name),
        text("ExpressionProfile.PersonalStatus", profile.message),
    ];
    if let Some(photo) = profile.photo {
        attributes.push(text("UserTileFileExtension", "png".to_owned()));
        attributes.push(text("UserTileStaticUrl", tile::address(&here.plain, photo.key, Form::Full)));
    }
    Person { cid, attributes }
}

//! What a notification server's lines mean to a client.

use crate::command::nln::Presence;
use crate::command::{gcf, nfy, rng, sdg, ubm, ubn, ubx, url};
use crate::types::{
    Capabilities, CircleId, ErrorCode, GroupRef, Guid, List, Lists, MemberList, Privacy, Prompt, Property,
    Secret, Status, TrId,
};
use crate::wire::{ArgError, Encoded, Mime, Verb};

/// What a server's line means. It borrows from the line.
///
/// Where an event has a `trid`, it is that of the request which it answers, and `None` where nobody here asked: what
/// somebody else or another place of the user has done.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// What the sign-in has to be proved with: answer with [`prove`](super::NotificationClient::prove).
    Demanded(Demand<'a>),
    /// Another server is responsible, `host:port`. The connection is to be left for it.
    Referred(&'a str),
    /// The user is signed in.
    SignedIn {
        /// The address in its stored form.
        handle: &'a str,
        /// The friendly name; the address where the version does not tell it.
        name: Encoded<'a>,
    },
    /// The profile of the account: fields as headers.
    Profile(Mime<'a>),
    /// Another message of the service: of mail, of offline messages, of maintenance.
    Notice(Mime<'a>),

    /// The lists that follow replace all that was known, unless the client is up to date.
    ListsBegin(ListsHead<'a>),
    /// A group.
    Group {
        /// What it is referred to by.
        group: GroupRef,
        /// What it is called.
        name: Encoded<'a>,
    },
    /// Somebody on one or several of the lists. Where lists come one by one, he is told of with each of them.
    Listed(Listed<'a>),
    /// The lists are complete. Properties of the contact who came last may still follow.
    ListsComplete,
    /// The lists are others than the client knows: they are to be read again.
    ReadListsAgain,

    /// Whether to ask before somebody new may see the user.
    Prompt {
        /// The request.
        trid: Option<TrId>,
        /// The setting.
        prompt: Prompt,
    },
    /// Who may see the user that stands on neither list.
    Privacy {
        /// The request.
        trid: Option<TrId>,
        /// The setting.
        privacy: Privacy,
    },
    /// One of the user's own properties, as it is now.
    Property {
        /// The request.
        trid: Option<TrId>,
        /// The property, which need not be a known one.
        property: &'a str,
        /// Its value, if it has one.
        value: Option<Encoded<'a>>,
    },
    /// A property of a contact, as he has told it.
    ContactProperty {
        /// Who; where nobody is named, he who was listed last.
        handle: Option<&'a str>,
        /// The property.
        property: Property,
        /// Its value, if it has one.
        value: Option<Encoded<'a>>,
    },
    /// A property that is kept for a contact, as it is now.
    KeptProperty {
        /// The request.
        trid: Option<TrId>,
        /// The contact.
        guid: &'a str,
        /// The property.
        property: &'a str,
        /// Its value, if it has one.
        value: Option<Encoded<'a>>,
    },
    /// Somebody has been put on a list, or into a group.
    Added {
        /// The request.
        trid: Option<TrId>,
        /// The list.
        list: List,
        /// His address; where he is named by his GUID, as for groups, there is none.
        handle: Option<&'a str>,
        /// The name that goes with it.
        name: Option<Encoded<'a>>,
        /// What names him as a contact.
        guid: Option<Guid>,
        /// The group, as written.
        group: Option<&'a str>,
    },
    /// Somebody has been taken off a list, or out of a group.
    Removed {
        /// The request.
        trid: Option<TrId>,
        /// The list.
        list: List,
        /// Who: an address, or a contact's GUID.
        who: &'a str,
        /// The group, as written, if he left that alone.
        group: Option<&'a str>,
    },
    /// Somebody has another name; the user himself, or a contact by the name that is kept for him.
    Renamed {
        /// The request.
        trid: Option<TrId>,
        /// Who.
        handle: &'a str,
        /// The name.
        name: Encoded<'a>,
    },
    /// There is a new group.
    GroupAdded {
        /// The request.
        trid: Option<TrId>,
        /// What it is referred to by.
        group: GroupRef,
        /// What it is called.
        name: Encoded<'a>,
    },
    /// A group has another name.
    GroupRenamed {
        /// The request.
        trid: Option<TrId>,
        /// The group, as written.
        group: &'a str,
        /// What it is called.
        name: Encoded<'a>,
    },
    /// A group is no more.
    GroupRemoved {
        /// The request.
        trid: Option<TrId>,
        /// The group, as written.
        group: &'a str,
    },
    /// Others have put the user on their forward lists, in versions with the address book.
    AddedBy(MemberList),
    /// Others have taken the user off theirs.
    RemovedBy(MemberList),

    /// The user's own status is this; `None`: the server has taken him offline.
    OwnStatus {
        /// The request.
        trid: Option<TrId>,
        /// The status.
        status: Option<Status>,
    },
    /// Somebody's status; of the user himself it is what his places have become together.
    Status {
        /// What he shows.
        presence: Presence<'a>,
        /// Whether it is how he was found, and not that he has just come or changed.
        is_first: bool,
    },
    /// Somebody is offline.
    Offline {
        /// His network; 1 is the service itself.
        network: u8,
        /// Who.
        handle: &'a str,
        /// The circle that he was seen in, if it was one.
        circle: Option<CircleId>,
    },
    /// What somebody tells of himself; of the user himself, with his places.
    Personal(ubx::Push<'a>),
    /// Small data from somebody, or from another place of the user.
    Data(ubn::Push<'a>),
    /// Another place of the user wants this one to sign out.
    AskedToLeave {
        /// Whether it is to stay away, as there is to be one place alone.
        for_good: bool,
    },
    /// A message from another network, or one that comes by the notification server.
    Message(ubm::Push<'a>),

    /// Somebody invites the user to a chat.
    Rung(rng::Push<'a>),
    /// Where a switchboard is that the user may open a chat on.
    Switchboard {
        /// The request.
        trid: Option<TrId>,
        /// The server, `host:port`.
        address: &'a str,
        /// What to show there.
        cookie: Secret<'a>,
    },
    /// On which networks addresses are.
    Networks {
        /// The request.
        trid: Option<TrId>,
        /// The addresses.
        members: MemberList,
    },
    /// What was published about a circle, or withdrawn.
    Published(nfy::Push<'a>),
    /// Somebody says something in a circle.
    SaidInCircle(sdg::Push<'a>),
    /// A configuration file.
    Configuration(gcf::Reply<'a>),
    /// An alert: a document that looks like XML.
    Alert(&'a [u8]),
    /// Where a page of the service is.
    Page {
        /// The request.
        trid: Option<TrId>,
        /// Where it is, and where to sign in first.
        page: url::Reply<'a>,
    },

    /// A request was carried out, of which there is no more to say.
    Done {
        /// The request.
        trid: TrId,
        /// What was asked.
        verb: Verb,
    },
    /// A request was refused, or the server has something to complain of that nobody asked.
    Refused {
        /// The request.
        trid: Option<TrId>,
        /// What was asked, if it was this client that asked.
        verb: Option<Verb>,
        /// Why.
        code: ErrorCode,
    },
    /// The server said something that is not understood, and which is passed over: words that no version has, and
    /// arguments that none could have.
    NotUnderstood {
        /// The word.
        verb: Verb,
        /// What is wrong with its arguments.
        error: Option<ArgError>,
    },
}

/// What a sign-in has to be proved with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand<'a> {
    /// The password, hashed with this challenge.
    Md5 {
        /// What it is hashed with.
        challenge: &'a str,
    },
    /// A ticket of Passport, which is fetched with these parameters.
    Tweener {
        /// What the login server has to be told, as it is.
        parameters: &'a str,
    },
    /// A ticket, and what shows that its sender has the secret which came with it.
    SingleSignOn {
        /// The policy of the ticket.
        policy: &'a str,
        /// What the response is made from.
        nonce: &'a str,
    },
}

/// What stands before lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListsHead<'a> {
    /// The version of the lists, to be kept with them.
    pub lists: &'a str,
    /// The version of the settings, where they have one.
    pub settings: Option<&'a str>,
    /// Whether the client's copy is good, and nothing follows.
    pub is_up_to_date: bool,
}

/// Somebody on one's lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<'a> {
    /// His address.
    pub handle: &'a str,
    /// The name kept for him; his address if there is none.
    pub name: Encoded<'a>,
    /// What names him as a contact, where contacts have GUIDs.
    pub guid: Option<Guid>,
    /// The lists; where they come one by one, this one.
    pub lists: Lists,
    /// The network he is on.
    pub network: u8,
    /// The groups he is in.
    pub groups: Vec<GroupRef>,
}

/// What a user shows when he changes his status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown<'a> {
    /// What the client can do; told where the version has it.
    pub capabilities: Capabilities,
    /// His display picture, an MSN object; told where the version has it.
    pub object: Option<&'a str>,
}

//! What invitations and goodbyes say.

use super::super::ids::in_braces;
use super::Fields;
use crate::types::Guid;

/// Applications, as `EUF-GUID` names them (MSNC reference, 6.2).
pub mod euf {
    use crate::types::Guid;

    /// An MSN object is fetched.
    pub const OBJECT: Guid = Guid(0xa4268eec_fec5_49e5_95c3_f126696bdbf6_u128.to_be_bytes());
    /// A file is offered.
    pub const FILE: Guid = Guid(0x5d3e02ab_6190_11d3_bbbb_00c04f795683_u128.to_be_bytes());
    /// A webcam: the inviter shows his.
    pub const WEBCAM_SHOW: Guid = Guid(0x4bd96fc0_ab17_4425_a14a_439185962dc8_u128.to_be_bytes());
    /// A webcam: the inviter wants to see one.
    pub const WEBCAM_SEE: Guid = Guid(0x1c9aa97e_9c05_4583_a3bd_908a196f1e92_u128.to_be_bytes());
    /// An activity or a game.
    pub const ACTIVITY: Guid = Guid(0x6a13af9c_5308_4f35_923a_67e8dda40c2f_u128.to_be_bytes());
    /// Photos are looked at together.
    pub const PHOTOS: Guid = Guid(0x41d3e74e_04a2_4b37_96f8_08acdb610874_u128.to_be_bytes());
    /// A wink, as MSN Messenger 7 fetches it.
    pub const WINK: Guid = Guid(0xe073b06b_636e_45b7_aca4_6d4b5978c93c_u128.to_be_bytes());
}

/// The body of an invitation to a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRequest {
    /// `EUF-GUID`: which application.
    pub application: Guid,
    /// `SessionID`: the number that data will have.
    pub session: u32,
    /// `AppID`: the number of the application, which is the footer of data.
    pub app_id: u32,
    /// `RequestFlags`, which Windows Live Messenger 2009 writes.
    pub flags: Option<u32>,
    /// `Context`, in base64: what it is about.
    pub context: String,
}

impl SessionRequest {
    /// Reads one. `None`: what it can't do without is not there.
    pub fn read(body: &Fields) -> Option<Self> {
        Some(Self {
            application: body.get("EUF-GUID")?.parse().ok()?,
            session: body.number("SessionID").filter(|session| *session != 0)?,
            app_id: body.number("AppID").unwrap_or(0),
            flags: body.number("RequestFlags"),
            context: body.get("Context").unwrap_or_default().to_owned(),
        })
    }

    /// Writes it, in the order that official clients have.
    pub fn to_fields(&self) -> Fields {
        Fields::new()
            .with("EUF-GUID", in_braces(self.application))
            .with("SessionID", self.session.to_string())
            .with("SChannelState", "0")
            .with("Capabilities-Flags", "1")
            .with("AppID", self.app_id.to_string())
            .with_some("RequestFlags", self.flags.map(|flags| flags.to_string()))
            .with_some("Context", Some(&self.context).filter(|context| !context.is_empty()))
    }

    /// The body of the answer that takes it, and of the one that declines.
    pub fn answer(session: u32) -> Fields {
        Fields::new()
            .with("SessionID", session.to_string())
            .with("SChannelState", "0")
            .with("Capabilities-Flags", "1")
    }
}

/// The body of a `BYE`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Close {
    /// `SessionID`, which some leave out.
    pub session: Option<u32>,
    /// `Context`, in base64: why.
    pub context: Option<String>,
}

impl Close {
    /// The `Context` of a transfer that somebody has cancelled: 0x81000374, little-endian.
    pub const CANCELLED: &str = "dAMAgQ==";

    /// Reads one.
    pub fn read(body: &Fields) -> Self {
        Self { session: body.number("SessionID"), context: body.get("Context").map(str::to_owned) }
    }

    /// Writes it.
    pub fn to_fields(&self) -> Fields {
        Fields::new()
            .with_some("SessionID", self.session.map(|session| session.to_string()))
            .with_some("Context", self.context.as_ref())
    }

    /// Whether somebody has cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.context.as_deref() == Some(Self::CANCELLED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_goes_both_ways() {
        let request = SessionRequest {
            application: euf::OBJECT,
            session: 1_234_567,
            app_id: 12,
            flags: Some(18),
            context: "PG0=".into(),
        };
        let mut written = String::new();
        request.to_fields().write(&mut written);
        assert_eq!(
            written,
            "EUF-GUID: {A4268EEC-FEC5-49E5-95C3-F126696BDBF6}\r\nSessionID: 1234567\r\nSChannelState: 0\r\n\
             Capabilities-Flags: 1\r\nAppID: 12\r\nRequestFlags: 18\r\nContext: PG0=\r\n"
        );
        assert_eq!(SessionRequest::read(&request.to_fields()), Some(request));
        assert_eq!(SessionRequest::read(&Fields::new().with("EUF-GUID", "{}").with("SessionID", "1")), None);
        let zero = Fields::new().with("EUF-GUID", in_braces(euf::FILE)).with("SessionID", "0");
        assert_eq!(SessionRequest::read(&zero), None);
    }

    #[test]
    fn a_goodbye_goes_both_ways() {
        let close = Close { session: Some(7), context: Some(Close::CANCELLED.into()) };
        assert!(close.is_cancelled() && Close::read(&close.to_fields()) == close);
        assert_eq!(Close::read(&Fields::new()), Close::default());
    }
}

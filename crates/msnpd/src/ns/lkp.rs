//! `LKP`: whether a telephone number is somebody's. It is nobody's here: accounts are named by addresses.

use msnp::command::lkp;
use msnp::flow::End;
use msnp::types::{ErrorCode, Telephone};

use super::Session;

impl Session {
    pub(super) fn lkp(&self, request: &lkp::Request<'_>) -> Result<(), End> {
        let code = match request.number.parse::<Telephone>() {
            Ok(_) => ErrorCode::UNRESOLVED_MSISDN,
            Err(_) => ErrorCode::INVALID_PARAMETER,
        };
        self.deny(request.trid, code)
    }
}

//! `PGD`: the user pages a telephone (MSNP9 and later).

use msnp::command::pgd;
use msnp::flow::End;
use msnp::types::ErrorCode;

use super::Session;

impl Session {
    pub(super) async fn pgd(&mut self, request: pgd::Request<'_>) -> Result<(), End> {
        match request.device {
            pgd::TELEPHONE => self.page(request.trid, request.to, request.payload).await,
            // Nobody has one any more.
            pgd::WEB_WATCH => self.deny(request.trid, ErrorCode::PAGING_UNAVAILABLE),
            _ => self.deny(request.trid, ErrorCode::INVALID_PARAMETER),
        }
    }
}

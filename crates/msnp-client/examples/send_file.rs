//! Sends somebody a file, who has to be there and to take it.
//!
//! `MSN_EMAIL=… MSN_PASSWORD=… MSN_SERVER=… MSN_WEB=https://… cargo run --example send_file bob@example.net notes.txt`

mod common;

use std::io::{self, Write};
use std::path::Path;

use msnp_client::{Builder, Direct, Error, Status};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut words = std::env::args().skip(1);
    let (Some(to), Some(file)) = (words.next(), words.next()) else {
        return Err("to whom, and what?".into());
    };
    // Whom it is sent to learns this machine's address, and the file need not go through the server.
    let user = common::builder()?.direct(Direct::Connects);
    Ok(run(user, &to, file.as_ref(), &mut io::stdout()).await?)
}

pub(crate) async fn run(
    user: Builder,
    to: &str,
    file: &Path,
    out: &mut (dyn Write + Send),
) -> Result<(), Error> {
    let (client, _events) = user.status(Status::Busy).sign_in().await?;
    let mut transfer = client.converse(to).await?.send_file(to, file).await?;
    let mut told = 0;
    while let Some(progress) = transfer.progressed().await {
        let percent = progress.done * 100 / progress.total.max(1);
        if percent >= told + 10 {
            told = percent;
            // Where nobody reads it, it is sent all the same.
            let _ = writeln!(out, "{percent} %");
        }
    }
    let finished = transfer.finished().await;
    client.sign_out().await;
    finished
}

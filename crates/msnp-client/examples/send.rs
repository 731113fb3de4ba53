//! Says something to somebody: at once if he is there, else he gets it when he comes.
//!
//! `MSN_EMAIL=… MSN_PASSWORD=… MSN_SERVER=… MSN_WEB=https://… cargo run --example send bob@example.net "Hello!"`

mod common;

use msnp_client::{Builder, Error, Status};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut words = std::env::args().skip(1);
    let (Some(to), Some(text)) = (words.next(), words.next()) else { return Err("whom, and what?".into()) };
    Ok(run(common::builder()?, &to, &text).await?)
}

pub(crate) async fn run(user: Builder, to: &str, text: &str) -> Result<(), Error> {
    let (client, _events) = user.status(Status::Busy).sign_in().await?;
    match client.converse(to).await {
        Ok(conversation) => conversation.say(text).await?,
        Err(Error::NotThere(_)) => client.send_offline_message(to, text).await?,
        Err(error) => return Err(error),
    }
    client.sign_out().await;
    Ok(())
}

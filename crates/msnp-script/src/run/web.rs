//! The web services, as the clients of a conversation use them.

use msnp::auth::sso;
use msnp::soap::tree::Element;

use super::{Runner, Wrong};
use crate::connection::LINE_LIMIT;
use crate::failure::show;
use crate::pattern::{self, Pattern};
use crate::script::{Answer, Expected, Posted};
use crate::service::{ANSWER_LIMITS, Post, Service};
use crate::target::{Call, Target};
use crate::template::{Template, Values};
use crate::token_service::{self, SINGLE_SIGN_ON, Tokens};

/// What a web service has answered.
pub(super) struct Answered {
    operation: String,
    service: Service,
    status: u16,
    body: Vec<u8>,
}

impl Answered {
    pub(super) fn not_looked_at(&self, who: &str) -> String {
        format!("{who} has not looked at the answer to {}", self.operation)
    }
}

impl<T: Target> Runner<'_, T> {
    /// Gets the account's tickets, and what proves one of them to the notification server.
    pub(super) async fn single_sign_on(&mut self, who: &str, challenge: &Template) -> Result<(), Wrong> {
        let challenge = String::from_utf8_lossy(&self.fill(challenge)?).into_owned();
        let Some((policy, nonce)) = challenge.split_once(' ') else {
            return Err("as in `single-sign-on {policy} {nonce}`".to_owned().into());
        };
        let mut iv = [0; sso::BLOCK_LEN];
        openssl::rand::rand_bytes(&mut iv).map_err(|error| error.to_string())?;
        let token = self.tokens(who, policy).await?.of(SINGLE_SIGN_ON);
        let (ticket, secret) =
            token.and_then(|token| Some((token.ticket.clone(), token.secret?))).ok_or_else(|| {
                format!("the token service gave {who} no ticket with a secret for {SINGLE_SIGN_ON}")
            })?;
        let response = sso::respond(&secret, nonce, iv);
        self.hide(&response, "{response}");
        self.set("ticket", ticket.into_bytes());
        self.set("response", response.into_bytes());
        Ok(())
    }

    /// An account's tickets, which are asked for once under each policy.
    async fn tokens(&mut self, who: &str, policy: &str) -> Result<&Tokens, Wrong> {
        let part = self.part(who)?;
        let key = (part, policy.to_owned());
        if !self.tokens.contains_key(&key) {
            let login = self.cast.player(part).cloned().ok_or_else(|| format!("nobody plays {who}"))?;
            self.log(format!("{who} signs in to the token service"));
            let body = token_service::request(&login.address, &login.password, policy);
            let call = Call { path: token_service::PATH, action: None, body: &body };
            let answered = tokio::time::timeout(LINE_LIMIT, self.target.post(call))
                .await
                .map_err(|_| format!("no tickets for {who} within {LINE_LIMIT:?}"))?
                .map_err(|error| format!("no tickets for {who}: {error}"))?;
            let status = answered.status;
            let tokens = Tokens::read(&answered.body)
                .map_err(|error| format!("no tickets for {who}: HTTP {status}, {error}"))?;
            for token in tokens.all() {
                self.hide(&token.ticket, "{ticket}");
            }
            self.tokens.insert(key.clone(), tokens);
        }
        Ok(self.tokens.get(&key).ok_or_else(|| format!("no tickets for {who}"))?)
    }

    pub(super) async fn post(&mut self, who: &str, posted: &Posted) -> Result<(), Wrong> {
        let Posted { operation, service, to, ticket, body } = posted;
        if let Some(answer) = self.answers.get(who) {
            return Err(answer.not_looked_at(who).into());
        }
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let ticket = match ticket {
            Some(ticket) => text(self.fill(ticket)?),
            None => {
                let token = self.tokens(who, sso::POLICY).await?.of(service.ticket());
                let token = token.ok_or_else(|| format!("{who} has no ticket for {}", service.ticket()))?;
                token.ticket.clone()
            }
        };
        let to = to.as_ref().map(|to| self.fill(to)).transpose()?.map(text).unwrap_or_default();
        let body = text(self.fill(body)?);
        let part = self.part(who)?;
        let address = self.cast.player(part).map(|login| login.address.clone()).unwrap_or_default();
        let name = self.script.accounts.get(part).and_then(|account| account.name.clone());
        let version = self.value("version").map(text).unwrap_or_default();
        let document = service.envelope(&Post {
            operation,
            body: &body,
            ticket: &ticket,
            from: (&address, name.as_deref().unwrap_or(&address)),
            to: &to,
            version: &version,
        });
        self.log_said(who, "posts", format!("{operation} to {service}").as_bytes(), Some(body.as_bytes()));
        let action = service.action(operation);
        let call = Call { path: service.path(), action: Some(&action), body: &document };
        let answered = tokio::time::timeout(LINE_LIMIT, self.target.post(call))
            .await
            .map_err(|_| format!("no answer to {operation} within {LINE_LIMIT:?}"))?
            .map_err(|error| format!("{who} can't post {operation}: {error}"))?;
        let answered = Answered {
            operation: operation.clone(),
            service: *service,
            status: answered.status,
            body: answered.body,
        };
        self.answers.insert(who.to_owned(), answered);
        Ok(())
    }

    pub(super) fn get(&mut self, who: &str, expected: &Expected) -> Result<(), Wrong> {
        let Some(answered) = self.answers.remove(who) else {
            return Err(format!("{who} has asked no web service anything").into());
        };
        let body = Element::parse(&answered.body, ANSWER_LIMITS);
        let body = body.map_err(|error| format!("{error}")).and_then(|envelope| {
            envelope.child("Body").cloned().ok_or_else(|| "there is no soap:Body".to_owned())
        });
        let found = match &body {
            Err(problem) => Err(format!("no SOAP: {problem}")),
            Ok(body) => self.compare(&answered, body, &expected.what),
        };
        let came = match &body {
            Ok(body) => body.children().iter().map(pattern::pretty).collect(),
            Err(_) => show(&answered.body, None),
        };
        let came = self.discreet(came);
        match found {
            Ok(found) => {
                let (name, inside) = came.split_once('\n').unwrap_or((&came, ""));
                self.log_said(who, "gets", name.as_bytes(), Some(inside.replace('\n', "\r\n").as_bytes()));
                for (name, value) in found {
                    self.set(&name, value);
                }
                Ok(())
            }
            Err(problem) => {
                let Answered { operation, status, .. } = answered;
                Err(Wrong {
                    problem: format!(
                        "{who} should have got another answer to {operation} (HTTP {status}): {problem}"
                    ),
                    expected: vec![self.show_expected(expected)],
                    came: Some(came),
                })
            }
        }
    }

    /// What the holes take, or in which way the answer is another one.
    fn compare(&self, answered: &Answered, body: &Element, what: &Answer) -> Result<Values, String> {
        let heard = body.children().first().ok_or("the body is empty")?;
        let matched = |pattern: &Pattern, heard: &Element| {
            let value = |name: &str| self.value(name);
            pattern.matches(heard, &self.addresses, &value).map_err(|mismatch| mismatch.what)
        };
        match what {
            Answer::Response { patterns, .. } => {
                let pattern = patterns.iter().find(|(service, _)| *service == answered.service);
                let found = match pattern {
                    Some((_, pattern)) => matched(pattern, heard)?,
                    None => Values::new(),
                };
                if answered.status == 200 { Ok(found) } else { Err("the status should be 200".to_owned()) }
            }
            Answer::Fault { code, detail } => {
                if heard.name() != "Fault" {
                    return Err("it is no fault".to_owned());
                }
                if answered.status != 500 {
                    return Err("the status of a fault should be 500".to_owned());
                }
                let own = heard.find(&["detail", "errorcode"]).map(Element::text);
                let plain = heard.child("faultcode").map(Element::text).unwrap_or_default();
                let told = own.unwrap_or(plain.rsplit(':').next().unwrap_or(plain));
                let expected = self.fill(code)?;
                if told.as_bytes() != expected {
                    return Err(format!("the fault is {told}"));
                }
                match (detail, heard.child("detail")) {
                    (None, _) => Ok(Values::new()),
                    (Some(pattern), Some(heard)) => matched(pattern, heard),
                    (Some(_), None) => Err("the fault has no detail".to_owned()),
                }
            }
        }
    }

    fn show_expected(&self, expected: &Expected) -> String {
        let shown = |template: &Template| {
            let shown = template.show(&self.addresses, &|name| self.value(name));
            String::from_utf8_lossy(&shown).into_owned()
        };
        let mut text = match &expected.what {
            Answer::Fault { code, .. } => format!("fault {}", shown(code)),
            Answer::Response { name, .. } => name.clone(),
        };
        for line in expected.written.as_ref().map(shown).unwrap_or_default().lines() {
            text.push_str("\n |");
            text.push_str(line);
        }
        self.discreet(text)
    }
}

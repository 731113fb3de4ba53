//! A password in, tickets out: by Passport 1.4 or by the token services.

use std::time::{SystemTime, UNIX_EPOCH};

use hyper::header::HeaderValue;
use msnp::auth::sso::SECRET_LEN;
use msnp::auth::tweener::{self, Authorization, Login, LoginError, MAX_REDIRECTS, Next, Response};
use msnp::dialect::{Dialect, ListForm, Package};
use msnp::soap::rst::{Answer, Ask, Form, Grant, NONCE_LEN, Refusal, Renewal, Token, Wanted};
use msnp::soap::{InvalidAnswer, Refused};
use msnp::types::OwnedSecret;

use super::http::secret;
use super::{Error, Service, Url, Web};

/// How a client gets its tickets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Method {
    /// From the login server that the nexus names: one ticket, for everything. MSNP8 to MSNP12.
    Login {
        /// What the notification server said in `USR t TWN S`.
        parameters: String,
    },
    /// From a token service: one for the notification server, shown in `USR t TWN S`, and more for the services. MSNP13 and
    /// MSNP14.
    Tokens {
        /// Which service.
        form: Form,
        /// What the notification server said in `USR t TWN S`.
        parameters: String,
    },
    /// From a token service, the one for the notification server with a secret. MSNP15 and later.
    SingleSignOn {
        /// Which service.
        form: Form,
        /// The policy that the notification server named in `USR t SSO S`.
        policy: String,
    },
}

impl Method {
    /// As a client of this version does it, when the notification server has answered its `USR` with `text`: the parameters of
    /// Tweener, or the policy of single sign-on. None for [`Package::Md5`], which needs no tickets.
    pub fn of(dialect: &Dialect, package: Package, text: &str) -> Option<Self> {
        // Clients that know circles came with the later service.
        let form = if dialect.has_circles { Form::RST2 } else { Form::RST };
        match package {
            Package::Md5 => None,
            Package::SingleSignOn => Some(Self::SingleSignOn { form, policy: text.to_owned() }),
            Package::Tweener if dialect.lists == ListForm::AddressBook => {
                Some(Self::Tokens { form, parameters: text.to_owned() })
            }
            Package::Tweener => Some(Self::Login { parameters: text.to_owned() }),
        }
    }

    /// Single sign-on as the latest clients do it.
    pub fn single_sign_on(policy: &str) -> Self {
        Self::SingleSignOn { form: Form::RST2, policy: policy.to_owned() }
    }

    /// The token service; none where there is no need for one.
    pub(super) const fn form(&self) -> Option<&Form> {
        match self {
            Self::Login { .. } => None,
            Self::Tokens { form, .. } | Self::SingleSignOn { form, .. } => Some(form),
        }
    }

    /// What to ask a token service for.
    pub(super) fn wanted(&self) -> Vec<Wanted> {
        let (messenger, clear) = match self {
            Self::Login { .. } => return Vec::new(),
            // The parameters are the policy, in another notation.
            Self::Tokens { parameters, .. } => (format!("?{}", parameters.replace(',', "&")), None),
            Self::SingleSignOn { policy, .. } => ("?id=507".to_owned(), Some(policy.as_str())),
        };
        let clear = clear.map(|policy| (MESSENGER_CLEAR, policy));
        let others =
            [(MESSENGER, &*messenger), (MESSENGER_SECURE, "MBI_SSL"), (CONTACTS, "MBI"), (STORAGE, "MBI")];
        Wanted::list(clear.into_iter().chain(others))
    }
}

/// What tickets are for (web-services reference, 8): the notification server, and messages that are fetched.
pub(super) const MESSENGER: &str = "messenger.msn.com";
/// The notification server, where single sign-on shows the ticket in clear.
pub(super) const MESSENGER_CLEAR: &str = "messengerclear.live.com";
/// Messages that are sent.
pub(super) const MESSENGER_SECURE: &str = "messengersecure.live.com";
/// The address book.
pub(super) const CONTACTS: &str = "contacts.msn.com";
/// What roams.
pub(super) const STORAGE: &str = "storage.msn.com";

/// Bytes of what comes beside headers that matter.
const MAX_PAGE: usize = 64 * 1024;

/// Bytes of tokens.
const MAX_TOKENS: usize = 256 * 1024;

/// The address and the password of an account.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) email: String,
    pub(super) password: OwnedSecret,
}

impl Web {
    /// Signs in with Passport 1.4.
    pub(super) async fn log_in(&self, account: &Account, parameters: &str) -> Result<OwnedSecret, Error> {
        let nexus = self.services().url(Service::Nexus);
        let answer = self.get(nexus, Vec::new(), MAX_PAGE).await?;
        let named = [tweener::PASSPORT_URLS, tweener::PASSPORT_URLS_PATCHED]
            .into_iter()
            .find_map(|name| tweener::login_url(answer.header(name)?));
        let mut url: Url = match named {
            Some(url) => url.parse()?,
            None => return Err(Error::NoLoginServer { url: nexus.clone() }),
        };
        // Whoever may say where the login server is may name any, but none to which everybody could listen.
        if nexus.is_tls() && !url.is_tls() {
            return Err(Error::Downgrade { from: nexus.clone(), to: url });
        }
        let mut login = Login::new(&Authorization {
            sign_in: account.email.clone(),
            password: account.password.clone(),
            parameters: parameters.to_owned(),
        });
        loop {
            let authorization = secret(login.authorization().expose()).ok_or(Error::Parameters)?;
            let answer = self.get(&url, vec![("authorization", authorization)], MAX_PAGE).await?;
            if answer.status == BUSY {
                return Err(Error::Busy { url });
            }
            let next = login.answer(Response {
                status: answer.status,
                info: answer.header("authentication-info"),
                refusal: answer.header("www-authenticate"),
                location: answer.header("location"),
            });
            match next {
                Ok(Next::SignedIn(ticket)) => return Ok(ticket),
                Ok(Next::Redirect(location)) => {
                    let to = url.join(&location)?;
                    self.services().check_login(&url, &to)?;
                    url = to;
                }
                Err(LoginError::WrongPassword { text, .. }) => return Err(Error::WrongPassword { text }),
                Err(LoginError::TooManyRedirects) => return Err(Error::TooManyRedirects { url }),
                Err(LoginError::Status(status)) => return Err(Error::Status { url, status }),
                Err(error) => return Err(Error::Login(error)),
            }
        }
    }

    /// Gets tokens with a password.
    pub(super) async fn tokens(
        &self,
        form: &Form,
        account: &Account,
        wanted: &[Wanted],
    ) -> Result<Answer, Error> {
        self.ask_for_tokens(
            form,
            |url| {
                let Account { email, password } = account;
                let url = url.to_string();
                Some(
                    Ask { user_name: email, password, tokens: wanted, now: unix_now(), url: &url }
                        .to_xml(form),
                )
            },
            Answer::parse,
        )
        .await
    }

    /// Gets another token with that of the broker; `None` if it has no secret, or what is wanted has no place in XML.
    pub(super) async fn renew(
        &self,
        form: &Form,
        broker: &Grant,
        wanted: &Wanted,
    ) -> Result<Option<Grant>, Error> {
        let (Token::Broker(token), Some(secret)) = (&broker.token, broker.secret) else { return Ok(None) };
        let nonce: [u8; NONCE_LEN] = random()?;
        let answer = self
            .ask_for_tokens(
                form,
                |url| {
                    let url = url.to_string();
                    Renewal { token, secret: &secret, nonce, wanted, now: unix_now(), url: &url }.to_xml(form)
                },
                |answer| Answer::parse_sealed(answer, &secret),
            )
            .await?;
        Ok(answer.tokens.into_iter().find(|grant| grant.address.eq_ignore_ascii_case(&wanted.address)))
    }

    async fn ask_for_tokens(
        &self,
        form: &Form,
        write: impl Fn(&Url) -> Option<OwnedSecret>,
        read: impl Fn(&[u8]) -> Result<Answer, Refused<Refusal>>,
    ) -> Result<Answer, Error> {
        let service = if *form == Form::RST2 { Service::Rst2 } else { Service::Rst };
        let mut url = self.services().url(service).clone();
        for _ in 0..=MAX_REDIRECTS {
            // What has no place in XML is left out of it, so that this does not happen.
            let unwritable = || Error::Unreadable { url: url.clone(), why: InvalidAnswer::NoEnvelope };
            let document = write(&url).ok_or_else(unwritable)?;
            let headers = vec![("content-type", HeaderValue::from_static(form.content_type))];
            let answer = self.post_with(&url, headers, document.expose().to_owned(), MAX_TOKENS).await?;
            match read(&answer) {
                Ok(answer) => return Ok(answer),
                Err(Refused::Fault(Refusal::Redirect { url: to })) => {
                    let to = url.join(&to)?;
                    self.services().check_login(&url, &to)?;
                    url = to;
                }
                Err(Refused::Fault(Refusal::FailedAuthentication)) => {
                    return Err(Error::WrongPassword { text: String::new() });
                }
                Err(Refused::Fault(refusal)) => return Err(Error::Tokens(refusal)),
                Err(Refused::Unreadable(why)) => return Err(Error::Unreadable { url, why }),
            }
        }
        Err(Error::TooManyRedirects { url })
    }
}

/// The status of a server that has no time.
pub(super) const BUSY: u16 = 503;

/// Random bytes.
pub(super) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(Error::NoRandomness)?;
    Ok(bytes)
}

/// Now, in seconds since 1970.
pub(super) fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The secret that goes with a ticket.
pub(super) type TicketSecret = [u8; SECRET_LEN];

//! Which accounts play the parts of a script.

use crate::script::Script;
use crate::template::Addresses;

/// An account as it exists on the server.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The address it signs in with.
    pub address: String,
    /// Its password.
    pub password: String,
}

/// Leaves the password out.
impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("address", &self.address).finish_non_exhaustive()
    }
}

/// The accounts that play the parts of a script, in the order in which the script declares them.
#[derive(Clone, Debug)]
pub struct Cast {
    logins: Vec<Login>,
}

impl Cast {
    /// Everybody plays himself.
    pub fn as_written(script: &Script) -> Self {
        Self::of(script, |login| login)
    }

    /// Each part is played by whom `choose` makes of the account in the script.
    pub fn of(script: &Script, choose: impl FnMut(Login) -> Login) -> Self {
        let written = |account: &crate::Account| Login {
            address: account.address.clone(),
            password: account.password.clone(),
        };
        Self { logins: script.accounts.iter().map(written).map(choose).collect() }
    }

    /// Everybody who is to exist on the server, with the account that he plays: it tells the friendly name he is to have.
    pub fn players<'a>(
        &'a self,
        script: &'a Script,
    ) -> impl Iterator<Item = (&'a Login, &'a crate::Account)> {
        self.logins.iter().zip(&script.accounts)
    }

    /// Who plays the part with this number.
    pub(crate) fn player(&self, part: usize) -> Option<&Login> {
        self.logins.get(part)
    }

    pub(crate) fn addresses(&self, script: &Script) -> Addresses {
        let pairs = script.accounts.iter().zip(&self.logins);
        Addresses(pairs.map(|(account, login)| (account.address.clone(), login.address.clone())).collect())
    }
}

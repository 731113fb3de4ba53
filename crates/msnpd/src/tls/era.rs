//! For which clients a CA and its certificates are.

/// The age of the clients that a certificate is for. Each age has a CA and keys of its own: what the older ciphers
/// and signatures give away is then nothing that today's clients rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// Clients that have TLS 1.2: signed with SHA-256.
    Modern,
    /// Clients that have at most TLS 1.1, of Windows 98 to 7: signed with SHA-1, all that most of them know.
    Legacy,
}

/// The names of the files in the data directory.
#[derive(Clone, Copy, Debug)]
pub struct Files {
    /// The CA's certificate, which users import.
    pub ca_certificate: &'static str,
    /// The CA's key. Whoever has it can pass for any host towards the users who have imported the CA.
    pub ca_key: &'static str,
    /// The server's certificate.
    pub certificate: &'static str,
    /// The server's key.
    pub key: &'static str,
}

impl Era {
    /// Where its keys and certificates are.
    pub const fn files(self) -> Files {
        match self {
            Self::Modern => Files {
                ca_certificate: "ca.pem",
                ca_key: "ca.key",
                certificate: "server.pem",
                key: "server.key",
            },
            Self::Legacy => Files {
                ca_certificate: "legacy-ca.pem",
                ca_key: "legacy-ca.key",
                certificate: "legacy-server.pem",
                key: "legacy-server.key",
            },
        }
    }
}

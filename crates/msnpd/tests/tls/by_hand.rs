//! A client of SSL 3.0 (RFC 6101) and TLS 1.0 (RFC 2246) with RC4 and RSA key exchange, by hand: no library of today
//! begins with an SSLv2 hello (RFC 5246, E.2), as Windows before Vista does where SSL 2.0 is on.

use std::net::SocketAddr;

use openssl::hash::{MessageDigest, hash};
use openssl::pkey::PKey;
use openssl::rsa::Padding;
use openssl::sign::Signer;
use openssl::symm::{Cipher, Crypter, Mode};
use openssl::x509::X509;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub const ALERT: u8 = 21;
const CHANGE_CIPHER_SPEC: u8 = 20;
pub const HANDSHAKE: u8 = 22;
pub const DATA: u8 = 23;

/// RC4 with one of the two checksums.
#[derive(Clone, Copy)]
pub enum Rc4 {
    Md5,
    Sha,
}

impl Rc4 {
    pub fn number(self) -> [u8; 2] {
        match self {
            Self::Md5 => [0, 4],
            Self::Sha => [0, 5],
        }
    }

    fn digest(self) -> MessageDigest {
        match self {
            Self::Md5 => MessageDigest::md5(),
            Self::Sha => MessageDigest::sha1(),
        }
    }

    /// How many bytes of padding SSL 3.0 has in its checksum.
    fn pads(self) -> usize {
        match self {
            Self::Md5 => 48,
            Self::Sha => 40,
        }
    }
}

/// An SSLv2 hello that announces version 3.`minor`, with `ciphers` of three bytes each.
pub fn sslv2_hello(minor: u8, ciphers: &[[u8; 3]], challenge: &[u8; 16]) -> Vec<u8> {
    let specs = u16::try_from(ciphers.len() * 3).unwrap().to_be_bytes();
    let body = [&[1, 3, minor][..], &specs, &[0, 0, 0, 16], ciphers.as_flattened(), challenge].concat();
    let length = u16::try_from(body.len()).unwrap() | 0x8000;
    [&length.to_be_bytes()[..], &body].concat()
}

/// What the server answers a hello with.
pub struct Flight {
    pub version: [u8; 2],
    pub random: Vec<u8>,
    pub cipher: [u8; 2],
    pub certificate: X509,
}

/// One direction, once it is encrypted.
struct Keys {
    rc4: Crypter,
    secret: Vec<u8>,
    sequence: u64,
}

pub struct ByHand {
    stream: TcpStream,
    minor: u8,
    suite: Rc4,
    client_random: Vec<u8>,
    /// All handshake messages so far.
    said: Vec<u8>,
    master: Vec<u8>,
    write: Option<Keys>,
    read: Option<Keys>,
}

impl ByHand {
    /// Says an SSLv2 hello with ciphers that Internet Explorer 6 offers, but of those that the server has only this one,
    /// and reads the answer.
    pub async fn begin(server: SocketAddr, minor: u8, suite: Rc4) -> (Self, Flight) {
        let [_, number] = suite.number();
        // The numbers of SSLv2's own ciphers, and of export ones.
        let ciphers = [[1, 0, 0x80], [7, 0, 0xc0], [0, 0, number], [0, 0, 3], [0, 0, 0x64], [2, 0, 0x80]];
        Self::begin_with(server, minor, suite, &ciphers).await
    }

    /// The same with other ciphers.
    pub async fn begin_with(
        server: SocketAddr,
        minor: u8,
        suite: Rc4,
        ciphers: &[[u8; 3]],
    ) -> (Self, Flight) {
        let challenge = b"sixteen bytes at";
        let hello = sslv2_hello(minor, ciphers, challenge);
        let mut stream = TcpStream::connect(server).await.unwrap();
        stream.set_nodelay(true).unwrap();
        for byte in &hello {
            stream.write_all(&[*byte]).await.unwrap();
        }
        let client_random = [&[0; 16][..], challenge].concat();
        let said = hello[2..].to_vec();
        let mut client =
            Self { stream, minor, suite, client_random, said, master: Vec::new(), write: None, read: None };
        let flight = client.flight().await;
        (client, flight)
    }

    async fn flight(&mut self) -> Flight {
        let mut messages = Vec::new();
        // Until ServerHelloDone.
        while !messages.ends_with(&[14, 0, 0, 0]) {
            let (kind, body) = self.record().await.unwrap();
            assert_eq!(kind, HANDSHAKE, "{body:?}");
            messages.extend(body);
        }
        self.said.extend(&messages);
        let (hello, rest) = message(&messages, 2);
        let (certificates, rest) = message(rest, 11);
        assert_eq!(rest, [14, 0, 0, 0]);
        let (version, random) = ([hello[0], hello[1]], hello[2..34].to_vec());
        let after_session = &hello[35 + usize::from(hello[34])..];
        // No compression.
        assert_eq!(after_session[2], 0);
        let length = number(&certificates[3..6]);
        Flight {
            version,
            random,
            cipher: [after_session[0], after_session[1]],
            certificate: X509::from_der(&certificates[6..6 + length]).unwrap(),
        }
    }

    /// Goes through with the handshake, and returns what the client has proved it with.
    pub async fn finish(&mut self, flight: &Flight) -> Vec<u8> {
        let mut secret = [0; 48];
        openssl::rand::rand_bytes(&mut secret).unwrap();
        secret[..2].copy_from_slice(&[3, self.minor]);
        let rsa = flight.certificate.public_key().unwrap().rsa().unwrap();
        let mut sealed = vec![0; rsa.size() as usize];
        rsa.public_encrypt(&secret, &mut sealed, Padding::PKCS1).unwrap();
        if self.minor > 0 {
            sealed.splice(0..0, u16::try_from(sealed.len()).unwrap().to_be_bytes());
        }
        self.say(16, &sealed).await;
        self.make_keys(&secret, &flight.random);
        let [read, write] = self.keys_of(&flight.random).map(Some);
        self.send(CHANGE_CIPHER_SPEC, &[1]).await;
        self.write = write;
        let finished = self.finished(b"CLNT", b"client finished");
        self.say(20, &finished).await;

        let expected = self.finished(b"SRVR", b"server finished");
        assert_eq!(self.record().await.unwrap(), (CHANGE_CIPHER_SPEC, vec![1]));
        self.read = read;
        let (kind, body) = self.record().await.unwrap();
        assert_eq!((kind, message(&body, 20).0), (HANDSHAKE, &expected[..]));
        finished
    }

    fn make_keys(&mut self, secret: &[u8], server_random: &[u8]) {
        let randoms = [&self.client_random, server_random].concat();
        self.master = self.expand(secret, b"master secret", &randoms, 48);
    }

    /// For reading and for writing.
    fn keys_of(&self, server_random: &[u8]) -> [Keys; 2] {
        let randoms = [server_random, &self.client_random].concat();
        let size = self.suite.digest().size();
        let block = self.expand(&self.master, b"key expansion", &randoms, 2 * size + 32);
        let (secrets, keys) = block.split_at(2 * size);
        [1, 0].map(|at| Keys {
            rc4: Crypter::new(Cipher::rc4(), Mode::Encrypt, &keys[at * 16..][..16], None).unwrap(),
            secret: secrets[at * size..][..size].to_vec(),
            sequence: 0,
        })
    }

    fn expand(&self, secret: &[u8], label: &[u8], seed: &[u8], length: usize) -> Vec<u8> {
        if self.minor > 0 {
            return prf(secret, &[label, seed].concat(), length);
        }
        let mut block = Vec::new();
        for (letter, times) in (b'A'..=b'Z').zip(1..) {
            let inner = sha1(&[&vec![letter; times][..], secret, seed].concat());
            block.extend(md5(&[secret, &inner].concat()));
        }
        block.truncate(length);
        block
    }

    fn finished(&self, sender: &[u8], label: &[u8]) -> Vec<u8> {
        if self.minor > 0 {
            return prf(&self.master, &[label, &md5(&self.said), &sha1(&self.said)].concat(), 12);
        }
        let twice = |hash: fn(&[u8]) -> Vec<u8>, pads| {
            let inner = hash(&[&self.said, sender, &self.master, &vec![0x36; pads]].concat());
            hash(&[&self.master, &vec![0x5c; pads][..], &inner].concat())
        };
        [twice(md5, 48), twice(sha1, 40)].concat()
    }

    /// Says a handshake message.
    pub async fn say(&mut self, kind: u8, body: &[u8]) {
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        let message = [&[kind], &length[1..], body].concat();
        self.said.extend(&message);
        self.send(HANDSHAKE, &message).await;
    }

    pub async fn send(&mut self, kind: u8, body: &[u8]) {
        let mut body = body.to_vec();
        if let Some(mut keys) = self.write.take() {
            body.extend(self.checksum(&mut keys, kind, &body));
            body = rc4(&mut keys, &body);
            self.write = Some(keys);
        }
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        let record = [&[kind, 3, self.minor][..], &length, &body].concat();
        self.stream.write_all(&record).await.unwrap();
    }

    /// The next record, none at the end.
    pub async fn record(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut head = [0; 5];
        self.stream.read_exact(&mut head).await.ok()?;
        assert_eq!(head[1..3], [3, self.minor]);
        let mut body = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
        self.stream.read_exact(&mut body).await.unwrap();
        if let Some(mut keys) = self.read.take() {
            body = rc4(&mut keys, &body);
            let checksum = body.split_off(body.len() - self.suite.digest().size());
            assert_eq!(checksum, self.checksum(&mut keys, head[0], &body));
            self.read = Some(keys);
        }
        Some((head[0], body))
    }

    fn checksum(&self, keys: &mut Keys, kind: u8, body: &[u8]) -> Vec<u8> {
        let sequence = keys.sequence.to_be_bytes();
        keys.sequence += 1;
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        let digest = self.suite.digest();
        if self.minor > 0 {
            return hmac(
                digest,
                &keys.secret,
                &[&sequence, &[kind, 3, self.minor][..], &length, body].concat(),
            );
        }
        let pad = |byte| vec![byte; self.suite.pads()];
        let inner = [&keys.secret, &pad(0x36), &sequence[..], &[kind], &length, body].concat();
        let inner = hash(digest, &inner).unwrap();
        hash(digest, &[&keys.secret, &pad(0x5c), &inner[..]].concat()).unwrap().to_vec()
    }
}

/// Takes a handshake message of this kind off the front.
fn message(messages: &[u8], kind: u8) -> (&[u8], &[u8]) {
    assert_eq!(messages[0], kind);
    messages[4..].split_at(number(&messages[1..4]))
}

fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

fn md5(data: &[u8]) -> Vec<u8> {
    hash(MessageDigest::md5(), data).unwrap().to_vec()
}

fn sha1(data: &[u8]) -> Vec<u8> {
    hash(MessageDigest::sha1(), data).unwrap().to_vec()
}

fn hmac(digest: MessageDigest, key: &[u8], data: &[u8]) -> Vec<u8> {
    let key = PKey::hmac(key).unwrap();
    Signer::new(digest, &key).unwrap().sign_oneshot_to_vec(data).unwrap()
}

/// RC4 is its own inverse.
fn rc4(keys: &mut Keys, data: &[u8]) -> Vec<u8> {
    let mut out = vec![0; data.len()];
    let written = keys.rc4.update(data, &mut out).unwrap();
    assert_eq!(written, data.len());
    out
}

/// TLS 1.0's, whose secrets are all of even length.
fn prf(secret: &[u8], seed: &[u8], length: usize) -> Vec<u8> {
    let (one, other) = secret.split_at(secret.len() / 2);
    let expand = |digest, secret: &[u8]| {
        let (mut out, mut a) = (Vec::new(), seed.to_vec());
        while out.len() < length {
            a = hmac(digest, secret, &a);
            out.extend(hmac(digest, secret, &[&a, seed].concat()));
        }
        out
    };
    let (md5, sha1) = (expand(MessageDigest::md5(), one), expand(MessageDigest::sha1(), other));
    md5.iter().zip(&sha1).map(|(a, b)| a ^ b).take(length).collect()
}

//! Hands messages to an SMTP server: plain text, over TLS, to one address each. Nothing is decided
//! here but whether the server is the one that was set, and what may be told of a failure, in which
//! neither an address nor a message stands. Time and ids are passed in.

use std::{
    error::Error as _,
    io,
    net::IpAddr,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, SystemTime},
};

use lettre::{
    Address, Message as Written,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        self,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{Certificate, CertificateStore, SmtpConnection, TlsParameters},
        extension::ClientId,
    },
};
use url::Url;
use uuid::Uuid;
use zeroize::Zeroizing;

/// How long the server may take to answer each command, in seconds.
const ANSWER_SECONDS_MAX: u64 = 20;

/// Why a message was not sent.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server cannot be reached, is not the one that was set, or lets nobody in.
    #[error("the SMTP server cannot be used: {0}")]
    Unreachable(String),
    /// The server did not take a message.
    #[error("the SMTP server did not take a message: {0}")]
    NotTaken(String),
}

/// How it is made sure that nobody else reads what is sent to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte on.
    Tls,
    /// TLS once the server was asked for it; without it nothing is sent.
    StartTls,
    /// Not at all: only towards the machine itself.
    None,
}

impl Security {
    /// The port that is meant if none is said.
    const fn port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::StartTls => 587,
            Self::None => 25,
        }
    }
}

/// Which server takes messages, and what this installation is to it.
pub struct Settings {
    /// The server, `host` or `host:port`.
    pub server: String,
    /// How it is made sure that nobody else reads along.
    pub security: Security,
    /// The address that messages come from.
    pub sender: String,
    /// By what this installation is known there: user name and password.
    pub user: Option<(String, Zeroizing<String>)>,
    /// Certificates to trust, as PEM, in place of those that browsers trust.
    pub certificates: Option<Vec<u8>>,
    /// Where people sign in, which is all that messages lead to.
    pub public_address: String,
}

/// A message.
pub struct Message<'m> {
    /// Which one.
    pub id: Uuid,
    /// When it is sent.
    pub at: SystemTime,
    /// To which address.
    pub to: &'m str,
    /// What it is called.
    pub subject: &'m str,
    /// What it says, without the end of its last line.
    pub text: &'m str,
}

/// How often something went wrong since the process started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failures {
    /// That the server could not be used.
    pub unreachable: u64,
    /// That it did not take a message.
    pub not_taken: u64,
}

/// An SMTP server.
pub struct Server {
    host: String,
    port: u16,
    tls: Option<TlsParameters>,
    security: Security,
    sender: Address,
    credentials: Option<Credentials>,
    public_address: String,
    unreachable: AtomicU64,
    not_taken: AtomicU64,
}

/// A connection to a server, over which messages are sent one after the other.
pub struct Connection<'s> {
    server: &'s Server,
    smtp: SmtpConnection,
}

impl Server {
    /// A server that is asked nothing yet.
    ///
    /// # Errors
    /// What is wrong with the settings, in words.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let (host, port) = host_and_port(&settings.server)
            .ok_or_else(|| format!("`{}` is no `host` or `host:port`", settings.server))?;
        let security = settings.security;
        if security == Security::None && !is_here(&host) {
            return Err(format!(
                "messages to `{host}` would be read on the way: without TLS they are sent to this \
                 machine alone"
            ));
        }
        let sender = parsed(&settings.sender)
            .ok_or_else(|| format!("`{}` is no address to send from", settings.sender))?;
        let address = Url::parse(&settings.public_address);
        if !address.is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host()) {
            let given = &settings.public_address;
            return Err(format!("`{given}` is no address to sign in at: write `https://…`"));
        }
        let tls = match security {
            Security::None => None,
            Security::Tls | Security::StartTls => {
                Some(tls(&host, settings.certificates.as_deref())?)
            }
        };
        let credentials =
            settings.user.map(|(user, password)| Credentials::new(user, password.to_string()));
        Ok(Self {
            port: port.unwrap_or_else(|| security.port()),
            host,
            tls,
            security,
            sender,
            credentials,
            public_address: settings.public_address,
            unreachable: AtomicU64::new(0),
            not_taken: AtomicU64::new(0),
        })
    }

    /// Where people sign in.
    #[must_use]
    pub fn public_address(&self) -> &str {
        &self.public_address
    }

    /// How often something went wrong.
    #[must_use]
    pub fn failures(&self) -> Failures {
        Failures {
            unreachable: self.unreachable.load(Relaxed),
            not_taken: self.not_taken.load(Relaxed),
        }
    }

    /// A connection, on which the server knows this installation.
    ///
    /// # Errors
    /// [`Error::Unreachable`].
    pub fn connect(&self) -> Result<Connection<'_>, Error> {
        match self.connected() {
            Ok(smtp) => Ok(Connection { server: self, smtp }),
            Err(error) => {
                self.unreachable.fetch_add(1, Relaxed);
                Err(Error::Unreachable(told(&error)))
            }
        }
    }

    fn connected(&self) -> Result<SmtpConnection, smtp::Error> {
        let name = ClientId::default();
        let timeout = Some(Duration::from_secs(ANSWER_SECONDS_MAX));
        let at_once = self.tls.as_ref().filter(|_| self.security == Security::Tls);
        let server = (self.host.as_str(), self.port);
        let mut smtp = SmtpConnection::connect(server, timeout, &name, at_once, None)?;
        if let (Security::StartTls, Some(tls)) = (self.security, &self.tls) {
            smtp.starttls(tls, &name)?;
        }
        if let Some(credentials) = &self.credentials {
            smtp.auth(DEFAULT_MECHANISMS, credentials)?;
        }
        Ok(smtp)
    }
}

impl Connection<'_> {
    /// Whether the server still answers.
    pub fn is_alive(&mut self) -> bool {
        !self.smtp.has_broken() && self.smtp.test_connected()
    }

    /// Sends a message. When this fails it may still have arrived, if the answer was lost.
    ///
    /// # Errors
    /// [`Error::NotTaken`]; the connection is good for nothing then.
    pub fn send(&mut self, message: &Message<'_>) -> Result<(), Error> {
        let not_taken = |what: String| {
            self.server.not_taken.fetch_add(1, Relaxed);
            Error::NotTaken(what)
        };
        let written = written(&self.server.sender, message)
            .ok_or_else(|| not_taken("it cannot be written".to_owned()))?;
        let sent = self.smtp.send(written.envelope(), &written.formatted());
        sent.map(drop).map_err(|error| not_taken(told(&error)))
    }
}

impl Drop for Connection<'_> {
    fn drop(&mut self) {
        // It ends the connection politely if that still can be done.
        self.smtp.abort();
    }
}

/// Whether messages can be sent to what is written so.
#[must_use]
pub fn is_address(written: &str) -> bool {
    parsed(written).is_some()
}

/// An address without what mail servers read in different ways: quotes, comments, letters beyond
/// ASCII, numbers in the place of a domain.
fn parsed(written: &str) -> Option<Address> {
    let is_plain = |c: char| c.is_ascii_graphic() && !"\"()[]<>,:;\\".contains(c);
    let domain = written.rsplit_once('@')?.1;
    let has_letters = domain.chars().any(|c| c.is_ascii_alphabetic());
    if !written.chars().all(is_plain) || !has_letters {
        return None;
    }
    written.parse().ok()
}

fn host_and_port(written: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match written.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            host.parse::<IpAddr>().ok()?;
            (host, if port.is_empty() { None } else { Some(port.strip_prefix(':')?) })
        }
        None => match written.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (written, None),
        },
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-:".contains(c);
    if host.is_empty() || !host.chars().all(is_plain) {
        return None;
    }
    let port = port.map(|port| port.parse().ok().filter(|port| *port > 0));
    match port {
        None => Some((host.to_owned(), None)),
        Some(port) => Some((host.to_owned(), Some(port?))),
    }
}

/// Whether it is the machine itself.
fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn tls(host: &str, certificates: Option<&[u8]>) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = certificates {
        let what = "there is no certificate in it that can be trusted";
        // What it cannot read it passes over.
        if !String::from_utf8_lossy(pem).contains("-----BEGIN CERTIFICATE-----") {
            return Err(what.to_owned());
        }
        let trusted = Certificate::from_pem(pem).map_err(|_| what.to_owned())?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(trusted);
    }
    builder.build().map_err(|error| told(&error))
}

fn written(sender: &Address, message: &Message<'_>) -> Option<Written> {
    let id = format!("<{}@{}>", message.id, sender.domain());
    // So that nobody's machine answers that they are away (RFC 3834).
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    Written::builder()
        .from(Mailbox::new(None, sender.clone()))
        .to(Mailbox::new(None, parsed(message.to)?))
        .subject(message.subject)
        .date(message.at)
        .message_id(Some(id))
        .raw_header(HeaderValue::new(name, "auto-generated".to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .body(message.text.to_owned())
        .ok()
}

/// What went wrong, without what the server said: it may repeat an address.
fn told(error: &smtp::Error) -> String {
    if let Some(code) = error.status() {
        return format!("it answers {code}");
    }
    if error.is_response() {
        return "it answers what no SMTP server answers".to_owned();
    }
    let Some(source) = error.source() else { return error.to_string() };
    match source.downcast_ref::<io::Error>().map(io::Error::kind) {
        Some(io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
            format!("it does not answer within {ANSWER_SECONDS_MAX} seconds")
        }
        _ => source.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(server: &str, security: Security) -> Settings {
        Settings {
            server: server.to_owned(),
            security,
            sender: "concord@example.org".to_owned(),
            user: None,
            certificates: None,
            public_address: "https://concord.example".to_owned(),
        }
    }

    #[test]
    fn a_server_has_a_name_and_may_have_a_port() {
        for (written, host, port) in [
            ("mail.example", "mail.example", 465),
            ("mail.example:25", "mail.example", 25),
            ("[::1]:2525", "::1", 2525),
            ("127.0.0.1", "127.0.0.1", 465),
        ] {
            let server = Server::new(settings(written, Security::Tls)).expect(written);
            assert_eq!((server.host.as_str(), server.port), (host, port));
        }
        for written in ["", ":25", "mail.example:", "mail.example:0", "a b", "::1", "mail:1:2"] {
            assert!(Server::new(settings(written, Security::Tls)).is_err(), "{written}");
        }
    }

    #[test]
    fn nothing_leaves_the_machine_without_tls() {
        for server in ["mail.example:25", "10.0.0.1:25", "localhost.example"] {
            let said = Server::new(settings(server, Security::None)).err().expect("refused");
            assert!(said.contains("without TLS"), "{said}");
        }
        for server in ["localhost:25", "127.0.0.1:25", "[::1]:25"] {
            assert!(Server::new(settings(server, Security::None)).is_ok(), "{server}");
        }
    }

    #[test]
    fn what_is_set_wrongly_is_said() {
        let of = |change: fn(&mut Settings)| {
            let mut settings = settings("mail.example", Security::StartTls);
            change(&mut settings);
            Server::new(settings).err().expect("refused")
        };
        assert!(of(|it| it.sender = "nobody".to_owned()).contains("`nobody`"));
        assert!(of(|it| it.public_address = "concord.example".to_owned()).contains("https://"));
        assert!(of(|it| it.certificates = Some(b"none".to_vec())).contains("no certificate"));
    }

    #[test]
    fn an_address_is_plain_or_none() {
        for good in ["a@field.example", "first.last+tag@a-b.example.org", "a@localhost"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@",
            "@b.example",
            "a@b@c.example",
            "a b@c.example",
            "\"a\"@b.example",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "é@b.example",
            "a@é.example",
            "a@b.example\r\nBcc: c",
            "a@b.example, c@d.example",
            "<a@b.example>",
            "a@b.example\0",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn a_message_is_plain_text_and_holds_nothing_that_it_was_not_given() {
        let message = Message {
            id: Uuid::from_u128(7),
            at: SystemTime::UNIX_EPOCH,
            to: "a@field.example",
            subject: "Concord",
            text: "Something waits.\nhttps://concord.example",
        };
        let sender = parsed("concord@example.org").expect("an address");
        let written = written(&sender, &message).expect("a message").formatted();
        assert_eq!(
            String::from_utf8(written).expect("text"),
            "From: concord@example.org\r\nTo: a@field.example\r\nSubject: Concord\r\n\
             Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n\
             Message-ID: <00000000-0000-0000-0000-000000000007@example.org>\r\n\
             Auto-Submitted: auto-generated\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: 7bit\r\n\r\n\
             Something waits.\r\nhttps://concord.example"
        );
    }
}

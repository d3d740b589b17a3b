//! An SMTP server that really runs (aiosmtpd, from PyPI), and keeps what it is sent.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use concord_app::smtp::{Security, Server, Settings};
use serde_json::Value;

use crate::{file, serving::tool};

/// Where people sign in, as messages have it.
pub const PUBLIC_ADDRESS: &str = "https://registry.example";
/// Where messages come from.
pub const SENDER: &str = "no-reply@registry.example";

/// Which TLS the server has, and whether it asks who somebody is.
#[derive(Clone, Debug)]
pub struct Kind {
    /// `plain`, `starttls` or `tls`.
    pub mode: &'static str,
    /// User name and password, if it asks for them.
    pub user: Option<(&'static str, &'static str)>,
}

/// A server with all that it was sent.
pub struct Mailbox {
    kind: Kind,
    folder: PathBuf,
    process: Option<Child>,
    /// Where it listens.
    pub port: u16,
}

/// A message as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// To whom the server was told to take it.
    pub to: Vec<String>,
    /// What it says.
    pub text: String,
    /// All of it as it was sent, but for its own random id.
    pub raw: String,
    /// Its headers, as name and value, the id again without its value.
    pub headers: Vec<(String, String)>,
    /// Whether it came over TLS.
    pub over_tls: bool,
    /// Whether whoever sent it had shown a password.
    pub signed_in: bool,
}

impl Mail {
    /// A header.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str()).unwrap_or_else(|| panic!("there is no {name}"))
    }
}

impl Default for Mailbox {
    fn default() -> Self {
        Self::new(Kind { mode: "plain", user: None })
    }
}

impl Mailbox {
    /// One that listens on a free port of this machine.
    pub fn new(kind: Kind) -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("concord-mailbox-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut mailbox = Self { kind, folder, process: None, port: 0 };
        mailbox.start();
        mailbox
    }

    /// Starts it, on the port that it had before.
    pub fn start(&mut self) {
        let mut command = Command::new(tool("python/bin/python"));
        command
            .arg(file("clients/mailbox.py"))
            .arg(&self.folder)
            .args([&self.port.to_string(), self.kind.mode])
            .args([file("clients/provider.pem"), file("clients/provider.key.pem")])
            // It ends with whoever started it.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(self.folder.join("log")).expect("a file"));
        if let Some((user, password)) = self.kind.user {
            command.args([user, password]);
        }
        let mut process = command.spawn().expect("it starts");
        let mut line = String::new();
        let output = process.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("it says where it listens");
        self.port = line.trim().parse().expect("a port");
        self.process = Some(process);
    }

    /// Stops it: whoever comes is refused.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// What is answered to messages from now on; without anything they are taken.
    pub fn answer(&self, answer: Option<&str>) {
        let path = self.folder.join("answer");
        match answer {
            Some(answer) => std::fs::write(path, answer).expect("it is written"),
            None => std::fs::remove_file(path).expect("it is removed"),
        }
    }

    /// What it is to a registry that speaks to it as it should.
    pub fn settings(&self) -> Settings {
        let (security, certificates) = match self.kind.mode {
            "plain" => (Security::None, None),
            "starttls" => (Security::StartTls, Some(certificate())),
            _ => (Security::Tls, Some(certificate())),
        };
        let user = self.kind.user;
        Settings {
            server: format!("127.0.0.1:{}", self.port),
            security,
            sender: SENDER.to_owned(),
            user: user.map(|(user, password)| (user.to_owned(), password.to_owned().into())),
            certificates,
            public_address: PUBLIC_ADDRESS.to_owned(),
        }
    }

    /// The same as a server that messages are handed to.
    pub fn server(&self) -> Option<Arc<Server>> {
        Some(Arc::new(Server::new(self.settings()).expect("the settings are good")))
    }

    /// The flags by which the binary knows it, if it is plain.
    pub fn flags(&self) -> Vec<String> {
        let server = format!("127.0.0.1:{}", self.port);
        let flags = [
            ("--smtp-server", server.as_str()),
            ("--smtp-security", "none"),
            ("--smtp-sender", SENDER),
            ("--public-address", PUBLIC_ADDRESS),
        ];
        flags.iter().flat_map(|(flag, value)| [(*flag).to_owned(), (*value).to_owned()]).collect()
    }

    /// Everything that it took, in the order in which it came.
    pub fn mails(&self) -> Vec<Mail> {
        let entries = std::fs::read_dir(&self.folder).expect("the folder is there");
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .collect();
        paths.sort();
        paths.iter().map(|path| mail(&std::fs::read_to_string(path).expect("a file"))).collect()
    }

    /// The code that was sent last.
    #[track_caller]
    pub fn code(&self) -> String {
        code(self.mails().last().expect("a message"))
    }

    /// The code that was sent to this address last.
    #[track_caller]
    pub fn code_to(&self, address: &str) -> String {
        let mut mails = self.mails();
        mails.retain(|mail| mail.to == [address]);
        code(mails.last().expect("a message"))
    }
}

/// The code in a message.
#[track_caller]
fn code(mail: &Mail) -> String {
    let text = &mail.text;
    let is_code = |line: &&str| line.len() == 23 && line.matches('-').count() == 3;
    text.lines().find(is_code).unwrap_or_else(|| panic!("no code in {text}")).to_owned()
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.stop();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn certificate() -> Vec<u8> {
    std::fs::read(file("clients/provider.pem")).expect("the certificate")
}

fn mail(written: &str) -> Mail {
    let kept: Value = serde_json::from_str(written).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let list = |value: &Value| value.as_array().cloned().expect("a list");
    let raw = text(&kept["raw"]);
    let lines = raw.lines().filter(|line| !line.starts_with("Message-ID: "));
    let header = |pair: &Value| {
        let name = text(&pair[0]);
        let value = if name == "Message-ID" { String::new() } else { text(&pair[1]) };
        (name, value)
    };
    Mail {
        to: list(&kept["to"]).iter().map(text).collect(),
        text: text(&kept["text"]),
        raw: lines.collect::<Vec<_>>().join("\n"),
        headers: list(&kept["headers"]).iter().map(header).collect(),
        over_tls: kept["over_tls"] == true,
        signed_in: kept["signed_in"] == true,
    }
}

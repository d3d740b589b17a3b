//! The product's own binary, serving on a port of its own, and people who are signed in to it.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use serde_json::json;

use crate::{
    data::{MEMBERS, PASSWORD, login},
    http::{Connection, Request},
    maker::server_key,
};

/// A running server, which ends with this value.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: String,
    /// The tokens of the members.
    pub tokens: Vec<String>,
}

impl Server {
    /// Starts it on a database with the settings that it has by itself, and signs the members in.
    pub fn start(database: &str) -> Self {
        let key = concord_tests::file("../target/bench/signing-key.pk8");
        let mut child = Command::new(concord_tests::binary())
            .args(["serve", "--listen", "127.0.0.1:0", "--database", database, "--signing-key"])
            .arg(key)
            .arg("--server-key-file")
            .arg(server_key())
            .env_remove("RUST_LOG")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("what it prints");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
        let address = address.unwrap_or_else(|| panic!("no address in {line:?}")).to_owned();
        let mut server = Self { child, address, tokens: Vec::new() };
        server.sign_all_in();
        server
    }

    /// Signs the members in, whose tokens are good for a quarter of an hour.
    pub fn sign_all_in(&mut self) {
        self.tokens = (0..MEMBERS).map(|member| self.sign_in(member)).collect();
    }

    fn sign_in(&self, member: usize) -> String {
        let body = json!({"login": login(member), "password": PASSWORD});
        let request = Request::new("POST", "/v1/tokens", None, Some(&body));
        let answer = Connection::open(&self.address).send(&request);
        assert!(answer.status < 300, "{}", answer.text());
        answer.json()["access_token"].as_str().expect("a token").to_owned()
    }

    /// The most memory that it has held at any time, in MB.
    pub fn memory_mb(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap_or(f64::NAN);
        kilobytes / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

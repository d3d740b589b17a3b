//! The binary itself, serving a demonstration, for whatever is no Rust.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

use crate::{binary, file};

/// A server with the samples in a new database, which ends with the test.
pub struct Demonstration {
    process: Child,
    /// Where it listens: address and port.
    pub address: String,
    /// Where it tells metrics: address and port, if it does.
    pub metrics: Option<String>,
    /// Where it was started, with its `var/`; what it logs is in `log` there.
    pub folder: PathBuf,
}

impl Demonstration {
    /// Starts one on a free port.
    pub fn start(name: &str) -> Self {
        Self::with(name, &[])
    }

    /// The same with more flags.
    pub fn with(name: &str, flags: &[&str]) -> Self {
        Self::run(Command::new(binary()), name, flags)
    }

    /// The folder of one of that name.
    pub fn folder(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("concord-{name}-{}", std::process::id()))
    }

    /// The same by a command that ends with the binary.
    pub fn run(mut command: Command, name: &str, flags: &[&str]) -> Self {
        let folder = Self::folder(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut process = command
            .args(["serve", "--demo", "--listen", "127.0.0.1:0"])
            .args(flags)
            .current_dir(&folder)
            .stdout(Stdio::piped())
            .stderr(File::create(folder.join("log")).expect("a file"))
            .spawn()
            .expect("the server starts");
        let output = BufReader::new(process.stdout.take().expect("its output"));
        let mut metrics = None;
        let mut address = None;
        for line in output.lines().map_while(Result::ok) {
            let at = |rest: &str| rest.split(['/', ' ']).next().unwrap_or_default().to_owned();
            if let Some(rest) = line.strip_prefix("Metrics on http://") {
                metrics = Some(at(rest));
            }
            if let Some(rest) = line.strip_prefix("Listening on http://") {
                address = Some(at(rest));
                break;
            }
        }
        let address = address.expect("it says where it listens");
        Self { process, address, metrics, folder }
    }

    /// The password of one of its accounts.
    pub fn password(&self, login: &str) -> String {
        let accounts = std::fs::read_to_string(self.folder.join("var/accounts.txt"));
        let accounts = accounts.expect("the accounts");
        let mut lines = accounts.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        let line = lines.find(|line| line.first() == Some(&login)).expect("an account");
        line[1].to_owned()
    }

    /// A token of one of its accounts.
    pub fn token(&self, login: &str) -> String {
        let body = json!({"login": login, "password": self.password(login)});
        let token = self.post("/v1/tokens", "", &body);
        token["access_token"].as_str().expect("a token").to_owned()
    }

    /// What is answered to a GET.
    pub fn get(&self, path: &str, token: &str) -> Value {
        let request = ureq::get(format!("http://{}{path}", self.address));
        let answer = request.header("authorization", format!("Bearer {token}")).call();
        answer.expect("an answer").body_mut().read_json().expect("JSON")
    }

    /// What is answered to a POST of JSON.
    pub fn post(&self, path: &str, token: &str, body: &Value) -> Value {
        let request = ureq::post(format!("http://{}{path}", self.address));
        let answer = request.header("authorization", format!("Bearer {token}")).send_json(body);
        answer.expect("an answer").body_mut().read_json().expect("JSON")
    }
}

impl Drop for Demonstration {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A tool that tests/setup has put into target/tools.
pub fn tool(path: &str) -> PathBuf {
    let path = file("../target/tools").join(path);
    assert!(path.exists(), "{} is not there: run tests/setup first", path.display());
    path
}

/// Runs a command to its end, and fails with all that it said unless it succeeded.
#[track_caller]
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n--- said:\n{said}\n--- told:\n{told}");
    said
}

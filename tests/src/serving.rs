//! The binary as it serves the demonstration.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use crate::binary;

/// A server in a folder of its own, which both end with the test.
pub struct Serving {
    process: Child,
    /// Where it listens: host and port.
    pub address: String,
    /// Where it runs, and its `var` is; what it logs is in `log` there.
    pub folder: PathBuf,
}

impl Serving {
    /// Starts one, in a folder named after the test.
    pub fn demonstration(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("concord-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let log = File::create(folder.join("log")).expect("a file");
        let mut process = Command::new(binary())
            .args(["serve", "--demo", "--listen", "127.0.0.1:0"])
            .current_dir(&folder)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the server starts");
        let output = BufReader::new(process.stdout.take().expect("its output"));
        let said = output.lines().map_while(Result::ok);
        let listening = said
            .filter_map(|line| line.strip_prefix("Listening on http://").map(str::to_owned))
            .next()
            .expect("it says where it listens");
        let address = listening.split_whitespace().next().unwrap_or_default().to_owned();
        Self { process, address, folder }
    }

    /// The password of an account of the demonstration.
    pub fn password(&self, login: &str) -> String {
        let path = self.folder.join("var/accounts.txt");
        let accounts = std::fs::read_to_string(path).expect("the accounts");
        let of_login = accounts.lines().find_map(|line| {
            let mut columns = line.split('\t');
            (columns.next() == Some(login)).then(|| columns.next().unwrap_or_default())
        });
        of_login.expect("the login").to_owned()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

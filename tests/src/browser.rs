//! A real browser, Chromium, with a device that holds passkeys, and rules by which pages are judged.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{file, serving::tool};

/// A browser that runs, and ends with the test.
pub struct Browser {
    process: Child,
    told: Option<ChildStdin>,
    said: BufReader<ChildStdout>,
}

impl Browser {
    /// Starts one.
    pub fn start() -> Self {
        let module = tool("node/node_modules/playwright-core/index.mjs");
        let mut process = Command::new("node")
            .arg(file("clients/browser.mjs"))
            .arg(module.canonicalize().expect("the module"))
            .arg(chromium())
            .arg(tool("node/node_modules/axe-core/axe.min.js"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the browser starts");
        let told = process.stdin.take();
        let said = BufReader::new(process.stdout.take().expect("its output"));
        Self { process, told, said }
    }

    /// Lets it do a thing of those that `tests/clients/browser.mjs` lists.
    #[track_caller]
    pub fn does(&mut self, thing: &str, with: &Value) -> Value {
        let told = self.told.as_mut().expect("its input");
        writeln!(told, "{}", json!({ thing: with })).expect("it listens");
        let mut line = String::new();
        self.said.read_line(&mut line).expect("it answers");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{thing}: {error}: {line}"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It tidies up and ends when nothing more can come.
        drop(self.told.take());
        for _ in 0..100 {
            if !matches!(self.process.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where Debian installs it, or whatever comes first in the search path.
fn chromium() -> std::path::PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found = std::env::split_paths(&path).map(|folder| folder.join("chromium"));
    found.find(|file| file.is_file()).expect("chromium is not there: run tests/setup first")
}

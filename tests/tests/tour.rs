//! The tour of the README, run as it stands there.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use concord_tests::{binary, file};

/// A server that ends with the test.
struct Server {
    process: Child,
    address: String,
    folder: PathBuf,
}

impl Server {
    fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("concord-tour-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut process = Command::new(binary())
            .args(["serve", "--demo", "--listen", "127.0.0.1:0"])
            .current_dir(&folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
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
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The shell commands between the marks of the tour.
fn commands(readme: &str) -> String {
    let begin = readme.find("<!-- tour -->").expect("the tour begins");
    let end = readme.find("<!-- /tour -->").expect("the tour ends");
    let blocks = readme[begin..end].split("```sh\n").skip(1);
    blocks.filter_map(|block| block.split("```").next()).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_tour_of_the_readme_works_as_it_stands() {
    let readme = std::fs::read_to_string(file("../README.md")).expect("the README");
    let server = Server::start();
    let script = commands(&readme)
        .replace("127.0.0.1:8080", &server.address)
        .replace("target/debug/concord", &binary().display().to_string());
    assert!(script.contains("/engagements") && script.contains("/briefs"), "{script}");
    let done = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .current_dir(&server.folder)
        .output()
        .expect("bash runs");
    let said = String::from_utf8_lossy(&done.stdout);
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{script}\n--- said:\n{said}\n--- told:\n{told}");
    assert!(said.contains("contradiction"), "{said}");
}

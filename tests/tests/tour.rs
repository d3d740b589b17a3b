//! The tour of the README, run as it stands there.

use std::process::Command;

use concord_tests::{binary, file, serving::Demonstration};

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
    let server = Demonstration::start("tour");
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

//! Clients in Python and TypeScript, made from the published document and nothing else, take the
//! tour of the README.

use std::{fs, path::PathBuf, process::Command};

use concord_tests::{
    file,
    serving::{Demonstration, run, tool},
};

const LOGIN: &str = "adviser@rtw";

/// A new folder in target/ with what a client is made from.
fn folder(name: &str, files: &[&str]) -> PathBuf {
    let folder = file("../target/clients").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    for name in files {
        fs::copy(file("clients").join(name), folder.join(name)).expect("it is copied");
    }
    folder
}

/// Takes the tour with a client, on a server of its own.
fn takes_the_tour(name: &str, client: &mut Command) {
    let server = Demonstration::start(name);
    let address = format!("http://{}", server.address);
    let said = run(client.args([&address, LOGIN, &server.password(LOGIN)]));
    assert!(said.contains("the tour is done"), "{said}");
}

#[test]
fn a_client_in_python_takes_the_tour() {
    let folder = folder("python", &["tour.py"]);
    let said = run(Command::new(tool("python/bin/openapi-python-client"))
        .args(["generate", "--meta", "none", "--fail-on-warning", "--config"])
        .arg(file("clients/python.yaml"))
        .arg("--path")
        .arg(file("../openapi/concord.json"))
        .arg("--output-path")
        .arg(folder.join("concord_client")));
    assert!(!said.contains("WARNING") && !said.contains("Unable"), "{said}");
    takes_the_tour(
        "python",
        Command::new(tool("python/bin/python")).arg("-B").arg("tour.py").current_dir(&folder),
    );
}

#[test]
fn a_client_in_typescript_has_right_types_and_takes_the_tour() {
    let folder = folder("typescript", &["tour.ts", "tsconfig.json", "package.json"]);
    let modules = tool("node/node_modules").canonicalize().expect("the modules");
    std::os::unix::fs::symlink(&modules, folder.join("node_modules")).expect("a link");
    run(Command::new(modules.join(".bin/openapi-typescript"))
        .arg(file("../openapi/concord.json"))
        .args(["--output", "concord.ts"])
        .current_dir(&folder));
    let tsc = || {
        let mut command = Command::new(modules.join(".bin/tsc"));
        command.current_dir(&folder);
        command
    };
    run(tsc().arg("--noEmit"));
    run(&mut tsc());
    takes_the_tour("typescript", Command::new("node").arg("built/tour.js").current_dir(&folder));
}

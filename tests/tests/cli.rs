//! The command line, on the binary itself.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use concord_tests::{binary, file, held::told, small_world};
use serde_json::{Value, json};

/// A folder of its own, in which a command runs and which goes away.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("concord_cli_{}_{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, content).expect("the file is written");
        path
    }

    fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(binary())
            .args(arguments)
            .current_dir(&self.0)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        // A command that reads nothing may have ended already.
        let _ = child.stdin.take().expect("an input").write_all(input.as_bytes());
        child.wait_with_output().expect("it ends")
    }

    /// What a command prints that succeeds.
    #[track_caller]
    fn prints(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run(arguments, input);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
        assert_eq!(said, "", "{arguments:?}");
        text(&output.stdout)
    }

    /// What a command complains of that fails.
    #[track_caller]
    fn complains(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run(arguments, input);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stdout));
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
        text(&output.stderr)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn scenario() -> (PathBuf, Value) {
    let path = file("scenarios/01-opposed-asks.json");
    let text = std::fs::read_to_string(&path).expect("the file can be read");
    (path, serde_json::from_str(&text).expect("JSON"))
}

#[test]
fn replay_reads_a_file_or_standard_input_and_prints_the_flags() {
    let folder = Folder::new("replay");
    let (path, scenario) = scenario();
    let of_file = folder.prints(&["replay", &path.display().to_string()], "");
    let printed: Value = serde_json::from_str(&of_file).expect("JSON");
    assert_eq!(told(&printed["flags"]), told(&scenario["expect"]));
    assert_eq!(printed.as_object().expect("an object").len(), 1);
    assert_eq!(folder.prints(&["replay", "-"], &scenario.to_string()), of_file);
    let nothing = folder.prints(&["replay", "-"], &small_world().to_string());
    assert_eq!(serde_json::from_str::<Value>(&nothing).expect("JSON"), json!({"flags": []}));
    assert!(!folder.0.join("var").exists(), "replay needs no database");
}

#[test]
fn replay_tells_every_fault_by_its_pointer_and_ends_with_2() {
    let folder = Folder::new("faults");
    let mut bundle = small_world();
    bundle["places"][1]["parent"] = json!("unitty");
    bundle["organizations"][0]["kind"] = json!("ing");
    let said = folder.complains(&["replay", "-"], &bundle.to_string());
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(lines[0].starts_with("/organizations/0/kind: ") && lines[0].contains("`ingo`"));
    assert!(lines[1].starts_with("/places/1/parent: ") && lines[1].contains("`unity`"));
    for (input, word) in [("{", "JSON"), ("", "JSON"), ("[]", "object"), ("\u{0}", "JSON")] {
        let said = folder.complains(&["replay", "-"], input);
        assert!(said.contains(word), "{input}: {said}");
    }
    assert!(folder.complains(&["replay", "missing.json"], "").contains("missing.json"));
    assert_eq!(folder.run(&["replay"], "").status.code(), Some(2));
    assert_eq!(folder.run(&["unknown"], "").status.code(), Some(2));
}

#[test]
fn a_fresh_registry_has_no_account_and_takes_an_operation_in_and_out() {
    let folder = Folder::new("registry");
    assert!(folder.prints(&["migrate"], "").contains("up to date"));
    assert!(folder.prints(&["migrate"], "").contains("up to date"));
    assert_eq!(accounts(&folder.0.join("var/concord.sqlite")), 0);
    let path = folder.write("bundle.json", &small_world().to_string());
    let path = path.display().to_string();
    assert!(folder.prints(&["import", "--dry-run", &path], "").starts_with("It would make"));
    assert!(folder.complains(&["export", "demo"], "").contains("no such thing"));
    assert!(folder.prints(&["import", &path], "").starts_with("Made 11, change 0"));
    assert!(folder.prints(&["import", "-"], &small_world().to_string()).contains("leave 11"));
    let exported: Value =
        serde_json::from_str(&folder.prints(&["export", "demo"], "")).expect("JSON");
    assert_eq!(exported["operation"]["key"], "demo");
    assert!(folder.prints(&["doctor"], "").contains("Operation demo"));
    let sample = folder.prints(&["import", "--sample", "exercise", "--audience", "operation"], "");
    assert!(sample.starts_with("Made "), "{sample}");
    assert!(folder.complains(&["import", "--sample", "none"], "").contains("none"));
    let wrong = folder.complains(&["import", "--audience", "everybody", &path], "");
    assert!(wrong.contains("operation"), "{wrong}");
    assert!(folder.complains(&["import", "-"], "{}").contains("/operation: "));
    assert_eq!(accounts(&folder.0.join("var/concord.sqlite")), 0);
}

fn accounts(database: &Path) -> i64 {
    use concord_store::{Store, accounts};
    let store = Store::open(&database.display().to_string(), 1).expect("it opens");
    store.read(accounts::count).expect("counted")
}

#[test]
fn accounts_are_made_kept_and_closed_on_the_command_line_alone() {
    let folder = Folder::new("users");
    let password = "a long pass phrase\n";
    folder.prints(&["import", "-"], &small_world().to_string());
    let add = ["user", "add", "ada@example.org", "Ada"];
    assert!(folder.complains(&add, "short\n").contains("password"));
    assert!(folder.complains(&add, "\n").contains("password"));
    folder.prints(&add, password);
    assert!(!folder.complains(&add, password).is_empty());
    let grant = |role: &str, of: &str| {
        ["user", "grant", "ada@example.org", "demo", role, of].map(str::to_owned).to_vec()
    };
    let run = |arguments: Vec<String>| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        folder.run(&arguments, "").status.code()
    };
    assert_eq!(run(grant("member", "a")), Some(0));
    assert_eq!(run(grant("member", "zz")), Some(2));
    assert_eq!(run(grant("king", "a")), Some(2));
    folder.prints(&["user", "reset-password", "ada@example.org"], "another pass phrase\n");
    folder.prints(&["user", "disable", "ada@example.org"], "");
    folder.prints(&["user", "enable", "ada@example.org"], "");
    assert!(!folder.complains(&["user", "disable", "nobody"], "").is_empty());
}

#[cfg(unix)]
#[test]
fn secrets_are_readable_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("secrets");
    folder.prints(&["migrate"], "");
    let key = folder.0.join("var/signing-key.pk8");
    let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode();
    assert_eq!(mode(&key) & 0o777, 0o600);
    let before = std::fs::read(&key).expect("it can be read");
    folder.prints(&["doctor"], "");
    assert_eq!(std::fs::read(&key).expect("it can be read"), before);
    folder.write("var/signing-key.pk8", "no key");
    assert!(!folder.complains(&["doctor"], "").is_empty());
}

#[test]
fn what_is_published_is_printed() {
    let folder = Folder::new("published");
    let read = |arguments: &[&str]| -> Value {
        serde_json::from_str(&folder.prints(arguments, "")).expect("JSON")
    };
    let openapi = read(&["openapi"]);
    assert!(openapi["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    assert_eq!(read(&["openapi", "--bundle"]), concord_domain::bundle::schema());
    assert_eq!(folder.prints(&["rules"], "").matches("Holds when").count(), 18);
    let one = folder.prints(&["rules", "saturation"], "");
    assert_eq!(one.matches("Holds when").count(), 1);
    assert!(folder.complains(&["rules", "nonsense"], "").contains("no such kind"));
    for word in ["--version", "--help"] {
        assert!(folder.prints(&[word], "").contains("concord"));
    }
}

#[test]
fn that_nobody_reads_on_is_no_failure() {
    let folder = Folder::new("pipe");
    for arguments in [vec!["openapi"], vec!["openapi", "--bundle"], vec!["rules"]] {
        let mut child = Command::new(binary())
            .args(&arguments)
            .current_dir(&folder.0)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
        assert_eq!(text(&output.stderr), "", "{arguments:?}");
    }
}

#[test]
fn an_audit_log_that_is_taken_out_is_verified_by_its_checkpoint_alone() {
    let folder = Folder::new("audit");
    let path = folder.write("bundle.json", &small_world().to_string());
    folder.prints(&["import", &path.display().to_string()], "");
    let checkpoint = folder.prints(&["audit", "checkpoint", "demo"], "");
    folder.write("checkpoint.txt", &checkpoint);
    let key = folder.prints(&["audit", "key"], "");
    let log = folder.prints(&["audit", "export", "demo"], "");
    folder.write("log.txt", &log);
    assert!(log.contains("command_import") && log.contains("command_audit_export"), "{log}");
    // What is verified needs nothing that is here.
    std::fs::remove_dir_all(folder.0.join("var")).expect("it is removed");
    let verify =
        |log: &'static str| ["audit", "verify", log, "checkpoint.txt", "--key", key.trim()];
    let said = folder.prints(&verify("log.txt"), "");
    assert!(said.contains("All 2 records") && said.contains("1 are newer"), "{said}");
    assert!(!folder.0.join("var").exists(), "verifying needs no database");
    folder.write("altered.txt", &log.replace("command_import", "command_export"));
    assert!(folder.complains(&verify("altered.txt"), "").contains("not what was chained"));
    let two = log.lines().take(2).map(|line| format!("{line}\n")).collect::<String>();
    folder.write("short.txt", &two);
    assert!(folder.complains(&verify("short.txt"), "").contains("cut off"));
    assert!(folder.complains(&["audit", "export", "elsewhere"], "").contains("no such thing"));
}

//! The keys of the tokens on the command line, while a server runs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use aws_lc_rs::{encoding::AsBigEndian, signature::Ed25519KeyPair};
use concord_tests::{binary, serving::Demonstration};
use serde_json::{Value, json};

struct Answer {
    status: u16,
    body: Value,
}

fn send(server: &Demonstration, method: &str, path: &str, token: &str, body: &Value) -> Answer {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("http://{}{path}", server.address))
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"))
        .body(body.to_string())
        .expect("a request");
    let mut response = agent.run(request).expect("an answer");
    let status = response.status().as_u16();
    let text = response.body_mut().read_to_string().expect("a text");
    Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::Null) }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// An access token and a refresh token.
fn sign_in(server: &Demonstration) -> (String, String) {
    let body = json!({"login": "desk", "password": server.password("desk")});
    let answer = send(server, "POST", "/v1/tokens", "", &body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    (text(&answer.body["access_token"]), text(&answer.body["refresh_token"]))
}

fn holds(server: &Demonstration, token: &str) -> bool {
    match send(server, "GET", "/v1/operations/exercise/flags", token, &json!({})).status {
        200 => true,
        401 => false,
        other => panic!("{other}"),
    }
}

fn refresh(server: &Demonstration, token: &str) -> u16 {
    let body = json!({"refresh_token": token});
    send(server, "POST", "/v1/tokens/refresh", "", &body).status
}

fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).expect("a header").kid.expect("a kid")
}

fn published(server: &Demonstration) -> Vec<String> {
    let body = send(server, "GET", "/.well-known/jwks.json", "", &json!({})).body;
    body["keys"].as_array().expect("keys").iter().map(|key| text(&key["kid"])).collect()
}

/// What a command prints and what it complains of.
fn concord(folder: &Path, arguments: &[&str]) -> (Vec<String>, String) {
    let mut command = Command::new(binary());
    let output = command.args(arguments).current_dir(folder).env_clear().output();
    let output = output.expect("the binary runs");
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    let complained = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.success(), complained.is_empty(), "{arguments:?}: {complained}");
    (said.lines().map(str::to_owned).collect(), complained)
}

/// The first word of each line: the ids of the keys.
fn kids(lines: &[String]) -> Vec<String> {
    lines.iter().filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
}

fn seed(pkcs8: &[u8]) -> Vec<u8> {
    let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).expect("a key");
    let seed = pair.seed().expect("a seed");
    let bytes: aws_lc_rs::encoding::Curve25519SeedBin<'_> = seed.as_be_bytes().expect("bytes");
    bytes.as_ref().to_vec()
}

/// The files below a folder that hold some bytes, as they are or as hexadecimal digits.
fn holding(folder: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(holding(&path, bytes));
            continue;
        }
        let content = fs::read(&path).expect("it can be read");
        let there = |wanted: &[u8]| content.windows(wanted.len()).any(|part| part == wanted);
        if there(bytes) || there(digits.as_bytes()) {
            found.push(path);
        }
    }
    found
}

#[test]
fn a_server_that_runs_signs_with_a_new_key_at_once() {
    let server = Demonstration::start("keys");
    let folder = server.folder.as_path();
    let key_file = folder.join("var/signing-key.pk8");
    let (first, first_refresh) = sign_in(&server);
    assert_eq!(published(&server), [kid(&first)]);
    let (listed, _) = concord(folder, &["keys", "list"]);
    assert_eq!(listed, [format!("{}  signs", kid(&first))]);

    let first_key = fs::read(&key_file).expect("the key");
    assert_eq!(holding(folder, &seed(&first_key)), [key_file.as_path()]);
    let (rotated, _) = concord(folder, &["keys", "rotate"]);
    assert_eq!(rotated.len(), 2);
    assert!(rotated[0].ends_with("  signs") && rotated[1].contains("  verifies until 20"));
    assert!(holds(&server, &first));
    let (second, _) = sign_in(&server);
    assert!(holds(&server, &second));
    assert_eq!([kid(&second), kid(&first)], *kids(&rotated));
    assert_eq!(published(&server), kids(&rotated));
    assert_eq!(concord(folder, &["keys", "list"]).0, rotated);
    // The key that signs no more is nowhere, and the one that does in one place.
    assert_eq!(holding(folder, &seed(&first_key)), [""; 0].map(PathBuf::from));
    let second_key = fs::read(&key_file).expect("the key");
    assert_eq!(holding(folder, &seed(&second_key)), [key_file.as_path()]);

    let (rotated, _) = concord(folder, &["keys", "rotate", "--at-once"]);
    assert_eq!(rotated.len(), 1);
    assert!(!holds(&server, &first) && !holds(&server, &second));
    let (third, _) = sign_in(&server);
    assert!(holds(&server, &third));
    assert_eq!(published(&server), kids(&rotated));
    // Nobody needs to sign in again for it.
    assert_eq!(refresh(&server, &first_refresh), 200);

    // A file that is broken is told in the log, and the key that was read goes on.
    fs::write(&key_file, "no key").expect("it is written");
    assert!(holds(&server, &third));
    let log = fs::read_to_string(folder.join("log")).expect("the log");
    assert!(log.contains("the signing key cannot be read"), "{log}");
    assert!(!concord(folder, &["keys", "rotate"]).1.is_empty());
}

#[cfg(unix)]
#[test]
fn the_files_of_the_keys_are_their_owners_and_hold_no_former_secret() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    let folder = std::env::temp_dir().join(format!("concord-key-files-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let here = |name: &str| folder.join("secrets").join(name);
    let keys = |action: &[&str]| {
        let place = ["keys", "--signing-key", "secrets/token.key"];
        concord(&folder, &[&place[..], action].concat())
    };
    let (made, _) = keys(&["list"]);
    assert_eq!(made.len(), 1);
    // Whoever may give files away rotates for the server, which runs as somebody else.
    let server = if chown(here("token.key"), Some(12_345), Some(12_346)).is_ok() {
        (12_345, 12_346)
    } else {
        let own = fs::metadata(here("token.key")).expect("it is there");
        (own.uid(), own.gid())
    };
    for count in 2..=4 {
        assert_eq!(keys(&["rotate"]).0.len(), count);
    }
    for name in ["token.key", "token.former.json"] {
        let file = fs::metadata(here(name)).expect("it is there");
        assert_eq!(file.permissions().mode() & 0o777, 0o600, "{name}");
        assert_eq!((file.uid(), file.gid()), server, "{name}");
    }
    let former = fs::read_to_string(here("token.former.json")).expect("the former keys");
    let former: Value = serde_json::from_str(&former).expect("JSON");
    for key in former["keys"].as_array().expect("keys") {
        let members: Vec<&String> = key.as_object().expect("a key").keys().collect();
        assert_eq!(members.len(), 7, "{members:?}");
        assert!(key["d"].is_null() && key["exp"].is_i64());
    }
    assert_eq!(fs::read_dir(folder.join("secrets")).expect("a folder").count(), 2);
    // Without a database: the keys have none.
    assert!(!folder.join("var").exists());

    // Another rotation that runs, or one that was broken off, is not run over.
    let before = keys(&["list"]).0;
    fs::write(here("token.next"), "").expect("it is written");
    assert!(keys(&["rotate"]).1.contains("token.next"));
    assert_eq!(keys(&["list"]).0, before);
    fs::remove_file(here("token.next")).expect("it is removed");
    // Broken off before the last step: the key that signs is named former already.
    let key = fs::read(here("token.key")).expect("the key");
    keys(&["rotate"]);
    fs::write(here("token.key"), key).expect("it is put back");
    let again = keys(&["list"]).0;
    assert_eq!(again, before);
    fs::write(here("token.former.json"), "{").expect("it is written");
    assert!(keys(&["list"]).1.contains("token.former.json"));
    fs::remove_dir_all(&folder).expect("it goes away");
}

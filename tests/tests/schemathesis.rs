//! Schemathesis makes requests from the published document, right and wrong ones, and finds nothing
//! in what the binary answers. tests/contract/schemathesis.toml says what it asks.

use std::{collections::BTreeMap, fmt::Write, process::Command};

use concord_tests::{
    authenticator::Device,
    binary,
    contract::contract,
    file,
    mailbox::{Mailbox, PUBLIC_ADDRESS},
    provider::{CLIENT_ID, CLIENT_SECRET, Played, REDIRECT_URI, sent_there},
    serving::{Demonstration, run, tool},
};
use serde_json::{Value, json};

/// The ids in the paths of every operation, as more of the configuration: made-up ones would all
/// be 404. Entries are those of an engagement that the caller logged.
fn ids(server: &Demonstration, token: &str) -> String {
    let logged = server.post(
        "/v1/operations/exercise/engagements",
        token,
        &json!({
            "organization": "rtw", "armed_actor": "ufv", "level": "tactical",
            "method": "negotiation", "status": "ongoing", "from": "2026-01-01",
            "asks": [{"issue": "access", "action": "stop"}],
            "demands": [{"kind": "fee", "response": "declined"}],
        }),
    );
    let engagement = &logged["engagement"];
    let mut found: BTreeMap<String, Value> = BTreeMap::new();
    let mut text = String::new();
    for (path, item) in contract().document()["paths"].as_object().expect("paths") {
        let Some((list, rest)) = path.split_once("/{id}") else { continue };
        let list = list.replace("{operation}", "exercise");
        let id = found.entry(list.clone()).or_insert_with(|| {
            if list.ends_with("/engagements") {
                return engagement["id"].clone();
            }
            let items = server.get(&list, token)["items"].take();
            let mut others = items.as_array().into_iter().flatten().filter(|it| {
                // Not whoever calls, and not the session in which they do.
                it["login"] != "desk" && it["current"] != true
            });
            others.next_back().unwrap_or_else(|| panic!("there is nothing in {list}"))["id"].clone()
        });
        for operation in item.as_object().into_iter().flat_map(|item| item.values()) {
            let name = &operation["operationId"];
            let _ = write!(text, "\n[[operations]]\ninclude-operation-id = {name}\n");
            let _ = write!(text, "parameters = {{ \"path.id\" = {id}");
            if let Some((part, _)) = rest.trim_start_matches('/').split_once("/{part}") {
                let _ = write!(text, ", \"path.part\" = {}", engagement[part][0]["id"]);
            }
            text += " }\n";
        }
    }
    text
}

/// A server at whose identity provider people can sign in, which is played, and which hands messages
/// to an SMTP server.
fn signing_in_at(played: &Played, mailbox: &Mailbox) -> Demonstration {
    let secret = std::env::temp_dir().join(format!("concord-client-secret-{}", std::process::id()));
    std::fs::write(&secret, CLIENT_SECRET).expect("the secret is kept");
    let flags = [
        "--oidc-issuer",
        &played.issuer,
        "--oidc-client-id",
        CLIENT_ID,
        "--oidc-redirect-uri",
        REDIRECT_URI,
        "--oidc-client-secret-file",
        &secret.display().to_string(),
    ];
    let more = mailbox.flags();
    let flags: Vec<&str> = flags.into_iter().chain(more.iter().map(String::as_str)).collect();
    let server = Demonstration::with("schemathesis", &flags);
    let _ = std::fs::remove_file(secret);
    server
}

/// Links an identity, which can be unlinked.
fn link(server: &Demonstration, played: &Played, token: &str) {
    let sent = server.post("/v1/me/oidc", token, &json!({"for": "link"}));
    let there = sent_there(sent["authorization_url"].as_str().expect("an address"));
    let now = std::time::UNIX_EPOCH.elapsed().expect("it is later").as_secs();
    let code = played.code(&there, "desk", i64::try_from(now).expect("a time"));
    let back = json!({"state": there.state, "secret": sent["secret"], "code": code,
        "iss": played.issuer});
    let linked = ureq::post(format!("http://{}/v1/me/oidc/callback", server.address))
        .header("authorization", format!("Bearer {token}"))
        .send_json(back);
    assert_eq!(linked.expect("it is linked").status(), 204);
}

/// Brings a passkey in, which can be renamed and removed.
fn bring_in(server: &Demonstration, token: &str) {
    let asked = server.post("/v1/me/passkeys/options", token, &json!({}));
    let (_, made) = Device::make(&asked["options"], PUBLIC_ADDRESS);
    let passkey = json!({"name": "Device", "credential": made});
    server.post("/v1/me/passkeys", token, &passkey);
}

/// Lets the caller and another organisation ask to be put in touch with each other, and the caller
/// propose somebody for the desk.
fn wait_for_others(server: &Demonstration, token: &str) {
    let other = server.token("focal@harbour");
    let within = |path: &str| format!("/v1/operations/exercise/{path}");
    let line = |organization: &str, action: &str| {
        json!({"organization": organization, "armed_actor": "ufv", "level": "tactical",
            "method": "negotiation", "status": "ongoing", "from": "2026-01-01",
            "audience": "operation",
            "asks": [{"issue": "access.movement.routes", "action": action}]})
    };
    server.post(&within("engagements"), token, &line("rtw", "open_route"));
    let logged = server.post(&within("engagements"), &other, &line("harbour", "close_route"));
    let flags = logged["flags"].as_array().expect("flags");
    let met = flags.iter().find(|flag| flag["kind"] == "contradiction").expect("they meet");
    for asking in [token, &other] {
        let wish = json!({"flag": met["id"], "reason": "Before either of us goes."});
        server.post(&within("contact-requests"), asking, &wish);
    }
    let change = json!({"change": "add", "login": "second@desk", "name": "Second"});
    server.post(&within("desk/changes"), token, &change);
}

#[test]
fn what_is_made_from_the_document_alone_finds_nothing_that_breaks_it() {
    let played = Played::new();
    let mailbox = Mailbox::default();
    let server = signing_in_at(&played, &mailbox);
    // One account that may do most of what there is.
    let grant = ["user", "grant", "desk", "exercise", "focal_point", "rtw"];
    run(Command::new(binary()).args(grant).current_dir(&server.folder));
    // A session besides, which can be ended.
    server.token("desk");
    let token = server.token("desk");
    let today = server.get("/v1/operations/exercise", &token)["evaluated_on"].clone();
    let wanted = json!({"name": "Tool", "scope": "read", "ends_on": today});
    server.post("/v1/me/tool-tokens", &token, &wanted);
    let question = json!({
        "organization": "rtw", "armed_actor": "ufv", "level": "tactical", "method": "negotiation",
        "from": "2026-01-01", "until": "2026-01-31", "places": ["XT030102"],
        "asks": [{"issue": "access", "action": "stop"}], "purpose": "A meeting",
    });
    server.post("/v1/operations/exercise/checks", &token, &question);
    link(&server, &played, &token);
    bring_in(&server, &token);
    wait_for_others(&server, &token);
    let configuration = std::fs::read_to_string(file("contract/schemathesis.toml"));
    let configuration = configuration.expect("the configuration") + &ids(&server, &token);
    let path = server.folder.join("schemathesis.toml");
    std::fs::write(&path, configuration).expect("it is written");
    let said = run(Command::new(tool("python/bin/st"))
        .arg("--config-file")
        .arg(path)
        .args(["run", "--no-color", "--url", &format!("http://{}", server.address)])
        .arg(file("../openapi/concord.json"))
        .env("CONCORD_TOKEN", &token)
        .current_dir(&server.folder));
    let items = contract().document()["paths"].as_object().expect("paths").values();
    let operations: usize = items.map(|item| item.as_object().map_or(0, |item| item.len())).sum();
    // All but signing out, here and everywhere; and whoever called was signed in to the last.
    assert!(said.contains(&format!("Tested: {}\n", operations - 2)), "{said}");
    assert_eq!(server.get("/v1/me", &token)["login"], "desk");
}

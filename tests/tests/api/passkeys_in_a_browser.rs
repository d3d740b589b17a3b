//! Passkeys as a real browser makes and shows them: Chromium, with a device of its own that holds them.

use concord_tests::{
    Database, PASSWORD, Registry, browser::Browser, serving::Demonstration, small_world,
};
use serde_json::{Value, json};

use super::{
    id_of, is_fault, is_problem,
    passkeys::{PATH, SIGN_IN, STEP_UP, answer, asked},
    second_factor::holding,
    step_up::{FRESH, step_up},
};

/// Opens a page that the registry serves.
#[track_caller]
fn open(browser: &mut Browser, address: &str) {
    let opened = browser.does("go", &format!("{address}/docs/").into());
    assert_eq!(opened["status"], 200, "{opened}");
}

#[test]
fn somebody_brings_a_passkey_of_a_real_browser_in_and_signs_in_with_it() {
    let mut browser = Browser::start();
    for database in [Database::Sqlite, Database::Postgres] {
        let registry = Registry::with(database, &small_world());
        let (a, nobody) = (registry.member("demo", "a"), registry.nobody("demo"));
        open(&mut browser, &registry.public_address());
        let created = browser.does("create", &asked(&a, &format!("{PATH}/options")));
        let body = json!({"name": "Chromium", "credential": created});
        let id = id_of(&a.post(PATH, &body).expect(201).body);
        is_fault(&a.post(PATH, &body), "/credential", "wrong_code");
        // The device makes no second one for the same person.
        let again = browser.does("create", &asked(&a, &format!("{PATH}/options")));
        assert_eq!(again["refused"], "InvalidStateError", "{again}");

        let shown = browser.does("get", &asked(&nobody, SIGN_IN));
        let signed_in = holding(&registry, &answer(&nobody, SIGN_IN, &shown).expect(200));
        assert_eq!(signed_in.get("/v1/me").expect(200).body["login"], a.login.as_str());
        is_problem(&answer(&nobody, SIGN_IN, &shown), 401, "sign_in_refused");

        registry.pass_seconds(FRESH);
        is_problem(&signed_in.get("bundle"), 403, "step_up_required");
        let shown = browser.does("get", &asked(&signed_in, STEP_UP));
        answer(&signed_in, STEP_UP, &shown).expect(204);
        signed_in.get("bundle").expect(200);

        // Whoever holds the device and does not know its PIN is shown nothing.
        browser.does("verifies", &false.into());
        let refused = browser.does("get", &asked(&nobody, SIGN_IN));
        assert_eq!(refused["refused"], "NotAllowedError", "{refused}");
        browser.does("verifies", &true.into());

        step_up(&a, &json!({"password": PASSWORD})).expect(204);
        a.delete(&format!("{PATH}/{id}")).expect(204);
        let shown = browser.does("get", &asked(&nobody, SIGN_IN));
        is_problem(&answer(&nobody, SIGN_IN, &shown), 401, "sign_in_refused");
        // What is next begins with an empty device.
        browser.does("restore", &true.into());
    }
}

#[test]
fn a_page_at_another_address_is_shown_nothing_that_is_good_here() {
    let mut browser = Browser::start();
    let registry = Registry::with(Database::Sqlite, &small_world());
    let elsewhere = Registry::on(Database::Sqlite);
    let (a, nobody) = (registry.member("demo", "a"), registry.nobody("demo"));
    open(&mut browser, &registry.public_address());
    let created = browser.does("create", &asked(&a, &format!("{PATH}/options")));
    a.post(PATH, &json!({"name": "Chromium", "credential": created})).expect(201);
    // Another port of the same host, to which the browser shows the passkey.
    open(&mut browser, &elsewhere.public_address());
    let shown = browser.does("get", &asked(&nobody, SIGN_IN));
    assert!(shown["rawId"].is_string(), "{shown}");
    is_problem(&answer(&nobody, SIGN_IN, &shown), 401, "sign_in_refused");
    // Nor is what it makes there.
    let b = registry.member("demo", "b");
    let created = browser.does("create", &asked(&b, &format!("{PATH}/options")));
    assert!(created["rawId"].is_string(), "{created}");
    let added = b.post(PATH, &json!({"name": "Chromium", "credential": created}));
    is_fault(&added, "/credential", "wrong_code");
    // Another name of the same machine, to which it shows none.
    open(&mut browser, &registry.url());
    let refused = browser.does("get", &asked(&nobody, SIGN_IN));
    assert_eq!(refused["refused"], "SecurityError", "{refused}");
}

#[test]
fn a_copy_of_a_passkey_is_refused_once_the_other_was_used() {
    let mut browser = Browser::start();
    let registry = Registry::with(Database::Sqlite, &small_world());
    let (a, nobody) = (registry.member("demo", "a"), registry.nobody("demo"));
    open(&mut browser, &registry.public_address());
    let created = browser.does("create", &asked(&a, &format!("{PATH}/options")));
    a.post(PATH, &json!({"name": "Chromium", "credential": created})).expect(201);
    assert_eq!(browser.does("copy", &true.into())["copied"], 1);
    for _ in 0..2 {
        let shown = browser.does("get", &asked(&nobody, SIGN_IN));
        answer(&nobody, SIGN_IN, &shown).expect(200);
    }
    browser.does("restore", &true.into());
    let shown = browser.does("get", &asked(&nobody, SIGN_IN));
    is_problem(&answer(&nobody, SIGN_IN, &shown), 401, "sign_in_refused");
    let records = registry.audit_records("demo");
    let told = |each: &Value| each["objects"][0]["kind"] == "copied_passkey";
    assert!(records.iter().any(told));
}

#[test]
fn the_binary_takes_passkeys_at_the_addresses_that_it_is_told() {
    let mut browser = Browser::start();
    let brought_in = |server: &Demonstration, browser: &mut Browser| {
        let token = server.token("desk");
        let options =
            server.post(&format!("{PATH}/options"), &token, &json!({}))["options"].clone();
        let created = browser.does("create", &options);
        if created["refused"].is_string() {
            return created["refused"].clone();
        }
        let body = json!({"name": "Chromium", "credential": created});
        server.post(PATH, &token, &body)["name"].clone()
    };
    let server = Demonstration::start("passkeys");
    let port = server.address.rsplit_once(':').expect("a port").1;
    open(&mut browser, &format!("http://localhost:{port}"));
    assert_eq!(brought_in(&server, &mut browser), "Chromium");
    let options = server.post(SIGN_IN, "", &json!({}))["options"].clone();
    let shown = browser.does("get", &options);
    let tokens = server.post(&format!("{SIGN_IN}/credential"), "", &json!({"credential": shown}));
    let me = server.get("/v1/me", tokens["access_token"].as_str().expect("a token"));
    assert_eq!(me["login"], "desk");
    let log = std::fs::read_to_string(server.folder.join("log")).expect("the log");
    for told in [&shown["rawId"], &options["challenge"]] {
        assert!(!log.contains(told.as_str().expect("a text")), "{told}");
    }
    // Told of another address, it asks for what no page here is given.
    let address = ["--public-address", "https://registry.example.org"];
    let server = Demonstration::with("passkeys-elsewhere", &address);
    let port = server.address.rsplit_once(':').expect("a port").1;
    open(&mut browser, &format!("http://localhost:{port}"));
    assert_eq!(brought_in(&server, &mut browser), "SecurityError");
}

#[test]
fn the_binary_does_not_start_with_an_address_that_browsers_show_no_passkeys_at() {
    let registry = Registry::on(Database::Sqlite);
    for (written, said) in [
        ("http://registry.example.org", "no address of a site"),
        ("https://192.0.2.1", "no address of a site"),
        ("https://registry.example.org,https://example.com", "is not at `registry.example.org`"),
    ] {
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--public-address", written];
        let told = registry.command(&arguments).expect_err("it is refused");
        assert!(told.contains(said), "{written}: {told}");
    }
}

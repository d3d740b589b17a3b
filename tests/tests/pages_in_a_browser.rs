//! The pages in a real browser: what people do, on a phone and at a desk, in both directions, and what
//! the rules for accessibility find.

use concord_app::samples::Sample;
use concord_domain::vocabulary::Role;
use concord_tests::{Database, PASSWORD, Person, Registry, browser::Browser, file, small_world};
use serde_json::{Value, json};

/// The width of a phone, and of a desk.
const WIDTHS: [u32; 2] = [360, 1280];

/// Where pictures of the pages are kept, to be looked at.
fn picture(name: &str) -> String {
    let folder = file("../target/pages");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder.join(format!("{name}.png")).display().to_string()
}

/// Opens a window in which somebody signs in by the form.
fn sign_in(browser: &mut Browser, registry: &Registry, login: &str, window: &Value) {
    browser.does("open", window);
    let words = match window["language"].as_str() {
        Some("ar") => ["اسم المستخدم", "كلمة المرور", "تسجيل الدخول"],
        _ => ["Login", "Password", "Sign in"],
    };
    browser.does("go", &format!("{}/sign-in", registry.url()).into());
    browser.does("fill", &json!({ words[0]: login, words[1]: PASSWORD }));
    browser.does("click", &json!(["button", words[2]]));
}

/// Looks at a page, and fails if something is wrong with it.
#[track_caller]
fn look(browser: &mut Browser, registry: &Registry, (name, path): (&str, &str), language: &str) {
    let opened = browser.does("go", &format!("{}{path}", registry.url()).into());
    assert_eq!(opened["status"], 200, "{path}");
    look_here(browser, registry, name, language);
}

#[track_caller]
fn look_here(browser: &mut Browser, registry: &Registry, name: &str, language: &str) {
    let found = browser.does("look", &picture(name).into());
    assert_eq!(found["violations"], json!([]), "{name}");
    assert_eq!(found["wider_by"], 0, "{name}");
    assert_eq!(found["language"], language, "{name}");
    let direction = if language == "ar" { "rtl" } else { "ltr" };
    assert_eq!(found["direction"], direction, "{name}");
    let own = registry.url();
    let loaded = found["loaded"].as_array().expect("a list");
    let elsewhere =
        loaded.iter().filter(|name| !name.as_str().is_some_and(|it| it.starts_with(&own)));
    assert_eq!(elsewhere.collect::<Vec<_>>(), Vec::<&Value>::new(), "{name}");
}

/// An operation full of lines, and somebody in it who acts for an organisation.
fn exercise(registry: &Registry) -> Person<'_> {
    let sample = Sample::named("exercise").expect("a sample");
    registry.import(&sample.bundle(registry.app.today()).expect("a bundle"));
    registry.member("exercise", "rtw")
}

#[test]
fn rules_find_nothing_wrong_with_any_page_on_a_phone_or_at_a_desk() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let person = exercise(&registry);
    let mut browser = Browser::start();
    let pages = [
        ("home", "/operations/exercise"),
        ("flags", "/operations/exercise/flags"),
        ("log", "/operations/exercise/log"),
        ("meeting", "/operations/exercise/meeting"),
        ("network", "/operations/exercise/network"),
        ("armed-actors", "/operations/exercise/armed-actors"),
        ("report", "/operations/exercise/report"),
        ("contact", "/operations/exercise/contact"),
        ("learn", "/operations/exercise/learn"),
        ("account", "/account"),
        ("second-factor", "/account/second-factor"),
        ("tools", "/account/tools"),
        ("passkeys", "/account/passkeys"),
        ("sessions", "/sessions"),
        ("operations", "/operations"),
    ];
    for (language, width, dark) in [
        ("en", WIDTHS[0], false),
        ("en", WIDTHS[1], true),
        ("ar", WIDTHS[0], true),
        ("ar", WIDTHS[1], false),
    ] {
        let window = json!({"language": language, "width": width, "dark": dark});
        browser.does("open", &window);
        let name = |page: &str| format!("{page}-{language}-{width}");
        look(&mut browser, &registry, (&name("sign-in"), "/sign-in"), language);
        sign_in(&mut browser, &registry, &person.login, &window);
        for (page, path) in pages {
            look(&mut browser, &registry, (&name(page), path), language);
        }
    }
}

#[test]
fn one_flag_and_one_entry_are_whole_in_both_directions() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let person = exercise(&registry);
    let flags = person.get("flags").expect(200).body;
    let flag = flags["items"][0]["id"].as_str().expect("an id");
    let entries = person.get("engagements").expect(200).body;
    let entry = entries["items"][0]["id"].as_str().expect("an id");
    let found = person.post("armed-actors/search", &json!({"name": "UFV Sefa Bridge post"}));
    let found = found.expect(200).body;
    let actor = found["items"][0]["armed_actor"].as_str().expect("an id");
    let mut browser = Browser::start();
    for language in ["en", "ar"] {
        // What is left of a desk's 1,280 pixels at 400 %.
        let window = json!({"language": language, "width": 320, "dark": false});
        sign_in(&mut browser, &registry, &person.login, &window);
        for (name, path) in [
            ("flag", format!("/operations/exercise/flags/{flag}")),
            ("entry", format!("/operations/exercise/entries/{entry}")),
            ("armed-actor", format!("/operations/exercise/armed-actors/{actor}")),
        ] {
            let name = format!("{name}-{language}-320");
            look(&mut browser, &registry, (&name, &path), language);
        }
    }
}

#[test]
fn what_is_set_up_is_whole_in_both_directions() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    exercise(&registry);
    let keeper = registry.person("exercise", Role::FocalPoint, Some("rtw"));
    let desk = registry.desk("exercise");
    let mut browser = Browser::start();
    for (language, width) in [("en", 320), ("ar", WIDTHS[1])] {
        for (who, person, pages) in [
            ("focal-point", &keeper, &["setup", "people", "audit"][..]),
            ("desk", &desk, &["setup", "desk", "organizations", "leads", "common-positions"]),
        ] {
            let window = json!({"language": language, "width": width, "dark": false});
            sign_in(&mut browser, &registry, &person.login, &window);
            for page in pages {
                let name = format!("{who}-{page}-{language}-{width}");
                let path = format!("/operations/exercise/{page}");
                look(&mut browser, &registry, (&name, &path), language);
            }
        }
    }
}

#[test]
fn a_routine_entry_takes_at_most_25_presses_and_clicks_besides_its_text() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let person = registry.member("demo", "b");
    let mut browser = Browser::start();
    let window = json!({"language": "en", "width": 360, "dark": false});
    sign_in(&mut browser, &registry, &person.login, &window);
    browser.does("go", &format!("{}/operations/demo", registry.url()).into());
    let counted = |browser: &mut Browser| {
        browser.does("counted", &true.into())["presses"].as_u64().expect("a number")
    };
    let before = counted(&mut browser);
    browser.does("click", &json!(["link", "Log"]));
    browser.does("focus", &"Armed actor".into());
    // Each field by the keyboard: what is typed into a list chooses from it.
    browser.does("type", &"The Group, north".into());
    for text in ["Local", "Leer"] {
        browser.does("press", &"Tab".into());
        browser.does("type", &text.into());
    }
    browser.does("focus", &"Method".into());
    browser.does("type", &"Direct dialogue: neg".into());
    for text in ["Roads", "Open a"] {
        browser.does("press", &"Tab".into());
        browser.does("type", &text.into());
    }
    browser.does("press", &"Tab".into());
    browser.does("press", &"Tab".into());
    browser.does("type", &"Everybody".into());
    browser.does("click", &json!(["button", "See what it meets"]));
    look_here(&mut browser, &registry, "log-previewed-en-360", "en");
    let done = browser.does("click", &json!(["button", "Log it"]));
    let address = done["address"].as_str().expect("an address");
    assert!(address.contains("/operations/demo/entries/"), "{address}");
    let presses = counted(&mut browser) - before;
    assert!(presses <= 25, "{presses}");
    let kept = person.get("engagements").expect(200).body;
    let kept = &kept["items"][0];
    assert_eq!(kept["level"], "tactical");
    assert_eq!(kept["method"], "negotiation");
    assert_eq!(kept["asks"][0]["action"], "open_route");
    assert_eq!(kept["audience"], "operation");
}

/// Waits until this device keeps so many drafts; what can be read of them.
#[track_caller]
fn drafts(browser: &mut Browser, count: usize) -> Vec<String> {
    for _ in 0..100 {
        let kept = browser.does("drafts", &0.into())["kept"].clone();
        let kept: Vec<String> = serde_json::from_value(kept).expect("texts");
        if kept.len() == count {
            return kept;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("there are not {count} drafts");
}

#[test]
fn a_draft_survives_on_its_device_sealed_until_it_is_sent_or_too_old() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let (person, other) = (registry.member("demo", "b"), registry.member("demo", "b"));
    let mut browser = Browser::start();
    let window = json!({"language": "en", "width": 360, "dark": false});
    sign_in(&mut browser, &registry, &person.login, &window);
    let form = format!("{}/operations/demo/log", registry.url());
    let actor =
        |browser: &mut Browser| browser.does("value", &"Armed actor".into())["value"].clone();
    let typed = json!({"Armed actor": "The Group, north", "Place": "Leer"});
    browser.does("go", &form.as_str().into());
    browser.does("fill", &typed);
    let kept = drafts(&mut browser, 1);
    assert!(!kept[0].contains("Group") && !kept[0].contains("Leer"), "{kept:?}");

    // The connection is lost, or the page is closed.
    browser.does("go", &form.as_str().into());
    assert_eq!(actor(&mut browser), "");
    browser.does("click", &json!(["button", "Take it up"]));
    assert_eq!(actor(&mut browser), "The Group, north");

    // Another on the same device is offered nothing of it.
    browser.does("click", &json!(["button", "Sign out"]));
    browser.does("fill", &json!({"Login": other.login, "Password": PASSWORD}));
    browser.does("click", &json!(["button", "Sign in"]));
    browser.does("go", &form.as_str().into());
    browser.does("fill", &json!({"Place": "Koch"}));
    drafts(&mut browser, 2);
    browser.does("go", &form.as_str().into());
    browser.does("click", &json!(["button", "Take it up"]));
    assert_eq!(actor(&mut browser), "");
    assert_eq!(browser.does("value", &"Place".into())["value"], "Koch");

    // What is logged is kept no more, and the other's still is, until it is too old.
    browser.does("fill", &typed);
    for (label, text) in [
        ("Level", "Local"),
        ("Method", "Direct dialogue: neg"),
        ("Issue", "Roads"),
        ("Ask or demand", "Open a road"),
    ] {
        browser.does("focus", &label.into());
        browser.does("type", &text.into());
        browser.does("press", &"Tab".into());
    }
    // It is kept once somebody pauses.
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    browser.does("go", &form.as_str().into());
    browser.does("click", &json!(["button", "Take it up"]));
    browser.does("click", &json!(["button", "See what it meets"]));
    browser.does("click", &json!(["button", "Log it"]));
    drafts(&mut browser, 1);
    browser.does("drafts", &8.into());
    browser.does("go", &form.as_str().into());
    drafts(&mut browser, 0);
}

/// Waits until something is so, for as long as a device takes.
#[track_caller]
fn wait(mut is_so: impl FnMut() -> bool) {
    for _ in 0..100 {
        if is_so() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("it does not come to be so");
}

#[test]
fn somebody_makes_a_passkey_on_a_page_and_signs_in_with_it() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let a = registry.member("demo", "a");
    let mut browser = Browser::start();
    // Passkeys belong to a name, and to no number.
    let address = registry.public_address();
    let go = |browser: &mut Browser, path: &str| {
        assert_eq!(browser.does("go", &format!("{address}{path}").into())["status"], 200, "{path}");
    };
    go(&mut browser, "/sign-in");
    browser.does("fill", &json!({"Login": a.login, "Password": PASSWORD}));
    browser.does("click", &json!(["button", "Sign in"]));
    go(&mut browser, "/account/passkeys");
    browser.does("fill", &json!({"Name of the device": "Field laptop"}));
    browser.does("click", &json!(["button", "Make a passkey"]));
    browser.does("click", &json!(["button", "Make it on this device"]));
    let kept = || a.get("/v1/me/passkeys").expect(200).body["items"][0]["name"].clone();
    wait(|| kept() == "Field laptop");
    go(&mut browser, "/account");
    browser.does("click", &json!(["button", "Sign out"]));

    go(&mut browser, "/sign-in?to=/operations/demo/flags");
    browser.does("click", &json!(["button", "Sign in with a passkey"]));
    browser.does("click", &json!(["button", "Show it"]));
    wait(|| {
        let at = browser.does("press", &"Shift".into())["address"].clone();
        at == format!("{address}/operations/demo/flags")
    });

    // Who does not know the PIN of the device is told so, and can go on in another way.
    browser.does("click", &json!(["button", "Sign out"]));
    browser.does("verifies", &false.into());
    go(&mut browser, "/sign-in");
    browser.does("click", &json!(["button", "Sign in with a passkey"]));
    browser.does("click", &json!(["button", "Show it"]));
    let failed = "The device gave no passkey. Try again, or go on without one.";
    wait(|| browser.does("says", &failed.into())["says"] == true);
    browser.does("click", &json!(["link", "Go on without a passkey"]));
    browser.does("fill", &json!({"Login": a.login, "Password": PASSWORD}));
}

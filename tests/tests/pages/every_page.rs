//! What holds of every page: its headers, its size, its languages, its labels, and that every link
//! leads somewhere. The pages are found as a visitor finds them, by following links.

use std::collections::{BTreeMap, BTreeSet};

use concord_app::samples::Sample;
use concord_domain::vocabulary::Role;
use concord_tests::{
    Answer, Database, Registry, on_each_database,
    plain_browser::{Browser, tags},
    small_world,
};
use serde_json::json;

use super::{asks, browser_of, is_page, line, logged, without_script};

/// The most bytes of the first page with all that it needs, and of any other.
const FIRST_BYTES_MAX: usize = 60_000;
const PAGE_BYTES_MAX: usize = 100_000;

fn exercise(registry: &Registry) {
    let sample = Sample::named("exercise").expect("a sample");
    registry.import(&sample.bundle(registry.app.today()).expect("a bundle"));
}

/// All pages that can be reached by links, by their address.
fn pages(browser: &Browser<'_>, from: &str) -> BTreeMap<String, Answer> {
    let mut found = BTreeMap::new();
    let mut next = vec![from.to_owned()];
    while let Some(address) = next.pop() {
        if found.contains_key(&address) {
            continue;
        }
        let page = browser.get(&address);
        if let Some(location) = page.header("location") {
            next.push(location.to_owned());
        }
        let path = address.split('?').next().unwrap_or_default();
        for link in tags(&page.text, "a") {
            let href = link["href"].clone();
            let whole = if href.starts_with('?') { format!("{path}{href}") } else { href };
            // What is written for programs is no page.
            if whole.starts_with('/') && !whole.starts_with("/docs/") {
                next.push(whole);
            }
        }
        found.insert(address, page);
    }
    found
}

/// The people who see most that differs.
fn visitors(registry: &Registry) -> Vec<Browser<'_>> {
    let of = |role, organization| {
        let person = registry.person("exercise", role, organization);
        Browser::signed_in(registry, &person.login)
    };
    vec![
        of(Role::Member, Some("rtw")),
        of(Role::FocalPoint, Some("harbour")),
        of(Role::Desk, None),
        of(Role::Auditor, None),
        Browser::signed_in(registry, &registry.administrator().login),
    ]
}

/// What a page says of itself.
#[track_caller]
fn is_whole(address: &str, page: &str, language: &str) {
    let html = &tags(page, "html")[0];
    assert_eq!(html["lang"], language, "{address}");
    assert_eq!(html["dir"], if language == "ar" { "rtl" } else { "ltr" }, "{address}");
    assert_eq!(page.matches("<h1").count(), 1, "{address}");
    assert_eq!(page.matches("<main id=\"main\"").count(), 1, "{address}");
    assert!(!page.contains("<title> –"), "{address} has no title");
    let ids: Vec<String> =
        ["input", "select", "textarea", "section", "h2", "h1", "div", "p", "main"]
            .iter()
            .flat_map(|kind| tags(page, kind))
            .filter_map(|tag| tag.get("id").cloned())
            .collect();
    let different: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(ids.len(), different.len(), "{address}: {ids:?}");
    let labels: BTreeSet<String> =
        tags(page, "label").into_iter().filter_map(|label| label.get("for").cloned()).collect();
    for kind in ["input", "select", "textarea"] {
        for field in tags(page, kind) {
            let is_typed = !matches!(
                field.get("type").map(String::as_str),
                Some("hidden" | "checkbox" | "radio")
            );
            assert!(!is_typed || labels.contains(&field["id"]), "{address}: {field:?}");
        }
    }
    for name in ["aria-labelledby", "aria-describedby"] {
        for kind in ["section", "input", "textarea"] {
            let named = tags(page, kind);
            let named = named.iter().filter_map(|tag| tag.get(name));
            for id in named.flat_map(|ids| ids.split(' ')).filter(|id| !id.is_empty()) {
                assert!(ids.iter().any(|known| known == id), "{address}: {id}");
            }
        }
    }
}

#[test]
fn every_link_leads_to_a_page_that_is_whole_and_small() {
    on_each_database(|registry: &Registry| {
        exercise(registry);
        for browser in visitors(registry) {
            let pages = pages(&browser, "/");
            assert!(pages.len() >= 3, "{:?}", pages.keys());
            for (address, page) in &pages {
                if page.status == 303 {
                    continue;
                }
                assert_eq!(page.status, 200, "{address}: {}", page.text);
                is_page(page);
                is_whole(address, &page.text, "en");
                assert!(page.text.len() < PAGE_BYTES_MAX, "{address}: {}", page.text.len());
            }
        }
    });
}

#[test]
fn what_somebody_has_written_is_shown_and_never_run() {
    const HOSTILE: &str = "<b onclick=\"x\">\"'&</b></textarea><script>y</script>";
    on_each_database(|registry: &Registry| {
        let mut world = small_world();
        for list in ["organizations", "armed_actors", "places", "mechanisms"] {
            for thing in world[list].as_array_mut().expect("a list") {
                let name = format!("{} {HOSTILE}", thing["name"].as_str().expect("a name"));
                thing["name"] = name.into();
            }
        }
        world["operation"]["name"] = HOSTILE.into();
        registry.import(&world);
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &line("a", "north", &asks(&["open_route"])));
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        let flag = a.get("flags").expect(200).body["items"][0]["id"].clone();
        let step = json!({"state": "coordinating", "note": HOSTILE});
        let path = format!("flags/{}/steps", flag.as_str().expect("an id"));
        a.post(&path, &step).expect(200);
        let browser = browser_of(registry, &a);
        let mut pages: Vec<Answer> = pages(&browser, "/").into_values().collect();
        let form = browser.get("/operations/demo/meeting").expect(200);
        for typed in [("actor", HOSTILE), ("actor", "north")] {
            let mut typed = vec![typed, ("place", HOSTILE), ("day", HOSTILE)];
            pages.push(browser.submit(&form, "/operations/demo/meeting", &typed));
            typed.truncate(1);
            pages.push(browser.submit(&form, "/operations/demo/meeting", &typed));
        }
        let form = browser.get("/operations/demo/log").expect(200);
        let fields = ["actor", "place", "from", "more_places", "partners", "summary", "what"];
        let typed = fields.map(|field| (field, HOSTILE));
        pages.push(browser.submit(&form, "/operations/demo/log", &typed));
        let sign_in = Browser::new(registry);
        let form = sign_in.get("/sign-in").expect(200);
        let typed = [("login", HOSTILE), ("password", HOSTILE)];
        pages.push(sign_in.submit(&form, "/sign-in", &typed));
        let shown = pages.iter().filter(|page| page.text.contains("onclick=&#34;x&#34;")).count();
        assert!(shown > 6, "{shown}");
        for page in pages {
            for never in ["<b onclick", "<script"] {
                let text = without_script(&page.text);
                assert!(!text.contains(never), "{never} in {text}");
            }
        }
    });
}

#[test]
fn the_first_page_is_small_with_all_that_it_needs() {
    let registry = Registry::on(Database::Sqlite);
    let browser = Browser::new(&registry);
    let page = browser.get("/sign-in").expect(200);
    let mut bytes = page.text.len();
    let mut needed: Vec<String> =
        tags(&page.text, "link").into_iter().map(|link| link["href"].clone()).collect();
    needed.sort();
    assert_eq!(needed.len(), 2);
    for address in needed {
        let asset = browser.get(&address).expect(200);
        assert_eq!(asset.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert!(asset.text.len() < 20_000, "{address}: {}", asset.text.len());
        assert!(!asset.text.contains("url(") && !asset.text.contains("@import"), "{address}");
        bytes += asset.text.len();
    }
    assert!(bytes < FIRST_BYTES_MAX, "{bytes}");
    browser.get("/assets/style-000000000000.css").expect(404);
}

#[test]
fn every_page_is_in_the_language_that_is_asked_for_or_chosen() {
    let registry = Registry::on(Database::Sqlite);
    exercise(&registry);
    let adviser = registry.member("exercise", "rtw");
    let mut browser = Browser::signed_in(&registry, &adviser.login);
    for language in ["fr", "es", "ar"] {
        browser.languages = language;
        let pages = pages(&browser, "/operations/exercise");
        for (address, page) in pages.iter().filter(|(_, page)| page.status == 200) {
            is_page(page);
            is_whole(address, &page.text, language);
            assert!(!page.text.contains("Sign out"), "{address} in {language}");
            assert!(page.text.len() < PAGE_BYTES_MAX, "{address}: {}", page.text.len());
        }
    }
    // What was chosen goes before what the browser asks for, and one stays where one is.
    let page = browser.get("/operations/exercise/flags").expect(200);
    let chosen = browser.submit(&page, "/language", &[("language", "es")]).expect(303);
    assert_eq!(chosen.header("location"), Some("/operations/exercise/flags"));
    is_whole("es", &browser.follow(&chosen).expect(200).text, "es");
    browser.submit(&page, "/language", &[("language", "xx")]).expect(303);
    is_whole("es", &browser.get("/operations").text, "es");
}

//! What waits for somebody.

use concord_domain::vocabulary::Role;
use concord_tests::{
    Registry, on_each_database,
    plain_browser::{Browser, said},
    small_world,
};
use serde_json::json;

use super::{asks, browser_of, is_page, line, logged, own_line, visitor};

fn home(browser: &Browser<'_>) -> String {
    let page = browser.get("/operations/demo").expect(200);
    is_page(&page);
    said(&page.text)
}

#[test]
fn ones_own_flags_stand_there_the_worst_first_until_they_are_settled() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b, c) = (
            registry.member("demo", "a"),
            registry.member("demo", "b"),
            registry.member("demo", "c"),
        );
        logged(&a, &line("a", "north", &asks(&["allow_movement", "open_route"])));
        logged(&b, &line("b", "north", &asks(&["allow_movement", "close_route"])));
        let browser = browser_of(registry, &a);
        let page = home(&browser);
        let worst = page.find("Asks that cannot both be granted").expect("the contradiction");
        let other = page.find("Same ask at one level").or_else(|| page.rfind("Medium"));
        assert!(other.is_some_and(|other| worst < other), "{page}");
        assert!(page.contains("Organisation A, Organisation B"), "{page}");
        // Others may read them, and do not have to see to them.
        let others = home(&browser_of(registry, &c));
        assert!(others.contains("No flag that you may read waits for you"), "{others}");
        for flag in a.get("flags").expect(200).body["items"].as_array().expect("a list") {
            let path = format!("flags/{}/steps", flag["id"].as_str().expect("an id"));
            a.post(&path, &json!({"state": "resolved", "resolution": "sequenced"})).expect(200);
        }
        let page = home(&browser);
        assert!(page.contains("No flag that you may read waits for you"), "{page}");
    });
}

#[test]
fn what_changed_this_week_stands_there_and_leads_to_where_it_is() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let none = "Nothing changed in your lines and commitments in the last seven days.";
        let browser = browser_of(registry, &a);
        assert!(home(&browser).contains(none));
        let mut met = line("a", "north", &asks(&["open_route"]));
        met["contacts"] = json!([{"on": "2026-03-12"}]);
        let entry = logged(&a, &met);
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        let page = browser.get("/operations/demo").expect(200).text;
        for address in
            [format!("/operations/demo/entries/{entry}"), "/operations/demo/flags/".into()]
        {
            assert!(page.contains(&address), "{address}");
        }
        let page = said(&page);
        assert!(page.contains("They met") && page.contains("A flag was raised"), "{page}");
        // Who acts for nobody has nothing that could have changed.
        let desk = home(&visitor(registry, Role::Desk, None));
        assert!(!desk.contains("What changed this week"), "{desk}");
    });
}

#[test]
fn entries_that_went_stale_and_commitments_that_end_soon_stand_there() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        logged(&a, &line("a", "north", &asks(&["open_route"])));
        let commitment = json!({
            "armed_actor": "south", "kind": "verbal_assurance", "action": "allow_passage",
            "issue": "access.movement.checkpoints", "from": "2026-03-01", "until": "2026-08-20",
            "organization": "a",
        });
        let made = a.post("commitments", &commitment);
        assert!(made.status == 201, "{}", made.text);
        let page = home(&browser_of(registry, &a));
        assert!(page.contains("All your live lines were touched lately"), "{page}");
        assert!(page.contains("No commitment of yours ends"), "{page}");
        registry.set_day("2026-08-15");
        let page = home(&browser_of(registry, &a));
        assert!(page.contains("The Group, north") && page.contains("since"), "{page}");
        assert!(page.contains("ends 20 August 2026"), "{page}");
    });
}

#[test]
fn the_desk_sees_who_and_with_whom_and_nobody_else_sees_that() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        logged(&b, &own_line("b", "north", &asks(&["close_route"])));
        let desk = home(&visitor(registry, Role::Desk, None));
        assert!(desk.contains("The queue of the desk"), "{desk}");
        assert!(desk.contains("Organisation A, Organisation B With The Group"), "{desk}");
        assert!(!desk.contains("north"), "{desk}");
        let queue = visitor(registry, Role::Desk, None).get("/operations/demo/queue").expect(200);
        is_page(&queue);
        assert!(said(&queue.text).contains("Asks that cannot both be granted"), "{}", queue.text);
        assert_eq!(browser_of(registry, &a).get("/operations/demo/queue").status, 403);
        let member = home(&browser_of(registry, &a));
        assert!(!member.contains("The queue of the desk"), "{member}");
        assert!(!member.contains("Organisation B"), "{member}");
        assert!(
            member.contains("Also raised with lines that may not be shown here: 1"),
            "{member}"
        );
    });
}

#[test]
fn who_reads_no_entries_is_shown_none_and_led_to_none() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        for browser in [
            visitor(registry, Role::Auditor, None),
            Browser::signed_in(registry, &registry.administrator().login),
        ] {
            let page = home(&browser);
            assert!(page.contains("reads no entries"), "{page}");
            assert!(!page.contains("Flags"), "{page}");
            let refused = browser.get("/operations/demo/flags").expect(403);
            is_page(&refused);
            assert!(said(&refused.text).contains("You may not do this"), "{}", refused.text);
        }
    });
}

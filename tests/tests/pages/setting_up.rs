//! Setting an operation up: its first steps, its organisations, people, desk and agreements, and
//! the part of the audit log that is one's own.

use concord_domain::vocabulary::Role;
use concord_tests::{
    Answer, Person, Registry, on_each_database,
    plain_browser::{Browser, carried, said, tags},
    small_world,
};
use serde_json::{Value, json};

use super::{asks, browser_of, is_page, line, logged, own_line, visitor};

fn page(browser: &Browser<'_>, path: &str) -> Answer {
    let page = browser.get(&format!("/operations/demo/{path}")).expect(200);
    is_page(&page);
    page
}

fn text(browser: &Browser<'_>, path: &str) -> String {
    said(&page(browser, path).text)
}

/// Sends a form of a page to the address of the page.
fn send(browser: &Browser<'_>, path: &str, typed: &[(&str, &str)]) -> Answer {
    let form = page(browser, path);
    browser.submit(&form, &format!("/operations/demo/{path}"), typed)
}

/// The form of a page whose address ends so.
fn form_to(page: &Answer, end: &str) -> String {
    let forms = tags(&page.text, "form").into_iter().map(|form| form["action"].clone());
    let mut found = forms.into_iter().filter(|action| action.ends_with(end));
    found.next().unwrap_or_else(|| panic!("no form to {end} in {}", page.text))
}

fn administrator(registry: &Registry) -> Browser<'_> {
    browser_of(registry, &registry.administrator())
}

#[test]
fn an_empty_operation_says_what_to_do_first_until_it_is_done() {
    on_each_database(|registry: &Registry| {
        let administrator = registry.administrator();
        let browser = browser_of(registry, &administrator);
        let begin = browser.follow(&browser.get("/").expect(303)).expect(200);
        is_page(&begin);
        assert!(tags(&begin.text, "a").iter().any(|link| link["href"] == "/new-operation"));
        let form = browser.get("/new-operation").expect(200);
        is_page(&form);
        let typed = [("name", "Demonstration"), ("key", "not a key")];
        let refused = browser.submit(&form, "/new-operation", &typed).expect(422);
        is_page(&refused);
        assert!(refused.text.contains("value=\"Demonstration\""), "{}", refused.text);
        let typed = [("name", "Demonstration"), ("key", "demo"), ("country", "SSD")];
        let made = browser.submit(&form, "/new-operation", &typed).expect(303);
        assert_eq!(made.header("location"), Some("/operations/demo"));
        let home = browser.get("/operations/demo").expect(200);
        is_page(&home);
        let told = said(&home.text);
        assert!(told.contains("First steps in this operation"), "{told}");
        assert!(!told.contains("done:"), "{told}");
        let links = tags(&home.text, "a");
        for path in ["mechanisms", "organizations", "desk", "people", "retention"] {
            let address = format!("/operations/demo/{path}");
            assert!(links.iter().any(|link| link["href"] == address), "{address} in {told}");
            is_page(&browser.get(&address).expect(200));
        }
        let awg = [("name", "Access Working Group"), ("kind", "access_working_group")];
        send(&browser, "mechanisms", &awg).expect(303);
        let lantern = [("name", "Lantern Relief"), ("kind", "ingo"), ("key", "lantern")];
        send(&browser, "organizations", &lantern).expect(303);
        let told = text(&browser, "setup");
        assert_eq!(told.matches("done:").count(), 2, "{told}");
        let home = said(&browser.get("/operations/demo").expect(200).text);
        assert!(home.contains("First steps"), "places and armed actors are missing: {home}");
        let place = json!({"key": "unity", "name": "Unity", "level": 1});
        administrator.post("/v1/operations/demo/places", &place).expect(201);
        let actor = json!({"key": "group", "name": "The Group", "kind": "non_state_armed_group"});
        administrator.post("/v1/operations/demo/armed-actors", &actor).expect(201);
        let home = said(&browser.get("/operations/demo").expect(200).text);
        assert!(!home.contains("First steps"), "{home}");
        let member = visitor(registry, Role::Member, Some("lantern"));
        let told = text(&member, "setup");
        assert!(!told.contains("First steps") && !told.contains("Audit log"), "{told}");
        assert!(!member.get("/operations").expect(200).text.contains("/new-operation"));
        let form = member.get("/new-operation").expect(200);
        member.submit(&form, "/new-operation", &[("name", "X"), ("key", "x")]).expect(403);
    });
}

#[test]
fn who_keeps_reference_data_adds_and_amends_and_others_only_read() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (keeper, member) =
            (administrator(registry), visitor(registry, Role::Member, Some("a")));
        let typed = [("name", "Lantern"), ("kind", "ingo"), ("key", "a"), ("acronym", "LR")];
        let refused = send(&keeper, "organizations", &typed).expect(422);
        is_page(&refused);
        assert!(said(&refused.text).contains("This is taken already"), "{}", refused.text);
        assert!(refused.text.contains("value=\"Lantern\""), "what was typed stays");
        assert!(refused.text.contains("value=\"ingo\" selected"), "what was chosen stays");
        let refused = send(&keeper, "organizations", &[("acronym", "LR")]).expect(422);
        assert_eq!(said(&refused.text).matches("This is needed.").count(), 2, "{}", refused.text);

        let found = page(&keeper, "organizations");
        let links = tags(&found.text, "a");
        let one = links.iter().map(|link| &link["href"]).find(|to| to.contains("/organizations/"));
        let one = one.expect("a link").clone();
        let form = keeper.get(&one).expect(200);
        is_page(&form);
        assert!(form.text.contains("value=\"Organisation A\""), "{}", form.text);
        let mechanism = tags(&form.text, "input");
        let mechanism =
            mechanism.iter().find(|it| it.get("name").is_some_and(|it| it == "mechanisms"));
        let mechanism = mechanism.expect("the group")["value"].clone();
        let typed = [("name", "Organisation Alpha"), ("mechanisms", &*mechanism)];
        keeper.submit(&form, &one, &typed).expect(303);
        let shown = text(&member, "organizations");
        assert!(shown.contains("Organisation Alpha International NGO"), "{shown}");
        assert!(shown.contains("Access Working Group"), "{shown}");
        // Somebody else changed it since the form was read.
        let stale = keeper.submit(&form, &one, &[("name", "Organisation Aleph")]).expect(412);
        is_page(&stale);
        assert!(!text(&member, "organizations").contains("Aleph"));

        for path in ["organizations", "mechanisms", "leads", "common-positions", "retention"] {
            let shown = page(&member, path);
            let action = format!("action=\"/operations/demo/{path}\"");
            assert!(!shown.text.contains(&action), "{path}: {}", shown.text);
            let token = carried(&shown.text, "/sign-out");
            let fields: Vec<(&str, &str)> =
                token.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let mut fields = fields;
            fields.extend([
                ("name", "Sham"),
                ("title", "Sham"),
                ("kind", "ingo"),
                ("issue", "access"),
            ]);
            let to = format!("/operations/demo/{path}");
            let refused = member.post(&to, &[("origin", &registry.url())], &fields);
            assert!(matches!(refused.status, 403 | 422), "{path}: {}", refused.text);
            is_page(&refused);
            assert!(!text(&member, path).contains("Sham"), "{path}");
        }
    });
}

#[test]
fn the_desk_keeps_leads_and_common_positions() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (desk, member) =
            (visitor(registry, Role::Desk, None), visitor(registry, Role::Member, Some("a")));
        let organization = |page: &Answer| {
            let b = page.text.split("<option value=\"").find(|it| it.contains(">Organisation B<"));
            b.expect("an option").split('"').next().expect("an id").to_owned()
        };
        let b = organization(&page(&desk, "leads"));
        let typed = [("armed_actor", "Somebody unheard of"), ("organization", &*b)];
        let refused = send(&desk, "leads", &typed).expect(422);
        is_page(&refused);
        assert!(said(&refused.text).contains("Nothing here is called this."), "{}", refused.text);
        assert!(refused.text.contains("value=\"Somebody unheard of\""), "{}", refused.text);
        let typed = [
            ("armed_actor", "the group, NORTH"),
            ("organization", &*b),
            ("level", "tactical"),
            ("until", "2026-12-31"),
        ];
        send(&desk, "leads", &typed).expect(303);
        let shown = text(&member, "leads");
        assert!(shown.contains("Organisation B With The Group, north"), "{shown}");
        assert!(shown.contains("until 31 December 2026"), "{shown}");

        let amended = |path: &str| {
            let links = tags(&page(&desk, path).text, "a");
            let below = format!("/{path}/");
            let one = links.iter().map(|link| &link["href"]).find(|to| to.contains(&below));
            let one = one.expect("a link").clone();
            let form = desk.get(&one).expect(200);
            is_page(&form);
            (one, form)
        };
        let (one, form) = amended("leads");
        assert!(form.text.contains("value=\"The Group, north\""), "{}", form.text);
        assert!(form.text.contains("value=\"tactical\" selected"), "{}", form.text);
        assert!(form.text.contains("value=\"2026-12-31\""), "{}", form.text);
        let typed =
            [("armed_actor", "The Group, north"), ("organization", &*b), ("from", "2026-02-01")];
        let wrong = [&typed[..], &[("until", "2026-01-01")]].concat();
        let refused = desk.submit(&form, &one, &wrong).expect(422);
        is_page(&refused);
        assert!(refused.text.contains("value=\"2026-01-01\""), "what was typed stays");
        assert!(!refused.text.contains("value=\"tactical\" selected"), "and so does what was not");
        desk.submit(&form, &one, &typed).expect(303);
        let shown = text(&member, "leads");
        assert!(shown.contains("from 1 February 2026"), "{shown}");
        assert!(!shown.contains("Tactical") && !shown.contains("December"), "{shown}");
        let seen = member.get(&one).expect(200);
        assert!(!seen.text.contains("name=\"armed_actor\""), "who only reads has no form");
        desk.submit(&form, &one, &typed).expect(412);

        let typed = [
            ("title", "No payment for passage"),
            ("issue", "access"),
            ("refuses_demands", "fee"),
            ("refuses_demands", "escort"),
            ("excludes_offers", "payment"),
        ];
        send(&desk, "common-positions", &typed).expect(303);
        let shown = text(&member, "common-positions");
        assert!(shown.contains("No payment for passage"), "{shown}");
        assert!(shown.contains("A fee, tax, toll or levy,"), "{shown}");
        let shown = send(&desk, "common-positions", &typed[..1]).expect(422);
        assert!(shown.text.contains("value=\"No payment for passage\""), "{}", shown.text);

        let (one, form) = amended("common-positions");
        let boxes = form.text.split("<input").filter_map(|rest| rest.split('>').next());
        let ticked = boxes.filter(|tag| tag.contains(" checked"));
        let value = |tag: &str| tag.split("value=\"").nth(1)?.split('"').next().map(str::to_owned);
        let mut ticked: Vec<String> = ticked.filter_map(value).collect();
        ticked.sort_unstable();
        assert_eq!(ticked, ["escort", "fee", "payment"]);
        let typed = [("title", "No payment at all"), ("issue", "access"), ("until", "2026-12-31")];
        desk.submit(&form, &one, &typed).expect(303);
        let shown = text(&member, "common-positions");
        assert!(shown.contains("No payment at all") && shown.contains("31 December"), "{shown}");
        assert!(!shown.contains("A fee, tax, toll or levy"), "{shown}");
    });
}

#[test]
fn two_of_the_desk_decide_who_is_on_it() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (one, two) = (visitor(registry, Role::Desk, None), visitor(registry, Role::Desk, None));
        let changes = "/operations/demo/desk/changes";
        let typed = [("name", "A third"), ("login", "third@desk.example")];
        one.submit(&page(&one, "desk"), changes, &typed).expect(303);
        let own = page(&one, "desk");
        assert!(said(&own.text).contains("Joins: A third (third@desk.example)"), "{}", own.text);
        assert!(!own.text.contains("/confirmation"), "nobody confirms what they proposed");
        let waiting = page(&two, "desk");
        let confirmation = form_to(&waiting, "/confirmation");
        let done = two.submit(&waiting, &confirmation, &[]).expect(200);
        is_page(&done);
        assert!(said(&done.text).contains("third@desk.example"), "{}", done.text);
        assert!(text(&one, "desk").contains("invited, has not come yet"));
        // Leaving takes two as well; who proposed it can withdraw it.
        let shown = page(&one, "desk");
        one.submit(&shown, &form_to(&shown, "/removal"), &[]).expect(303);
        let shown = page(&one, "desk");
        assert!(said(&shown.text).contains("Leaves:"), "{}", shown.text);
        one.submit(&shown, &form_to(&shown, "/withdrawal"), &[]).expect(303);
        assert!(!text(&two, "desk").contains("Leaves:"));
        for other in
            [visitor(registry, Role::FocalPoint, Some("a")), visitor(registry, Role::Auditor, None)]
        {
            is_page(&other.get("/operations/demo/desk").expect(403));
        }
    });
}

#[test]
fn somebody_sees_and_removes_only_those_whom_they_answer_for() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let focal_point = visitor(registry, Role::FocalPoint, Some("a"));
        let shown = page(&focal_point, "people");
        assert!(shown.text.contains(&a.login) && !shown.text.contains(&b.login), "{}", shown.text);
        let roles: Vec<String> =
            tags(&shown.text, "option").into_iter().map(|it| it["value"].clone()).collect();
        assert!(
            roles.contains(&"member".to_owned()) && !roles.contains(&"desk".to_owned()),
            "{roles:?}"
        );
        let refused =
            send(&focal_point, "people", &[("name", "X"), ("role", "member")]).expect(422);
        is_page(&refused);
        assert!(refused.text.contains("value=\"X\""), "{}", refused.text);
        let of_a = removal(&focal_point, &a);
        focal_point.submit(&shown, &of_a, &[]).expect(303);
        a.get("engagements").expect(404);
        is_page(&browser_of(registry, &b).get("/operations/demo/people").expect(403));
        let administrator = administrator(registry);
        let shown = page(&administrator, "people");
        assert!(!shown.text.contains(&b.login), "{}", shown.text);
    });
}

/// The form that removes somebody.
fn removal(browser: &Browser<'_>, person: &Person<'_>) -> String {
    let shown = page(browser, "people").text;
    let item = shown.split("<li>").find(|item| item.contains(&person.login)).expect("is there");
    let form = &tags(item, "form")[0];
    form["action"].clone()
}

#[test]
fn periods_are_changed_with_a_reason_within_bounds() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (desk, member) =
            (visitor(registry, Role::Desk, None), visitor(registry, Role::Member, Some("a")));
        assert!(text(&member, "retention").contains("180 days"));
        let days = |community| {
            [("community_days", community), ("engagement_days", "365"), ("commitment_days", "730")]
        };
        for (community, reason) in
            [("7", Some("The elders asked.")), ("many", Some("So.")), ("120", None)]
        {
            let mut typed = days(community).to_vec();
            typed.extend(reason.map(|reason| ("reason", reason)));
            let refused = send(&desk, "retention", &typed).expect(422);
            is_page(&refused);
            assert!(refused.text.contains(&format!("value=\"{community}\"")), "{}", refused.text);
        }
        let mut typed = days("120").to_vec();
        typed.push(("reason", "Call Ayen Deng on +211 912 345 678."));
        let found = send(&desk, "retention", &typed).expect(422);
        assert!(found.text.contains("confirm_text"), "{}", found.text);
        let mut typed = days("120").to_vec();
        typed.push(("reason", "The elders asked for four months."));
        send(&desk, "retention", &typed).expect(303);
        assert!(text(&member, "retention").contains("120 days"));
    });
}

#[test]
fn a_focal_point_reads_the_part_of_the_log_that_is_the_organisations() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &line("a", "north", &asks(&["open_route"])));
        let hidden = logged(&b, &own_line("b", "south", &asks(&["open_route"])));
        b.get("engagements").expect(200);
        let of_a = visitor(registry, Role::FocalPoint, Some("a"));
        let shown = page(&of_a, "audit");
        let told = said(&shown.text);
        assert!(told.contains("was shown list_engagements Organisation B"), "{told}");
        assert!(told.contains("changed create_engagements Organisation A"), "{told}");
        assert!(!shown.text.contains(&hidden), "{}", shown.text);
        assert_eq!(told.matches("create_engagements").count(), 1, "{told}");
        assert!(told.contains("Nothing met your entries"), "{told}");
        for other in
            [visitor(registry, Role::Member, Some("a")), visitor(registry, Role::Desk, None)]
        {
            is_page(&other.get("/operations/demo/audit").expect(403));
        }
        let auditor = visitor(registry, Role::Auditor, None);
        let told = text(&auditor, "audit");
        assert_eq!(told.matches("create_engagements").count(), 2, "{told}");
        let records: Vec<Value> = registry.audit_records("demo");
        assert!(records.iter().any(|record| record["action"] == "list_audit_records"));
    });
}

//! What waits for somebody: that it does, and nothing of what it holds.

use concord_domain::vocabulary::Role;
use concord_tests::{Answer, Database, Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{all_of, asks, id_of, is_fault, is_problem, logged, made, own_line, with};

const LIST: &str = "notifications";
const READ: &str = "notifications/read";
const MISSING: &str = "00000000-0000-4000-8000-000000000000";

fn items(person: &Person<'_>) -> Vec<Value> {
    person.get(LIST).expect(200).body["items"].as_array().cloned().expect("a list")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

/// What waits for somebody, each as its kind, thing and day.
fn waiting(person: &Person<'_>) -> Vec<String> {
    let one = |item: &Value| {
        format!("{} {} {}", text(&item["kind"]), text(&item["about"]), text(&item["day"]))
    };
    items(person).iter().map(one).collect()
}

fn kinds(person: &Person<'_>) -> Vec<String> {
    items(person).iter().map(|item| text(&item["kind"]).to_owned()).collect()
}

/// Somebody says that they have seen these.
#[track_caller]
fn see(person: &Person<'_>, items: &[Value]) {
    let ids: Vec<String> = items.iter().map(id_of).collect();
    person.post(READ, &json!({"notifications": ids})).expect(204);
}

/// Somebody says that they have seen all.
#[track_caller]
fn see_all(person: &Person<'_>) {
    see(person, &items(person));
    assert_eq!(waiting(person), [""; 0]);
}

/// The flag that somebody reads, the first of them.
fn flag(person: &Person<'_>) -> String {
    id_of(&person.get("flags").expect(200).body["items"][0])
}

fn again<'r>(registry: &'r Registry, person: &Person<'_>) -> Person<'r> {
    registry.signed_in(&person.login, "demo")
}

#[test]
fn a_flag_waits_for_each_until_they_have_seen_it_or_somebody_takes_it_up() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let (other_b, c) = (registry.member("demo", "b"), registry.member("demo", "c"));
        logged(&a, &line("a", "north", &asks(&["open_route"])));
        assert_eq!(waiting(&a), [""; 0]);
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        let expected = [format!("flag_raised {} 2026-03-15", flag(&a))];
        for person in [&a, &b, &other_b] {
            assert_eq!(waiting(person), expected);
            let mut members: Vec<String> =
                items(person)[0].as_object().expect("one").keys().cloned().collect();
            members.sort();
            assert_eq!(members, ["about", "day", "id", "kind"]);
        }
        // C reads it as well, and has no part in it.
        assert_eq!((flag(&c), waiting(&c)), (flag(&a), Vec::new()));
        see_all(&b);
        see(&b, &items(&a));
        assert_eq!((waiting(&a).len(), waiting(&other_b).len()), (1, 1));
        let path = format!("flags/{}/steps", flag(&a));
        a.post(&path, &json!({"state": "acknowledged"})).expect(200);
        assert_eq!(waiting(&other_b), [""; 0]);
        // What opens again waits again, for those too who had seen it.
        registry.pass_seconds(60);
        a.post(&path, &json!({"state": "open"})).expect(200);
        for person in [&a, &b, &other_b] {
            assert_eq!(waiting(person), expected);
        }
        registry.verify();
    });
}

#[test]
fn of_what_is_restricted_no_day_is_told_and_no_number() {
    // The other side has logged one line on the same day, or three in the course of a week.
    let seen = |database: Database, hidden: &[i64]| {
        let registry = Registry::with(database, &small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let desk = registry.desk("demo");
        let own = logged(&b, &line("b", "north", &asks(&["close_route"])));
        assert_eq!(waiting(&b), [""; 0]);
        let mut days = 0;
        for wait in hidden {
            registry.pass_days(*wait);
            days += wait;
            let a = again(&registry, &a);
            logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        }
        registry.pass_days(7 - days);
        let b = again(&registry, &b);
        assert_eq!(waiting(&b), [format!("restricted_line {own} -")]);
        let desk = again(&registry, &desk);
        assert_eq!(kinds(&desk), vec!["desk_queue"; hidden.len()]);
        assert!(items(&desk).iter().all(|item| item["day"].is_null()));
        let told = all_of(&b.get(LIST));
        see_all(&b);
        (told, all_of(&b.get(LIST)))
    };
    for database in [Database::Sqlite, Database::Postgres] {
        assert_eq!(seen(database, &[0]), seen(database, &[2, 3, 1]));
    }
}

/// All that people other than those who log a line are told before it is logged and after.
fn told_around(registry: &Registry, people: &[Person<'_>], hide: impl FnOnce()) -> [Vec<Value>; 2] {
    let told = || -> Vec<Value> {
        let pages = [LIST.to_owned(), format!("{LIST}?limit=1"), format!("{LIST}?limit=0")];
        let of = |person: &Person<'_>| {
            let person = again(registry, person);
            pages.iter().map(|page| json!(all_of(&person.get(page)))).collect::<Vec<_>>()
        };
        people.iter().flat_map(of).collect()
    };
    let before = told();
    hide();
    [before, told()]
}

#[test]
fn an_entry_that_discloses_nothing_makes_no_difference_to_anybody_else() {
    let world = |database: Database, is_there: Option<&str>| {
        let registry = Registry::with(database, &small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let focal = registry.person("demo", Role::FocalPoint, Some("b"));
        let people = [
            again(&registry, &b),
            focal,
            registry.member("demo", "c"),
            registry.desk("demo"),
            registry.person("demo", Role::Auditor, None),
            registry.person("demo", Role::Administrator, None),
        ];
        logged(&b, &line("b", "north", &asks(&["close_route", "allow_movement"])));
        let commitment = json!({"armed_actor": "north", "kind": "verbal_assurance",
            "issue": "access", "action": "stop", "organization": "b", "until": "2026-03-20"});
        made(&b, "commitments", &commitment);
        let [before, after] = told_around(&registry, &people, || {
            let Some(disclosure) = is_there else { return };
            let hidden = own_line("a", "north", &asks(&["open_route", "allow_movement"]));
            let promised = with(&commitment, &json!({"organization": "a", "audience": "own"}));
            let shared = json!({"disclosure": disclosure});
            logged(&a, &with(&hidden, &shared));
            made(&a, "commitments", &with(&promised, &shared));
            assert_eq!(kinds(&a).last().map(String::as_str), Some("commitment_due"));
        });
        let mut days = Vec::new();
        for pass in [1, 60, 5] {
            registry.pass_days(pass);
            days.extend(told_around(&registry, &people, || ()).concat());
            // To have seen something changes nothing for others, and hidden ids are as missing.
            let b = again(&registry, &b);
            let hidden: Vec<String> = items(&again(&registry, &a)).iter().map(id_of).collect();
            for ids in [hidden, vec![MISSING.to_owned()]] {
                let ids = if ids.is_empty() { vec![MISSING.to_owned()] } else { ids };
                days.push(json!(all_of(&b.post(READ, &json!({"notifications": ids})))));
            }
        }
        (before, after, days)
    };
    for database in [Database::Sqlite, Database::Postgres] {
        let empty = world(database, None);
        assert_eq!(empty.0, empty.1);
        assert!(empty.2.iter().any(|told| told.to_string().contains("entry_stale")));
        assert!(empty.2.iter().any(|told| told.to_string().contains("commitment_due")));
        assert_eq!(world(database, Some("none")), empty, "{database:?}");
        // The comparison sees what it should: a match is told.
        assert_ne!(world(database, Some("match")).1, empty.1, "{database:?}");
    }
}

#[test]
fn a_request_waits_for_those_asked_and_what_came_of_it_for_those_who_asked() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        let own = logged(&b, &line("b", "north", &asks(&["close_route"])));
        let ask = |b: &Person<'_>| {
            let restricted = id_of(&b.get("flags").expect(200).body["restricted"][0]);
            let wish = json!({"restricted": restricted, "reason": "Before we go."});
            id_of(&b.post("contact-requests", &wish).expect(201).body)
        };
        let first = ask(&b);
        let side = |a: &Person<'_>| {
            id_of(&a.get("received-contact-requests").expect(200).body["items"][0])
        };
        let received = side(&a);
        assert!(waiting(&a).contains(&format!("contact_requested {received} 2026-03-15")));
        let restricted = format!("restricted_line {own} -");
        let before = all_of(&b.get(LIST));
        assert_eq!(waiting(&b), std::slice::from_ref(&restricted));
        // A no is told to nobody before the seventh day.
        let answer = |a: &Person<'_>, id: &str, said: &str| {
            let path = format!("received-contact-requests/{id}/answer");
            a.post(&path, &json!({"answer": said})).expect(200);
        };
        answer(&a, &received, "no");
        assert!(!waiting(&a).iter().any(|each| each.starts_with("contact_requested")));
        assert_eq!(all_of(&b.get(LIST)), before);
        registry.pass_days(6);
        registry.pass_seconds(12 * 3_600 - 1);
        assert_eq!(all_of(&again(registry, &b).get(LIST)), before);
        registry.pass_seconds(1);
        let b = again(registry, &b);
        assert_eq!(waiting(&b), [format!("contact_closed {first} 2026-03-22"), restricted]);
        see_all(&b);

        let second = ask(&b);
        let a = again(registry, &a);
        answer(&a, &side(&a), "yes");
        let arranged = [format!("contact_arranged {second} 2026-03-22")];
        assert_eq!(waiting(&b), arranged);
        registry.pass_days(8);
        let b = again(registry, &b);
        assert_eq!(waiting(&b), arranged);
        // Once it is long past, it waits no more.
        registry.pass_days(30);
        assert_eq!(waiting(&again(registry, &b)), [""; 0]);
    });
}

#[test]
fn silence_and_no_are_told_alike() {
    let told = |database: Database, said: Option<&str>| {
        let registry = Registry::with(database, &small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        let restricted = id_of(&b.get("flags").expect(200).body["restricted"][0]);
        let wish = json!({"restricted": restricted, "reason": "Before we go."});
        b.post("contact-requests", &wish).expect(201);
        registry.pass_seconds(300);
        if let Some(said) = said {
            let id = id_of(&a.get("received-contact-requests").expect(200).body["items"][0]);
            let path = format!("received-contact-requests/{id}/answer");
            a.post(&path, &json!({"answer": said})).expect(200);
        }
        let mut told = Vec::new();
        for _ in 0..9 {
            told.push(all_of(&again(&registry, &b).get(LIST)));
            registry.pass_days(1);
        }
        told
    };
    for database in [Database::Sqlite, Database::Postgres] {
        assert_eq!(told(database, Some("no")), told(database, None));
        assert_ne!(told(database, Some("yes")), told(database, None));
    }
}

#[test]
fn the_desk_is_told_of_its_queue_and_of_changes_that_another_can_confirm() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let (one, two) = (registry.desk("demo"), registry.desk("demo"));
        let administrator = registry.person("demo", Role::Administrator, None);
        let change = json!({"change": "add", "login": "third@desk", "name": "Third"});
        let id = id_of(&one.post("/v1/operations/demo/desk/changes", &change).expect(201).body);
        assert_eq!(waiting(&two), [format!("desk_change {id} 2026-03-15")]);
        // Neither who proposed it nor who cannot confirm it.
        assert_eq!((waiting(&one), waiting(&administrator)), (Vec::new(), Vec::new()));
        logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        logged(&b, &own_line("b", "north", &asks(&["close_route"])));
        let queued = id_of(&one.get("queue").expect(200).body["items"][0]);
        assert_eq!(waiting(&one), [format!("desk_queue {queued} -")]);
        see_all(&one);
        assert_eq!(kinds(&two), ["desk_queue", "desk_change"]);
        registry.pass_days(8);
        assert_eq!(kinds(&again(registry, &two)), ["desk_queue"]);
    });
}

#[test]
fn what_is_stale_and_what_ends_soon_waits_for_whoever_keeps_it() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let entry = logged(&a, &line("a", "north", &json!([])));
        let commitment = json!({"armed_actor": "north", "kind": "verbal_assurance",
            "issue": "access", "action": "stop", "organization": "a", "until": "2026-03-29",
            "audience": "operation"});
        let ending = made(&a, "commitments", &commitment);
        let later = with(&commitment, &json!({"until": "2026-03-30"}));
        made(&a, "commitments", &later);
        let broken = with(&commitment, &json!({"status": "breached"}));
        made(&a, "commitments", &broken);
        assert_eq!(waiting(&a), [format!("commitment_due {ending} 2026-03-29")]);
        assert_eq!(waiting(&b), [""; 0]);
        // The last day of what nobody touched is the sixtieth.
        registry.set_day("2026-05-14");
        assert_eq!(kinds(&again(registry, &a)), [""; 0]);
        registry.set_day("2026-05-15");
        let a = again(registry, &a);
        assert_eq!(waiting(&a), [format!("entry_stale {entry} 2026-05-14")]);
        let path = format!("engagements/{entry}/renewal");
        a.post_matching(&path, "*", &json!({})).expect(200);
        assert_eq!(waiting(&a), [""; 0]);
        assert_eq!(waiting(&again(registry, &b)), [""; 0]);
    });
}

#[test]
fn a_list_goes_on_after_what_waits_no_more() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let other = registry.member("demo", "b");
        logged(&a, &line("a", "north", &asks(&["open_route", "allow_movement"])));
        logged(&b, &line("b", "north", &asks(&["close_route", "allow_movement"])));
        let all = items(&b);
        assert!(all.len() > 1, "{all:?}");
        let mut paged: Vec<Value> = Vec::new();
        let mut page = format!("{LIST}?limit=1");
        loop {
            let found = b.get(&page).expect(200).body;
            let items = found["items"].as_array().expect("a list");
            assert_eq!(items.len(), 1);
            see(&b, items);
            paged.extend(items.clone());
            let Some(next) = found["next"].as_str() else { break };
            is_fault(&other.get(&format!("{LIST}?cursor={next}")), "/cursor", "malformed");
            page = format!("{LIST}?limit=1&cursor={next}");
        }
        assert_eq!(paged, all);
        assert_eq!(waiting(&b), [""; 0]);
        assert_eq!(items(&other), all);
    });
}

#[test]
fn what_was_retracted_waits_for_nobody_and_leaves_no_trace() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let c = registry.member("demo", "c");
        let entry = logged(&a, &line("a", "north", &asks(&["open_route"])));
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        logged(&c, &line("c", "south", &asks(&["open_route"])));
        see_all(&b);
        let path = format!("engagements/{entry}/retraction");
        a.post_matching(&path, "*", &json!({"reason": "unsafe"})).expect(200);
        assert_eq!((waiting(&a), waiting(&b)), (Vec::new(), Vec::new()));
        let kept = registry
            .app
            .store
            .read(|tx| {
                let operation = concord_store::operations::find(tx, "demo")?.expect("is there").id;
                let account =
                    concord_store::accounts::with_login(tx, &b.login)?.expect("is there").id;
                concord_store::notifications::seen::of(tx, operation, account)
            })
            .expect("read");
        assert!(kept.is_empty(), "{kept:?}");
    });
}

#[test]
fn who_may_look_and_who_may_have_seen() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let mut other = small_world();
        other["operation"]["key"] = "other".into();
        registry.import(&other);
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &line("a", "north", &asks(&["open_route"])));
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        let at = |path: &str| format!("/v1/operations/demo/{path}");
        let seen = json!({"notifications": [MISSING]});
        let stranger = registry.member("other", "a");
        is_problem(&stranger.get(&at(LIST)), 404, "not_found");
        is_problem(&stranger.post(&at(READ), &seen), 404, "not_found");
        is_problem(&registry.nobody("demo").get(LIST), 401, "unauthenticated");
        is_problem(&registry.nobody("demo").post(READ, &seen), 401, "unauthenticated");
        for role in [Role::Auditor, Role::Administrator] {
            let person = registry.person("demo", role, None);
            assert_eq!(waiting(&person), [""; 0]);
            person.post(READ, &seen).expect(204);
        }
        // A tool is told what its person could open with it, and has seen nothing for them.
        let wanted = json!({"name": "Tool", "scope": "read", "ends_on": "2026-04-30"});
        let mut tool = registry.nobody("demo");
        let token = b.post("/v1/me/tool-tokens", &wanted).expect(201).body["token"].clone();
        tool.token = token.as_str().map(str::to_owned);
        assert_eq!(items(&tool), items(&b));
        is_problem(&tool.post(READ, &seen), 403, "forbidden");
        let refused = |body: &Value, pointer: &str, code: &str| {
            is_fault(&b.post(READ, body), pointer, code);
        };
        refused(&json!({}), "/notifications", "missing");
        refused(&json!({"notifications": MISSING}), "/notifications", "wrong_type");
        refused(&json!({"notifications": []}), "/notifications", "out_of_range");
        let many = vec![MISSING; 201];
        refused(&json!({"notifications": many}), "/notifications", "out_of_range");
        let faulty: Answer = b.post(READ, &json!({"notifications": [MISSING, "x", 7]}));
        is_fault(&faulty, "/notifications/1", "malformed");
        is_fault(&faulty, "/notifications/2", "wrong_type");
        assert_eq!(kinds(&b), ["flag_raised"]);
    });
}

//! Being put in touch: who is asked, who learns what of it, and when.

use concord_domain::vocabulary::Role;
use concord_tests::{Answer, Database, Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{all_of, asks, id_of, is_fault, is_problem, logged, own_line, restricted, with};

const ASKED: &str = "contact-requests";
const RECEIVED: &str = "received-contact-requests";

/// A line of A that only A reads, one of B that everybody reads and that contradicts it, and those
/// who logged them.
struct Met<'r> {
    a: Person<'r>,
    b: Person<'r>,
    hidden: String,
    open: String,
}

fn met(registry: &Registry) -> Met<'_> {
    registry.import(&small_world());
    let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
    let hidden = logged(&a, &own_line("a", "north", &asks(&["open_route"])));
    let open = logged(&b, &line("b", "north", &asks(&["close_route"])));
    Met { a, b, hidden, open }
}

/// The first restricted line that somebody is shown.
#[track_caller]
fn restricted_line(person: &Person<'_>) -> String {
    id_of(&person.get("flags").expect(200).body["restricted"][0])
}

fn wish(line: &str) -> Value {
    json!({"restricted": line, "reason": "We could go one after the other.",
        "contact": "access@b.example"})
}

/// Asks about the first restricted line.
#[track_caller]
fn ask(person: &Person<'_>) -> Answer {
    person.post(ASKED, &wish(&restricted_line(person))).expect(201)
}

/// The one request that was put to somebody.
#[track_caller]
fn received(person: &Person<'_>) -> Value {
    let items = person.get(RECEIVED).expect(200).body["items"].clone();
    assert_eq!(items.as_array().map(Vec::len), Some(1), "{items}");
    items[0].clone()
}

#[track_caller]
fn answer(person: &Person<'_>, id: &str, answer: &Value) -> Answer {
    person.post(&format!("{RECEIVED}/{id}/answer"), answer)
}

#[test]
fn both_sides_learn_who_the_other_is_once_both_have_said_yes() {
    on_each_database(|registry: &Registry| {
        let Met { a, b, hidden, open } = met(registry);
        let focal_a = registry.person("demo", Role::FocalPoint, Some("a"));
        registry.person("demo", Role::FocalPoint, Some("b"));
        let asked = ask(&b);
        assert_eq!(
            asked.header("location"),
            Some(format!("/v1/operations/demo/{ASKED}/{}", id_of(&asked.body)).as_str())
        );
        let waiting = |body: &Value| {
            assert_eq!(body["state"], "waiting");
            assert_eq!((&body["with"], &body["entries"]), (&json!([]), &json!([open])));
            assert_eq!(
                (&body["closes_on"], &body["class"]),
                (&json!("2026-03-22"), &json!("conflict"))
            );
        };
        waiting(&asked.body);
        let path = format!("{ASKED}/{}", id_of(&asked.body));
        for told in [&asked, &b.get(&path).expect(200), &b.get(ASKED).expect(200)] {
            assert!(!told.text.contains(&hidden) && !told.text.contains("Organisation A"));
        }
        // Who is asked sees who asks, about which entry, and why, and not yet how to reach them.
        let seen = received(&a);
        let id = id_of(&seen);
        assert_ne!(id, id_of(&asked.body));
        assert_eq!((&seen["state"], &seen["answer"]), (&json!("waiting"), &Value::Null));
        assert_eq!(seen["organization"]["name"], "Organisation B");
        assert_eq!(seen["entries"], json!([hidden]));
        assert_eq!(seen["about"][0]["id"], json!(open));
        assert_eq!(seen["about"][0]["summary"]["armed_actor"]["name"], "The Group");
        assert_eq!(seen["reason"], "We could go one after the other.");
        for text in
            [&seen["contact"], &seen["focal_points"], &seen["about"][0]["summary"]["focal_points"]]
        {
            assert!(text.is_null() || *text == json!([]), "{seen}");
        }
        let yes = json!({"answer": "yes", "reason": "We know them.", "contact": "a@a.example"});
        let said = answer(&focal_a, &id, &yes).expect(200).body;
        assert_eq!((&said["state"], &said["answer"]), (&json!("accepted"), &json!("yes")));
        assert_eq!(
            (&said["contact"], &said["focal_points"]),
            (&json!("access@b.example"), &json!(["Somebody"]))
        );
        assert_eq!(said, a.get(&format!("{RECEIVED}/{id}")).expect(200).body);
        let now = b.get(&path).expect(200);
        assert_eq!(now.body["state"], "arranged");
        assert_eq!(now.body["with"][0]["organization"]["name"], "Organisation A");
        assert_eq!(now.body["with"][0]["focal_points"], json!(["Somebody"]));
        assert_eq!(now.body["with"][0]["contact"], "a@a.example");
        // The reason of the answer stays with those who gave it, and so does their entry.
        assert!(!now.text.contains("We know them") && !now.text.contains(&hidden));
        // It stands after the request would have closed.
        registry.pass_days(8);
        let (a, b) = (registry.signed_in(&a.login, "demo"), registry.signed_in(&b.login, "demo"));
        assert_eq!(b.get(&path).expect(200).body, now.body);
        is_problem(&answer(&a, &id, &json!({"answer": "no"})), 409, "conflict");
    });
}

/// What somebody does who is asked, or whoever has the entry.
type Act = fn(&Met<'_>);

fn silence(_: &Met<'_>) {}

fn no(met: &Met<'_>) {
    let id = id_of(&received(&met.a));
    answer(&met.a, &id, &json!({"answer": "no", "reason": "Not now."})).expect(200);
}

fn becomes_none(met: &Met<'_>) {
    let sharing = json!({"audience": "own", "disclosure": "none", "reason": "It is too tense."});
    met.a
        .post_matching(&format!("engagements/{}/tightening", met.hidden), "*", &sharing)
        .expect(200);
}

fn no_and_none(met: &Met<'_>) {
    no(met);
    becomes_none(met);
}

/// The status, the headers and the body of an answer.
type All = (u16, Vec<(String, String)>, String);

/// Everything that who asked can see of it, on each of some days after it was asked.
fn seen_by_who_asked(database: Database, act: Act) -> Vec<All> {
    let registry = Registry::on(database);
    let met = met(&registry);
    let focal = registry.person("demo", Role::FocalPoint, Some("b"));
    let line = restricted_line(&met.b);
    let asked = id_of(&ask(&met.b).body);
    registry.pass_seconds(300);
    act(&met);
    let mut seen = Vec::new();
    for day in 0..9 {
        let b = registry.signed_in(&met.b.login, "demo");
        seen.push(all_of(&b.get(&format!("{ASKED}/{asked}"))));
        seen.push(all_of(&b.get(ASKED)));
        seen.push(all_of(&b.get(&format!("{ASKED}?limit=1"))));
        seen.push(all_of(&b.get(RECEIVED)));
        if day < 7 {
            for path in ["flags".to_owned(), format!("engagements/{}/flags", met.open)] {
                let flags = b.get(&path);
                assert_eq!(restricted(&flags), ["conflict"], "day {day}");
                seen.push(all_of(&flags));
            }
            seen.push(all_of(&b.post(ASKED, &wish(&line))));
        }
        registry.pass_days(1);
    }
    // Of the log its own part, but for the ids of records, which are random.
    let focal = registry.signed_in(&focal.login, "demo");
    let part = focal.get("audit?limit=200").expect(200).body;
    let weeks = focal.get("audit/weeks").expect(200).text;
    let told = part["items"]
        .as_array()
        .expect("records")
        .iter()
        .map(|record| with(record, &json!({"id": null, "by": null})).to_string());
    seen.push((200, Vec::new(), told.collect::<Vec<_>>().join("\n") + &weeks));
    seen
}

#[test]
fn a_no_silence_and_an_entry_that_comes_to_disclose_nothing_are_told_alike() {
    for database in [Database::Sqlite, Database::Postgres] {
        let expected = seen_by_who_asked(database, silence);
        let state =
            |(.., text): &All| serde_json::from_str::<Value>(text).expect("JSON")["state"].clone();
        assert_eq!(state(&expected[0]), "waiting");
        // The last two days are without flags: four answers each, and the log.
        assert_eq!(state(&expected[expected.len() - 9]), "not_arranged");
        for act in [no as Act, becomes_none, no_and_none] {
            let seen = seen_by_who_asked(database, act);
            assert_eq!(seen.len(), expected.len());
            for (at, (seen, expected)) in seen.iter().zip(&expected).enumerate() {
                assert_eq!(seen, expected, "{database:?}: answer {at}");
            }
        }
    }
}

#[test]
fn it_closes_at_the_start_of_the_seventh_day_and_arranges_nothing_after() {
    on_each_database(|registry: &Registry| {
        let Met { a, b, .. } = met(registry);
        let path = format!("{ASKED}/{}", id_of(&ask(&b).body));
        let (one, two) = (a.login.clone(), b.login.clone());
        // Asked at noon: a second before midnight of the sixth day it is open, and then no longer.
        registry.pass_days(6);
        registry.pass_seconds(12 * 3_600 - 1);
        let (a, b) = (registry.signed_in(&one, "demo"), registry.signed_in(&two, "demo"));
        let open = b.get(&path).expect(200);
        assert_eq!(open.body["state"], "waiting");
        assert_eq!(received(&a)["state"], "waiting");
        registry.pass_seconds(1);
        let closed = b.get(&path).expect(200);
        assert_eq!(closed.body["state"], "not_arranged");
        assert_ne!(closed.etag(), open.etag());
        let seen = received(&a);
        assert_eq!(seen["state"], "unanswered");
        // What was told in outline is told no longer.
        assert_eq!(seen["about"][0]["summary"], Value::Null);
        is_problem(&answer(&a, &id_of(&seen), &json!({"answer": "yes"})), 409, "conflict");
        assert_eq!(b.get(&path).expect(200).text, closed.text);
        // Another can be asked for.
        ask(&b);
    });
}

#[test]
fn a_no_can_become_a_yes_and_nobody_learns_that_it_was_a_no() {
    on_each_database(|registry: &Registry| {
        let Met { a, b, .. } = met(registry);
        let path = format!("{ASKED}/{}", id_of(&ask(&b).body));
        let before = b.get(&path).expect(200);
        let id = id_of(&received(&a));
        answer(&a, &id, &json!({"answer": "no", "reason": "Never."})).expect(200);
        assert_eq!(all_of(&b.get(&path)), all_of(&before));
        assert_eq!(received(&a)["answer_reason"], "Never.");
        registry.pass_seconds(600);
        let a = registry.signed_in(&a.login, "demo");
        answer(&a, &id, &json!({"answer": "yes"})).expect(200);
        let now = b.get(&path).expect(200);
        assert_eq!(now.body["with"][0]["at"], "2026-03-15T12:10:00.000000Z");
        assert!(!now.text.contains("Never"));
    });
}

#[test]
fn the_owner_of_the_hidden_entry_asks_about_the_flag_that_it_reads() {
    on_each_database(|registry: &Registry| {
        let Met { a, b, hidden, open } = met(registry);
        let flag = id_of(&a.get("flags").expect(200).body["items"][0]);
        let wish = json!({"flag": flag, "reason": "Let us talk before you go."});
        let asked = a.post(ASKED, &wish).expect(201).body;
        assert_eq!((&asked["flag"], &asked["restricted"]), (&json!(flag), &Value::Null));
        // B cannot read A's entry, and now sees it in outline.
        let seen = received(&b);
        assert_eq!((&seen["entries"], &seen["about"][0]["id"]), (&json!([open]), &json!(hidden)));
        assert_eq!(seen["about"][0]["summary"]["organization"]["name"], "Organisation A");
        is_problem(&b.get(&format!("engagements/{hidden}")), 404, "not_found");
        is_problem(&b.get(&format!("flags/{flag}")), 404, "not_found");
        // Who cannot read a flag cannot ask about it.
        for person in [&b, &registry.member("demo", "c")] {
            is_fault(&person.post(ASKED, &wish), "/flag", "unknown_reference");
        }
        answer(&b, &id_of(&seen), &json!({"answer": "yes"})).expect(200);
        assert_eq!(a.get(ASKED).expect(200).body["items"][0]["state"], "arranged");
    });
}

#[test]
fn each_of_several_is_asked_apart_and_one_yes_tells_of_one() {
    on_each_database(|registry: &Registry| {
        let Met { a, b, .. } = met(registry);
        let c = registry.member("demo", "c");
        logged(&c, &own_line("c", "north", &asks(&["open_route"])));
        let path = format!("{ASKED}/{}", id_of(&ask(&b).body));
        let (to_a, to_c) = (received(&a), received(&c));
        assert_ne!(id_of(&to_a), id_of(&to_c));
        is_problem(&c.get(&format!("{RECEIVED}/{}", id_of(&to_a))), 404, "not_found");
        is_problem(&answer(&c, &id_of(&to_a), &json!({"answer": "yes"})), 404, "not_found");
        answer(&a, &id_of(&to_a), &json!({"answer": "no"})).expect(200);
        answer(&c, &id_of(&to_c), &json!({"answer": "yes"})).expect(200);
        let told = b.get(&path).expect(200);
        assert_eq!(told.body["with"].as_array().map(Vec::len), Some(1));
        assert_eq!(told.body["with"][0]["organization"]["name"], "Organisation C");
        assert!(!told.text.contains("Organisation A"));
        assert!(!c.get(RECEIVED).expect(200).text.contains("Organisation A"));
    });
}

#[test]
fn nobody_else_learns_that_anybody_asked() {
    on_each_database(|registry: &Registry| {
        let Met { a, b, .. } = met(registry);
        let asked = id_of(&ask(&b).body);
        let received = id_of(&received(&a));
        let others = [
            registry.member("demo", "c"),
            registry.person("demo", Role::FocalPoint, Some("elders")),
        ];
        for person in &others {
            for list in [ASKED, RECEIVED] {
                assert_eq!(person.get(list).expect(200).body["items"], json!([]));
                for id in [&asked, &received] {
                    is_problem(&person.get(&format!("{list}/{id}")), 404, "not_found");
                }
            }
        }
        assert_eq!(registry.desk("demo").get(RECEIVED).expect(200).body["items"], json!([]));
        let keepers = [
            registry.desk("demo"),
            registry.person("demo", Role::Auditor, None),
            registry.person("demo", Role::Administrator, None),
            registry.administrator(),
        ];
        for person in &keepers {
            is_problem(&person.get(&format!("/v1/operations/demo/{ASKED}")), 403, "forbidden");
            let wish = wish(&asked);
            is_problem(
                &person.post(&format!("/v1/operations/demo/{ASKED}"), &wish),
                403,
                "forbidden",
            );
        }
        // That somebody was shown who asks is in nobody's part of the log but the auditor's.
        let focal = registry.person("demo", Role::FocalPoint, Some("b"));
        let part = focal.get("audit?limit=200").expect(200);
        assert!(part.text.contains(&asked) && !part.text.contains(&received), "{}", part.text);
        let read = part.body["items"].as_array().expect("records").iter();
        assert_eq!(read.filter(|record| record["deed"] == "read").count(), 0);
        let whole = keepers[1].get("audit?limit=200").expect(200);
        assert!(whole.text.contains(&asked), "{}", whole.text);
        // The one side's id leads nowhere on the other.
        is_problem(&a.get(&format!("{RECEIVED}/{asked}")), 404, "not_found");
        is_problem(&b.get(&format!("{ASKED}/{received}")), 404, "not_found");
    });
}

#[test]
fn what_is_nobodys_is_asked_of_the_desk() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (desk, b) = (registry.desk("demo"), registry.member("demo", "b"));
        let promise = json!({"armed_actor": "north", "kind": "verbal_assurance",
            "issue": "access.movement.checkpoints", "action": "allow_passage",
            "terms": {"notice_hours": 24}, "audience": "own"});
        desk.post("commitments", &promise).expect(201);
        let ask_for = json!([{"issue": "access.movement.checkpoints", "action": "allow_passage",
            "terms": {"notice_hours": 48}}]);
        logged(&b, &line("b", "north", &ask_for));
        let path = format!("{ASKED}/{}", id_of(&ask(&b).body));
        let seen = received(&desk);
        assert_eq!(seen["organization"]["name"], "Organisation B");
        answer(&desk, &id_of(&seen), &json!({"answer": "yes", "contact": "desk@un.example"}))
            .expect(200);
        let told = b.get(&path).expect(200).body;
        assert_eq!(told["with"][0]["organization"], Value::Null);
        assert_eq!(told["with"][0]["focal_points"], json!(["Somebody"]));
        assert_eq!(told["with"][0]["contact"], "desk@un.example");
    });
}

#[test]
fn what_discloses_nothing_or_lacks_a_consent_is_not_told_of_by_asking_or_answering() {
    on_each_database(|registry: &Registry| {
        let Met { a, b, hidden, open } = met(registry);
        let line = restricted_line(&b);
        let share = |person: &Person<'_>, id: &str, audience: &str, disclosure: &str| {
            let body =
                json!({"audience": audience, "disclosure": disclosure, "reason": "A change."});
            let turn = if disclosure == "none" { "tightening" } else { "loosening" };
            person.post_matching(&format!("engagements/{id}/{turn}"), "*", &body).expect(200);
        };
        share(&b, &open, "own", "none");
        is_fault(&b.post(ASKED, &wish(&line)), "/restricted", "inconsistent");
        assert_eq!(a.get(RECEIVED).expect(200).body["items"], json!([]));
        share(&b, &open, "own", "match");
        let asked = b.post(ASKED, &wish(&line)).expect(201);
        let path = format!("{ASKED}/{}", id_of(&asked.body));
        let before = all_of(&b.get(&path).expect(200));
        share(&a, &hidden, "own", "none");
        let id = id_of(&received(&a));
        is_problem(&answer(&a, &id, &json!({"answer": "yes"})), 409, "conflict");
        assert_eq!(all_of(&b.get(&path).expect(200)), before);
        share(&a, &hidden, "own", "match");
        // What discloses nothing any more is not shown in outline either.
        share(&b, &open, "own", "none");
        assert_eq!(received(&a)["about"][0], json!({"id": open, "summary": null}));
        share(&b, &open, "own", "match");
        answer(&a, &id, &json!({"answer": "yes"})).expect(200);

        let elders = registry.member("demo", "elders");
        let own = own_line("elders", "north", &asks(&["close_route"]));
        let theirs = logged(&elders, &own);
        let line = restricted_line(&elders);
        is_fault(&elders.post(ASKED, &wish(&line)), "/restricted", "inconsistent");
        let consent =
            json!({"given": "2026-03-15", "until": "2026-04-15", "reason": "They agreed."});
        elders.put(&format!("engagements/{theirs}/consent"), "*", &consent).expect(200);
        elders.post(ASKED, &wish(&line)).expect(201);
    });
}

#[test]
fn there_is_one_open_request_for_a_line_and_ten_in_a_day() {
    on_each_database(|registry: &Registry| {
        let Met { a, b, .. } = met(registry);
        // More lines than requests.
        let told = json!({"matches_per_person": 20});
        registry.desk("demo").amend("/v1/operations/demo", &told).expect(200);
        let line = restricted_line(&b);
        let first = b.post_with_key(ASKED, "one", &wish(&line)).expect(201);
        let again = b.post_with_key(ASKED, "one", &wish(&line)).expect(201);
        assert_eq!(again.body, first.body);
        is_problem(&b.post(ASKED, &wish(&line)), 409, "conflict");
        is_problem(&registry.member("demo", "b").post(ASKED, &wish(&line)), 409, "conflict");
        assert_eq!(a.get(RECEIVED).expect(200).body["items"].as_array().map(Vec::len), Some(1));
        for _ in 0..10 {
            logged(&b, &line_of_b());
        }
        let lines = b.get("flags").expect(200).body["restricted"].clone();
        let new = lines.as_array().expect("lines").iter().map(id_of).filter(|id| *id != line);
        let statuses: Vec<u16> = new.map(|id| b.post(ASKED, &wish(&id)).status).collect();
        assert_eq!(statuses, [201, 201, 201, 201, 201, 201, 201, 201, 201, 429]);
        let all = b.get(&format!("{ASKED}?limit=7")).expect(200).body;
        let cursor = all["next"].as_str().expect("there are more");
        let rest = b.get(&format!("{ASKED}?limit=7&cursor={cursor}")).expect(200).body;
        assert_eq!(rest["items"].as_array().map(Vec::len), Some(3));
        assert_eq!(rest["next"], Value::Null);
        let waits = b.post(ASKED, &wish("00000000-0000-4000-8000-000000000000"));
        is_fault(&waits, "/restricted", "unknown_reference");
    });
}

fn line_of_b() -> Value {
    line("b", "north", &asks(&["close_route"]))
}

#[test]
fn what_cannot_be_taken_is_refused_with_its_place() {
    on_each_database(|registry: &Registry| {
        let Met { a, b, .. } = met(registry);
        let line = restricted_line(&b);
        let both = with(&wish(&line), &json!({"flag": line}));
        is_fault(&b.post(ASKED, &both), "/restricted", "inconsistent");
        is_fault(&b.post(ASKED, &json!({"reason": "Why?"})), "/restricted", "inconsistent");
        is_fault(
            &b.post(ASKED, &json!({"restricted": "x", "reason": "Why?"})),
            "/restricted",
            "malformed",
        );
        is_fault(&b.post(ASKED, &json!({"restricted": line})), "/reason", "missing");
        is_fault(&b.post(ASKED, &json!({"restricted": line, "reason": " "})), "/reason", "missing");
        is_fault(&b.post(ASKED, &with(&wish(&line), &json!({"to": "a"}))), "/to", "unknown_member");
        let telling = with(&wish(&line), &json!({"reason": "Call Commander John Garang on it."}));
        is_fault(&b.post(ASKED, &telling), "/reason", "sensitive_detail");
        b.post(ASKED, &with(&telling, &json!({"confirm_text": true}))).expect(201);
        let id = id_of(&received(&a));
        is_fault(&answer(&a, &id, &json!({"answer": "perhaps"})), "/answer", "unknown_code");
        is_fault(&answer(&a, &id, &json!({})), "/answer", "missing");
        is_fault(&answer(&a, &id, &json!({"answer": "no", "why": "x"})), "/why", "unknown_member");
        assert_eq!(received(&a)["state"], "waiting");
        // Letting somebody know who one is needs a proof that is fresh.
        registry.pass_seconds(601);
        is_problem(&answer(&a, &id, &json!({"answer": "no"})), 403, "step_up_required");
        is_problem(&b.post(ASKED, &wish(&line)), 403, "step_up_required");
    });
}

#[test]
fn what_is_written_outlives_a_change_of_keys() {
    on_each_database(|registry: &Registry| {
        let Met { a, b, .. } = met(registry);
        let path = format!("{ASKED}/{}", id_of(&ask(&b).body));
        let id = id_of(&received(&a));
        let no = json!({"answer": "no", "reason": "Not this month."});
        answer(&a, &id, &no).expect(200);
        let before = (b.get(&path).expect(200).text, received(&a));
        for organization in ["a", "b"] {
            let arguments = ["keys", "rotate-organization-key", "demo", organization];
            registry.command(&arguments).expect("the key is another");
        }
        assert_eq!((b.get(&path).expect(200).text, received(&a)), before);
    });
}

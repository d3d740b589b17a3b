//! Holes that were found in systems like this one and have no test among those of the part that they
//! would be in; each is named after what it prevents.

use concord_tests::{Answer, Person, Registry, line, on_each_database, small_world};
use serde_json::{Value, json};

use super::{all_of, asks, id_of, logged, own_line, restricted, states, with};

const MISSING: &str = "00000000-0000-4000-8000-000000000000";

/// Members of a body that name a thing by its id.
type Naming<'n> = &'n dyn Fn(&str) -> Value;

/// MISP (CVE-2026-85533): an entry was written with the id of a group that was not the writer's.
#[test]
fn a_reference_into_another_operation_is_one_to_nothing() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let mut world = small_world();
        world["operation"]["key"] = "other".into();
        registry.import(&world);
        let (here, there) = (registry.member("demo", "a"), registry.member("other", "a"));
        let first = |path: &str| id_of(&there.get(path).expect(200).body["items"][0]);
        let (organization, mechanism) = (first("organizations"), first("mechanisms"));
        let (actor, place) = (first("armed-actors"), first("places"));
        let entry = logged(&there, &line("a", "north", &asks(&["open_route"])));
        let asked = |id: &str| json!([{"issue": "access", "action": "stop", "places": [id]}]);
        let by_mechanism =
            |id: &str| json!({"audience": "mechanisms", "audience_mechanisms": [id]});
        let by_organization =
            |id: &str| json!({"audience": "organizations", "audience_organizations": [id]});
        let references: [(&str, Naming<'_>); 9] = [
            (&organization, &|id| json!({ "organization": id })),
            (&organization, &|id| json!({"partners": [id]})),
            (&organization, &by_organization),
            (&mechanism, &|id| json!({"informed": [id]})),
            (&mechanism, &by_mechanism),
            (&actor, &|id| json!({ "armed_actor": id })),
            (&place, &|id| json!({"places": [id]})),
            (&place, &|id| json!({"asks": asked(id)})),
            (&entry, &|id| json!({"follows": [id]})),
        ];
        let body = line("a", "north", &json!([]));
        for (id, with_id) in references {
            let to_it = here.post("engagements", &with(&body, &with_id(id)));
            let to_nothing = here.post("engagements", &with(&body, &with_id(MISSING)));
            assert!((400..500).contains(&to_it.status), "{}", to_it.text);
            assert_eq!(as_missing(&to_it, id), as_missing(&to_nothing, id));
        }
        assert_eq!(here.get("engagements").expect(200).body["items"], json!([]));
    });
}

/// An answer in which an id is the one of nothing.
fn as_missing(answer: &Answer, id: &str) -> (u16, String) {
    (answer.status, answer.text.replace(id, MISSING))
}

/// MISP (pull request 5802): what was hidden was counted before it was taken away, so that pages
/// were short and told how much there was.
#[test]
fn what_is_hidden_takes_no_place_on_a_page() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let none = json!({"disclosure": "none"});
        let pages = |path: &str| pages(&b, path);
        let mut before = Vec::new();
        for is_hidden in [false, true] {
            if is_hidden {
                for _ in 0..5 {
                    logged(&a, &with(&own_line("a", "north", &json!([])), &none));
                }
            } else {
                for actor in ["north", "south", "north"] {
                    logged(&a, &line("a", actor, &asks(&["open_route"])));
                    logged(&b, &line("b", actor, &asks(&["close_route"])));
                }
            }
            let now = ["engagements", "flags"].map(pages);
            assert!(now.iter().all(|pages| pages.len() > 2), "{now:?}");
            if is_hidden {
                assert_eq!(before, now);
            }
            before = now.to_vec();
        }
    });
}

/// The pages of a list, two on each.
fn pages(person: &Person<'_>, path: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut at = format!("{path}?limit=2");
    loop {
        let page = person.get(&at).expect(200).body;
        pages.push(page["items"].as_array().expect("items").iter().map(id_of).collect());
        let Some(next) = page["next"].as_str() else { return pages };
        at = format!("{path}?limit=2&cursor={next}");
    }
}

/// MISP (`DefaultCorrelationBehavior`; pull request 10940): who may read a match was copied into it
/// and grew stale, both ways.
#[test]
fn a_flag_is_read_by_whoever_may_read_its_lines_now() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let own = logged(&a, &line("a", "north", &asks(&["open_route"])));
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        let send = |turn: &str, audience: &str| {
            let sharing =
                json!({"audience": audience, "disclosure": "match", "reason": "It changed"});
            let path = format!("engagements/{own}/{turn}");
            a.post_matching(&path, "*", &sharing).expect(200);
        };
        let read = || {
            let lines = restricted(&b.get("flags").expect(200));
            (states(&b).len(), lines.len())
        };
        assert_eq!(read(), (1, 0));
        send("tightening", "own");
        assert_eq!(read(), (0, 1));
        send("loosening", "operation");
        assert_eq!(read(), (1, 0));
    });
}

/// Bayanat (BAY-01-020): files had names that could be guessed, and were given to whoever knew one.
#[test]
fn what_is_taken_out_is_given_to_who_may_read_it_and_kept_nowhere() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        logged(&a, &line("a", "north", &asks(&["open_route"])));
        let period = json!({"from": "2026-03-01", "until": "2026-03-15"}).to_string();
        let json = ("content-type", "application/json");
        for accept in ["text/csv", "text/html"] {
            let headers = [json, ("accept", accept)];
            let ask = |who: &Person<'_>| {
                who.request("POST", "reports", &headers, Some(period.as_bytes()))
            };
            let report = ask(&a);
            assert_eq!(report.status, 200, "{}", report.text);
            assert_eq!(report.header("cache-control"), Some("no-store"));
            assert_eq!(report.header("x-content-type-options"), Some("nosniff"));
            // Nothing says where it could be fetched again.
            assert_eq!((report.header("location"), report.header("link")), (None, None));
            let mut stranger = registry.member("demo", "a");
            stranger.token = None;
            let refused = all_of(&ask(&stranger));
            assert_eq!(refused.0, 401, "{}", refused.2);
        }
    });
}

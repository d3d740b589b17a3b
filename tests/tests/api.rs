//! The API as people use it.

mod api {
    mod audience;
    mod audit;
    mod bad_input;
    mod bundles;
    mod checking;
    mod checks;
    mod contact_requests;
    mod desk_changes;
    mod disclosing;
    mod elsewhere;
    mod email;
    mod email_servers;
    mod find;
    mod guard;
    mod hidden;
    mod holes;
    mod idempotency;
    mod keys;
    mod life;
    mod limits;
    mod lock_down;
    mod log;
    mod notifications;
    mod oidc_provider;
    mod open;
    mod own_flags;
    mod own_sessions;
    mod pages;
    mod parts;
    mod passkeys;
    mod passkeys_in_a_browser;
    mod passkeys_refused;
    mod peers;
    mod people;
    mod place_search;
    mod preconditions;
    mod previews;
    mod problems;
    mod queue;
    mod record;
    mod register;
    mod report_files;
    mod restricted;
    mod retention;
    mod retractions;
    mod sealed_secrets;
    mod sealing;
    mod seams;
    mod search;
    mod second_factor;
    mod sessions;
    mod sharing;
    mod step_up;
    mod tokens;
    mod told;
    mod tools;
    mod tree;

    use concord_tests::{Answer, Person, line};
    use serde_json::{Value, json};

    /// Asks about a road, one for each action.
    fn asks(actions: &[&str]) -> Value {
        let ask = |action: &&str| json!({"issue": "access.movement.routes", "action": action});
        actions.iter().map(ask).collect()
    }

    /// A line that only its owner reads, and that discloses its match.
    fn own_line(organization: &str, armed_actor: &str, asks: &Value) -> Value {
        let mut line = line(organization, armed_actor, asks);
        line["audience"] = "own".into();
        line
    }

    /// A body with these members besides.
    fn with(body: &Value, members: &Value) -> Value {
        let mut body = body.clone();
        let (Some(object), Some(members)) = (body.as_object_mut(), members.as_object()) else {
            panic!("objects are expected");
        };
        object.extend(members.clone());
        body
    }

    /// Logs a line, and answers its id.
    #[track_caller]
    fn logged(person: &Person<'_>, line: &Value) -> String {
        id_of(&person.post("engagements", line).expect(201).body["engagement"])
    }

    /// Makes a thing, and answers its id.
    #[track_caller]
    fn made(person: &Person<'_>, path: &str, body: &Value) -> String {
        id_of(&person.post(path, body).expect(201).body)
    }

    #[track_caller]
    fn id_of(body: &Value) -> String {
        body["id"].as_str().expect("an id").to_owned()
    }

    /// The flags that somebody reads, each as its kind, severity and state.
    #[track_caller]
    fn states(person: &Person<'_>) -> Vec<String> {
        let found = person.get("flags").expect(200).body;
        let text = |flag: &Value, name: &str| flag[name].as_str().unwrap_or("").to_owned();
        let items = found["items"].as_array().into_iter().flatten();
        items
            .map(|f| format!("{} {} {}", text(f, "kind"), text(f, "severity"), text(f, "state")))
            .collect()
    }

    /// The classes of the restricted lines of an answer.
    fn restricted(answer: &Answer) -> Vec<String> {
        let lines = answer.body["restricted"].as_array().expect("restricted lines");
        lines.iter().map(|line| line["class"].as_str().unwrap_or("").to_owned()).collect()
    }

    /// Fails unless it is a problem document of this kind.
    #[track_caller]
    fn is_problem(answer: &Answer, status: u16, kind: &str) {
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert_eq!(answer.body["type"], format!("/problems/{kind}"), "{}", answer.text);
        assert_eq!(answer.body["status"], status);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }

    /// Fails unless the body is refused for this at that place.
    #[track_caller]
    fn is_fault(answer: &Answer, pointer: &str, code: &str) {
        is_problem(answer, 422, "invalid");
        let faults = answer.faults();
        assert!(faults.contains(&(pointer.to_owned(), code.to_owned())), "{}", answer.text);
    }

    /// The status, the headers and the body, but for what differs between any two requests.
    fn all_of(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
        let varies = |name: &str| matches!(name, "x-request-id" | "date");
        let mut headers: Vec<_> =
            answer.headers.iter().filter(|(name, _)| !varies(name)).cloned().collect();
        headers.sort();
        (answer.status, headers, answer.text.clone())
    }
}

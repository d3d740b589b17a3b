//! The pages as people use them, in a browser that runs no script.

mod pages {
    mod account;
    mod armed_actors;
    mod contact;
    mod elsewhere;
    mod every_page;
    mod flags;
    mod forms;
    mod home;
    mod learn;
    mod log;
    mod meeting;
    mod network;
    mod report;
    mod setting_up;
    mod signing_in;

    use concord_app::people;
    use concord_domain::vocabulary::Role;
    use concord_tests::{
        Answer, PASSWORD, Person, Registry, line,
        plain_browser::{Browser, carried},
    };
    use serde_json::{Value, json};

    /// The name of the cookie with the session, on the machine itself.
    const SESSION: &str = "concord";

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

    /// Logs a line, and answers its id.
    #[track_caller]
    fn logged(person: &Person<'_>, line: &Value) -> String {
        let made = person.post("engagements", line).expect(201);
        made.body["engagement"]["id"].as_str().expect("an id").to_owned()
    }

    /// A browser of somebody who is known to the API too.
    #[track_caller]
    fn browser_of<'r>(registry: &'r Registry, person: &Person<'_>) -> Browser<'r> {
        Browser::signed_in(registry, &person.login)
    }

    /// A browser of somebody who is this in the operation.
    #[track_caller]
    fn visitor<'r>(registry: &'r Registry, role: Role, organization: Option<&str>) -> Browser<'r> {
        let login = format!("visitor-{}", registry.app.ids.id());
        people::create_account(&registry.app, (&login, "A visitor"), PASSWORD, false)
            .expect("an account");
        people::give_role(&registry.app, "demo", &login, role, organization).expect("a role");
        Browser::signed_in(registry, &login)
    }

    /// Fails unless it is a page as all are: nothing of it is kept or runs or comes from elsewhere.
    #[track_caller]
    fn is_page(answer: &Answer) {
        let header = |name| answer.header(name).unwrap_or_default();
        assert_eq!(header("content-type"), "text/html; charset=utf-8", "{}", answer.text);
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("x-frame-options"), "DENY");
        assert_eq!(header("referrer-policy"), "same-origin");
        let policy = header("content-security-policy");
        let text = without_script(&answer.text);
        let runs = if text == answer.text { "" } else { "; script-src 'self'" };
        assert_eq!(
            policy,
            format!(
                "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                 base-uri 'none'; frame-ancestors 'none'{runs}"
            )
        );
        for never in ["<script", " style=", "<style", "javascript:", "http://", "https://", "//"] {
            assert!(!text.contains(never), "{never} in {text}");
        }
    }

    /// A page without the one script that this installation serves.
    fn without_script(page: &str) -> String {
        let Some((before, rest)) = page.split_once("<script src=\"/assets/") else {
            return page.to_owned();
        };
        let (_, after) = rest.split_once("\" defer></script>").expect("its end");
        format!("{before}{after}")
    }

    /// What the forms of a page carry that was made for the session.
    #[track_caller]
    fn form_token(page: &str) -> String {
        let carried = carried(page, "/sign-out");
        let token = carried.into_iter().find(|(name, _)| name == "form_token");
        token.expect("a token").1
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

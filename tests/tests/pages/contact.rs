//! Asking to be put in touch, and answering, by forms.

use concord_domain::vocabulary::Role;
use concord_tests::{
    Registry, on_each_database,
    plain_browser::{Browser, said, tags},
    small_world,
};

use super::{asks, browser_of, is_page, line, logged, own_line, visitor};

const PAGE: &str = "/operations/demo/contact";

/// The way to the form with which one asks about the first line that may not be shown.
#[track_caller]
fn way_to_ask(browser: &Browser<'_>) -> String {
    let flags = browser.get("/operations/demo/flags").expect(200);
    let mut links = tags(&flags.text, "a").into_iter().filter_map(|mut it| it.remove("href"));
    links.find(|link| link.contains("/restricted/")).expect("a line that may not be shown")
}

/// Where the first request that waits is answered.
#[track_caller]
fn to_answer(page: &str) -> String {
    let mut forms = tags(page, "form").into_iter().filter_map(|mut it| it.remove("action"));
    forms.find(|action| action.ends_with("/answer")).expect("a request to answer")
}

#[test]
fn two_yeses_put_two_in_touch() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        let (asking, asked) = (browser_of(registry, &b), browser_of(registry, &a));
        let way = way_to_ask(&asking);
        let form = asking.get(&way).expect(200);
        is_page(&form);
        let without = asking.submit(&form, &way, &[("contact", "the office")]).expect(422);
        assert!(said(&without.text).contains("say why you ask"), "{}", without.text);
        assert!(without.text.contains("the office"), "{}", without.text);
        let typed = [("reason", "Before we both go."), ("contact", "the office in Leer")];
        let done = asking.submit(&form, &way, &typed).expect(303);
        let list = asking.follow(&done).expect(200);
        is_page(&list);
        assert!(said(&list.text).contains("waits for an answer"), "{}", list.text);
        assert!(!said(&list.text).contains("Organisation A"), "{}", list.text);

        let home = asked.get("/operations/demo").expect(200);
        assert!(home.text.contains(&format!("href=\"{PAGE}\"")), "{}", home.text);
        let received = asked.get(PAGE).expect(200);
        let told = said(&received.text);
        assert!(told.contains("Organisation B") && told.contains("Before we both go."), "{told}");
        assert!(!told.contains("the office in Leer"), "{told}");
        let at = to_answer(&received.text);
        asked.submit(&received, &at, &[("answer", "no")]).expect(303);
        let list = asking.get(PAGE).expect(200);
        assert!(said(&list.text).contains("waits for an answer"), "a no is told: {}", list.text);
        let received = asked.get(PAGE).expect(200);
        assert!(said(&received.text).contains("you said no"), "{}", received.text);
        let typed = [("answer", "yes"), ("contact", "ask at the gate")];
        asked.submit(&received, &at, &typed).expect(303);
        let received = asked.get(PAGE).expect(200);
        assert!(said(&received.text).contains("the office in Leer"), "{}", received.text);
        let list = asking.get(PAGE).expect(200);
        let told = said(&list.text);
        assert!(told.contains("Organisation A") && told.contains("ask at the gate"), "{told}");
    });
}

#[test]
fn who_is_on_neither_side_sees_nothing_and_answers_nothing() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        logged(&a, &own_line("a", "north", &asks(&["open_route"])));
        logged(&b, &line("b", "north", &asks(&["close_route"])));
        let (asking, asked) = (browser_of(registry, &b), browser_of(registry, &a));
        let way = way_to_ask(&asking);
        let form = asking.get(&way).expect(200);
        asking.submit(&form, &way, &[("reason", "Before we go.")]).expect(303);
        let at = to_answer(&asked.get(PAGE).expect(200).text);
        let other = visitor(registry, Role::Member, Some("c"));
        let page = other.get(PAGE).expect(200);
        assert!(said(&page.text).contains("Nobody asks to be put in touch"), "{}", page.text);
        let token = super::form_token(&page.text);
        let origin = registry.url();
        let answer = [("form_token", token.as_str()), ("answer", "yes")];
        other.post(&at, &[("origin", &origin)], &answer).expect(404);
        let reason = [("form_token", token.as_str()), ("reason", "Before we go.")];
        other.post(&way, &[("origin", &origin)], &reason).expect(404);
        visitor(registry, Role::Auditor, None).get(PAGE).expect(403);
    });
}

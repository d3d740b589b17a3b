//! Staying signed in, and everything that ends it.

use std::{collections::BTreeSet, thread};

use concord_app::{Error, auth, people};
use concord_store::sessions;
use concord_tests::{Answer, PASSWORD, Person, Registry, on_each_database, small_world};
use serde_json::{Value, json};

use super::{all_of, is_fault, is_problem};

const DAY: i64 = 24 * 60 * 60;

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn refresh(registry: &Registry, token: &str) -> Answer {
    registry.nobody("demo").post("/v1/tokens/refresh", &json!({"refresh_token": token}))
}

/// The refresh token that somebody is given for this one.
#[track_caller]
fn next(registry: &Registry, token: &str) -> String {
    text(&refresh(registry, token).expect(200).body["refresh_token"])
}

fn sign_in(registry: &Registry, login: &str, password: &str) -> Answer {
    registry.nobody("demo").post("/v1/tokens", &json!({"login": login, "password": password}))
}

/// Somebody with the tokens of an answer.
#[track_caller]
fn holding<'r>(registry: &'r Registry, tokens: &Answer) -> Person<'r> {
    let mut person = registry.nobody("demo");
    person.token = Some(text(&tokens.body["access_token"]));
    person.refresh_token = Some(text(&tokens.body["refresh_token"]));
    person
}

fn refresh_token(person: &Person<'_>) -> String {
    person.refresh_token.clone().expect("a refresh token")
}

/// Fails unless neither the access token nor this refresh token is good for anything.
#[track_caller]
fn has_ended(registry: &Registry, person: &Person<'_>, token: &str) {
    for path in ["/v1/me", "/v1/operations", "engagements"] {
        is_problem(&person.get(path), 401, "unauthenticated");
    }
    is_problem(&person.post("engagements", &json!({})), 401, "unauthenticated");
    is_problem(&refresh(registry, token), 401, "session_ended");
}

fn sessions_of(registry: &Registry, token: &str) -> Option<sessions::Session> {
    let family = auth::sha256(token.split('.').next().unwrap_or_default().as_bytes());
    let read = registry.app.store.read(|tx| Ok::<_, Error>(sessions::of_family(tx, &family)?));
    read.expect("read")
}

#[test]
fn a_refresh_token_is_exchanged_for_another_pair() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let signed_in = sign_in(registry, &a.login, PASSWORD).expect(200);
        assert_eq!(signed_in.body["expires_in"], 900);
        assert_eq!(signed_in.body["refresh_expires_in"], 7 * DAY);
        assert_eq!(signed_in.header("cache-control"), Some("no-store"));
        let mut now = holding(registry, &signed_in);
        let mut seen = BTreeSet::from([refresh_token(&now)]);
        for _ in 0..3 {
            registry.pass_seconds(899);
            now.get("engagements").expect(200);
            registry.pass_seconds(1);
            is_problem(&now.get("engagements"), 401, "unauthenticated");
            let answer = refresh(registry, &refresh_token(&now)).expect(200);
            assert_eq!(answer.body["token_type"], "Bearer");
            now = holding(registry, &answer);
            now.get("engagements").expect(200);
            assert!(seen.insert(refresh_token(&now)));
        }
        // What is kept of it is its hash alone.
        let kept = sessions_of(registry, &refresh_token(&now)).expect("it stands");
        assert_eq!(kept.token_hash, auth::sha256(refresh_token(&now).as_bytes()));
        assert!(!format!("{kept:?}").contains(refresh_token(&now).split('.').next().expect("it")));
    });
}

#[test]
fn a_refresh_token_that_was_used_ends_the_whole_session() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let elsewhere = holding(registry, &sign_in(registry, &a.login, PASSWORD).expect(200));
        let first = refresh_token(&a);
        let second = next(registry, &first);
        let answer = refresh(registry, &second).expect(200);
        let (third, now) = (text(&answer.body["refresh_token"]), holding(registry, &answer));
        now.get("engagements").expect(200);
        is_problem(&refresh(registry, &first), 401, "session_ended");
        has_ended(registry, &a, &second);
        has_ended(registry, &now, &third);
        // The other sessions of the same person are not concerned.
        elsewhere.get("engagements").expect(200);
        next(registry, &refresh_token(&elsewhere));
        sign_in(registry, &a.login, PASSWORD).expect(200);
    });
}

#[test]
fn an_answer_that_was_lost_can_be_asked_for_again() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let first = refresh_token(&a);
        let lost = refresh(registry, &first).expect(200);
        registry.pass_seconds(30);
        let lost_too = next(registry, &first);
        registry.pass_seconds(29);
        let arrived = refresh(registry, &first).expect(200);
        let arrived_token = text(&arrived.body["refresh_token"]);
        assert_ne!(lost_too, arrived_token);
        holding(registry, &arrived).get("engagements").expect(200);
        let following = refresh(registry, &arrived_token).expect(200);
        // What was lost stands no more: whoever has it is not who goes on.
        let lost_token = text(&lost.body["refresh_token"]);
        is_problem(&refresh(registry, &lost_token), 401, "session_ended");
        let following_token = text(&following.body["refresh_token"]);
        has_ended(registry, &holding(registry, &following), &following_token);
    });
}

#[test]
fn a_used_token_is_not_taken_again_after_a_minute_or_once_its_successor_was_used() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let late = registry.member("demo", "a");
        let successor = next(registry, &refresh_token(&late));
        registry.pass_seconds(30);
        // Asking again does not prolong the minute.
        let successor_too = next(registry, &refresh_token(&late));
        registry.pass_seconds(30);
        is_problem(&refresh(registry, &refresh_token(&late)), 401, "session_ended");
        has_ended(registry, &late, &successor);
        has_ended(registry, &late, &successor_too);

        let used = registry.member("demo", "a");
        let successor = next(registry, &refresh_token(&used));
        let following = next(registry, &successor);
        is_problem(&refresh(registry, &refresh_token(&used)), 401, "session_ended");
        has_ended(registry, &used, &following);
    });
}

#[test]
fn of_two_refreshes_with_one_token_one_line_lives() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        for round in 0..12 {
            let session = holding(registry, &sign_in(registry, &a.login, PASSWORD).expect(200));
            let token = refresh_token(&session);
            let racing: Vec<String> = thread::scope(|scope| {
                let both = [(), (), ()].map(|()| scope.spawn(|| next(registry, &token)));
                both.into_iter().map(|one| one.join().expect("an answer")).collect()
            });
            assert_eq!(racing.iter().collect::<BTreeSet<_>>().len(), 3);
            let kept = sessions_of(registry, &token).expect("it stands").token_hash;
            let live = racing.iter().filter(|each| auth::sha256(each.as_bytes()) == kept).count();
            assert_eq!(live, 1);
            // In whatever order they are used, no two go on.
            let first = refresh(registry, &racing[round % 3]);
            let second = refresh(registry, &racing[(round + 1) % 3]);
            is_problem(&second, 401, "session_ended");
            if first.status == 200 {
                let of_first = text(&first.body["refresh_token"]);
                has_ended(registry, &holding(registry, &first), &of_first);
            }
            has_ended(registry, &session, &racing[(round + 2) % 3]);
        }
    });
}

#[test]
fn a_session_ends_after_a_week_in_which_it_was_not_used() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        registry.pass_seconds(7 * DAY - 1);
        let token = next(registry, &refresh_token(&a));
        registry.pass_seconds(1);
        is_problem(&refresh(registry, &refresh_token(&b)), 401, "session_ended");
        registry.pass_seconds(7 * DAY - 2);
        let token = next(registry, &token);
        registry.pass_seconds(7 * DAY);
        is_problem(&refresh(registry, &token), 401, "session_ended");
    });
}

#[test]
fn a_session_ends_after_thirty_days_whatever_is_done() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let mut token = refresh_token(&a);
        for _ in 0..5 {
            registry.pass_days(5);
            token = next(registry, &token);
        }
        registry.pass_seconds(5 * DAY - 100);
        let last = refresh(registry, &token).expect(200);
        // Neither token outlives it.
        assert_eq!(last.body["expires_in"], 100);
        assert_eq!(last.body["refresh_expires_in"], 100);
        let person = holding(registry, &last);
        registry.pass_seconds(99);
        person.get("engagements").expect(200);
        registry.pass_seconds(1);
        has_ended(registry, &person, &refresh_token(&person));
    });
}

#[test]
fn signing_out_is_in_force_at_once_here_or_everywhere() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let one = registry.member("demo", "a");
        let again = || holding(registry, &sign_in(registry, &one.login, PASSWORD).expect(200));
        let (two, three) = (again(), again());
        let of_two = refresh(registry, &refresh_token(&two)).expect(200);
        two.delete("/v1/tokens/current").expect(204);
        has_ended(registry, &two, &refresh_token(&two));
        let of_two = holding(registry, &of_two);
        has_ended(registry, &of_two, &refresh_token(&of_two));
        is_problem(&two.delete("/v1/tokens/current"), 401, "unauthenticated");
        one.get("engagements").expect(200);
        three.get("engagements").expect(200);
        three.delete("/v1/tokens").expect(204);
        for person in [&one, &three] {
            has_ended(registry, person, &refresh_token(person));
        }
        is_problem(&three.delete("/v1/tokens"), 401, "unauthenticated");
        again().get("engagements").expect(200);
    });
}

#[test]
fn closing_an_account_is_in_force_at_once() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        people::set_disabled(&registry.app, &a.login, true).expect("it is closed");
        has_ended(registry, &a, &refresh_token(&a));
        people::set_disabled(&registry.app, &a.login, false).expect("it is opened");
        has_ended(registry, &a, &refresh_token(&a));
        b.get("engagements").expect(200);
        next(registry, &refresh_token(&b));
        people::reset_password(&registry.app, &b.login, "another pass phrase").expect("changed");
        has_ended(registry, &b, &refresh_token(&b));
    });
}

#[test]
fn whoever_changes_the_password_stays_and_all_others_go() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let here = registry.member("demo", "a");
        let there = holding(registry, &sign_in(registry, &here.login, PASSWORD).expect(200));
        let path = "/v1/me/password";
        let other = "another long pass phrase";
        let change = |old: &str, new: &str| {
            here.put(path, "*", &json!({"password": old, "new_password": new}))
        };
        is_fault(&change("not the pass phrase", other), "/password", "wrong_password");
        is_fault(&change(PASSWORD, "too short"), "/new_password", "out_of_range");
        is_fault(&change(PASSWORD, "a\0 long pass phrase"), "/new_password", "out_of_range");
        is_fault(&here.put(path, "*", &json!({"password": PASSWORD})), "/new_password", "missing");
        there.get("engagements").expect(200);
        change(PASSWORD, other).expect(204);
        here.get("engagements").expect(200);
        next(registry, &refresh_token(&here));
        has_ended(registry, &there, &refresh_token(&there));
        is_problem(&sign_in(registry, &here.login, PASSWORD), 401, "sign_in_refused");
        sign_in(registry, &here.login, other).expect(200);
        is_fault(&change(PASSWORD, PASSWORD), "/password", "wrong_password");
        let body = json!({"password": other, "new_password": PASSWORD});
        is_problem(&registry.nobody("demo").put(path, "*", &body), 401, "unauthenticated");
        is_problem(&there.put(path, "*", &body), 401, "unauthenticated");
    });
}

#[test]
fn a_password_is_guessed_no_faster_by_changing_it_than_by_signing_in() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let guess = |password: &str| {
            let body = json!({"password": password, "new_password": "another long pass phrase"});
            a.put("/v1/me/password", "*", &body)
        };
        for _ in 0..4 {
            is_fault(&guess("wrong"), "/password", "wrong_password");
            is_problem(&sign_in(registry, &a.login, "wrong"), 401, "sign_in_refused");
        }
        for refused in [guess(PASSWORD), sign_in(registry, &a.login, PASSWORD)] {
            is_problem(&refused, 429, "throttled");
            assert_eq!(refused.header("retry-after"), Some("300"));
        }
        registry.pass_seconds(300);
        guess(PASSWORD).expect(204);
    });
}

#[test]
fn what_is_no_refresh_token_is_refused_and_tells_nothing() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let token = refresh_token(&a);
        let (family, _) = token.split_once('.').expect("two parts");
        let access = a.token.clone().expect("a token");
        let used = registry.member("demo", "b");
        next(registry, &next(registry, &refresh_token(&used)));
        let reused = all_of(&refresh(registry, &refresh_token(&used)));
        let session = sessions_of(registry, &token).expect("it stands").id.to_string();
        for sent in ["", ".", "\0.\0", "ä.ö", family, &access, &session, &format!("{session}.x")]
        {
            assert_eq!(all_of(&refresh(registry, sent)), reused, "{sent}");
        }
        for (body, pointer, code) in [
            (json!({}), "/refresh_token", "missing"),
            (json!({"refresh_token": 7}), "/refresh_token", "wrong_type"),
            (json!({"refresh_token": "x", "grant_type": "y"}), "/grant_type", "unknown_member"),
            (json!([]), "", "wrong_type"),
        ] {
            is_fault(&registry.nobody("demo").post("/v1/tokens/refresh", &body), pointer, code);
        }
        // A refresh token is no access token, and none of this has ended the session.
        let mut person = registry.nobody("demo");
        person.token = Some(token.clone());
        is_problem(&person.get("/v1/me"), 401, "unauthenticated");
        a.get("engagements").expect(200);
        next(registry, &token);
    });
}

#[test]
fn sessions_do_not_pile_up() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let password = PASSWORD;
        let mut later = Vec::new();
        for _ in 0..auth::SESSIONS_MAX {
            registry.pass_seconds(1);
            let step = auth::sign_in(&registry.app, &a.login, password).expect("a step");
            later.push(step.done().expect("a session"));
        }
        // One too many: the one that was carried on longest ago has ended, and no other.
        has_ended(registry, &a, &refresh_token(&a));
        for tokens in &later {
            assert!(sessions_of(registry, &tokens.refresh_token).is_some());
        }
        b.get("engagements").expect(200);
        // Somebody signs in a week later, and what is over is kept no more.
        registry.pass_days(8);
        assert!(sessions_of(registry, &refresh_token(&b)).is_some());
        let c = registry.member("demo", "c");
        assert!(sessions_of(registry, &refresh_token(&b)).is_none());
        for tokens in &later {
            assert!(sessions_of(registry, &tokens.refresh_token).is_none());
        }
        next(registry, &refresh_token(&c));
    });
}

//! The second factor: brought in, asked for, good once, lost and removed. The app that makes the
//! codes reads the address that an app on a telephone would.

use concord_app::{auth, people};
use concord_tests::{Answer, PASSWORD, Person, Registry, on_each_database, small_world};
use serde_json::{Value, json};
use totp_rs::Totp;

use super::{all_of, is_fault, is_problem};

const PATH: &str = "/v1/me/second-factor";

/// The app of somebody.
pub struct App<'r> {
    registry: &'r Registry,
    pub totp: Totp,
}

impl App<'_> {
    /// The code of some half minutes from now.
    fn code_in(&self, steps: i64) -> String {
        let now = self.registry.app.now().and_utc().timestamp() + 30 * steps;
        self.totp.generate(u64::try_from(now).expect("a time")).to_string()
    }

    pub fn code(&self) -> String {
        self.code_in(0)
    }

    /// A code that is good at no time near now.
    fn wrong(&self) -> String {
        let near: Vec<String> = (-2..=2).map(|steps| self.code_in(steps)).collect();
        let mut all = (0..).map(|code| format!("{code:06}"));
        all.find(|code| !near.contains(code)).expect("one of a million")
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Somebody brings in a second factor: the app, and the recovery codes.
#[track_caller]
pub fn enrolled<'r>(registry: &'r Registry, person: &Person<'_>) -> (App<'r>, Vec<String>) {
    let told = person.post(PATH, &json!({})).expect(200).body;
    let totp = Totp::from_url(text(&told["uri"])).expect("an address that apps read");
    assert_eq!(totp.secret().to_base32(), text(&told["secret"]));
    assert_eq!(totp.account_name(), person.login);
    let app = App { registry, totp };
    let body = json!({"code": app.code()});
    let answer = person.post(&format!("{PATH}/confirmation"), &body).expect(200);
    let codes = answer.body["recovery_codes"].as_array().expect("codes").iter().map(text);
    (app, codes.collect())
}

fn first_step(registry: &Registry, login: &str) -> Answer {
    registry.nobody("demo").post("/v1/tokens", &json!({"login": login, "password": PASSWORD}))
}

#[track_caller]
pub fn challenge(registry: &Registry, login: &str) -> String {
    let answer = first_step(registry, login).expect(200);
    assert_eq!(answer.body["challenge_expires_in"], 300);
    assert_eq!(answer.body.as_object().map(serde_json::Map::len), Some(2), "{}", answer.text);
    text(&answer.body["challenge"])
}

pub fn second_step(registry: &Registry, challenge: &str, code: &str) -> Answer {
    let body = json!({"challenge": challenge, "code": code});
    registry.nobody("demo").post("/v1/tokens/second-factor", &body)
}

/// Somebody with the tokens of an answer.
#[track_caller]
pub fn holding<'r>(registry: &'r Registry, tokens: &Answer) -> Person<'r> {
    let mut person = registry.nobody("demo");
    person.token = Some(text(&tokens.body["access_token"]));
    person
}

/// By which second factor the session of somebody began.
#[track_caller]
pub fn shown_in(person: &Person<'_>) -> Value {
    let sessions = person.get("/v1/me/sessions").expect(200);
    let all = sessions.body["items"].as_array().expect("a list");
    let current = all.iter().find(|each| each["current"] == true);
    current.expect("one is this")["second_factor"].clone()
}

#[test]
fn a_second_factor_that_was_confirmed_is_asked_for() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let elsewhere = registry.signed_in(&a.login, "demo");
        let nothing = json!({"since": null, "recovery_codes_left": 0});
        assert_eq!(a.get(PATH).expect(200).body, nothing);
        // One that is not confirmed changes nothing, and is replaced.
        let first = a.post(PATH, &json!({})).expect(200);
        assert_eq!(first.header("cache-control"), Some("no-store"));
        assert!(first_step(registry, &a.login).expect(200).body["access_token"].is_string());
        assert_eq!(a.get(PATH).expect(200).body, nothing);
        let (app, codes) = enrolled(registry, &a);
        assert_ne!(text(&first.body["secret"]), app.totp.secret().to_base32());
        assert_eq!(codes.len(), 10);
        let standing = a.get(PATH).expect(200);
        assert_eq!(standing.body["recovery_codes_left"], 10);
        assert_eq!(standing.body["since"], "2026-03-15T12:00:00.000000Z");
        // The secret is told nowhere any more.
        assert!(!standing.text.contains(&app.totp.secret().to_base32()));
        is_problem(&a.post(PATH, &json!({})), 409, "conflict");
        // Whoever was signed in without it elsewhere is so no more.
        a.get("engagements").expect(200);
        is_problem(&elsewhere.get("engagements"), 401, "unauthenticated");

        let challenge = challenge(registry, &a.login);
        // The challenge is no token.
        let mut person = registry.nobody("demo");
        person.token = Some(challenge.clone());
        is_problem(&person.get("/v1/me"), 401, "unauthenticated");
        let refresh = json!({"refresh_token": challenge});
        let refreshed = registry.nobody("demo").post("/v1/tokens/refresh", &refresh);
        is_problem(&refreshed, 401, "session_ended");
        registry.pass_seconds(30);
        let tokens = second_step(registry, &challenge, &app.code()).expect(200);
        let signed_in = holding(registry, &tokens);
        signed_in.get("engagements").expect(200);
        assert_eq!(shown_in(&signed_in), "code");
        // A wrong password is refused as ever, and tells nothing of the second factor.
        let wrong = |login: &str| {
            let body = json!({"login": login, "password": "not the pass phrase"});
            all_of(&registry.nobody("demo").post("/v1/tokens", &body))
        };
        assert_eq!(wrong(&a.login), wrong("nobody"));
        // Nor does the other's account ask for one.
        let b = registry.member("demo", "b");
        assert!(first_step(registry, &b.login).expect(200).body["access_token"].is_string());
    });
}

#[test]
fn a_code_is_good_once_and_near_its_time() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let (app, _) = enrolled(registry, &a);
        let refused = |code: &str| {
            let answer = second_step(registry, &challenge(registry, &a.login), code);
            is_problem(&answer, 401, "sign_in_refused");
            all_of(&answer)
        };
        // The one that confirmed it was used, and those before it are not good either.
        let used = refused(&app.code());
        assert_eq!(refused(&app.code_in(-1)), used);
        assert_eq!(refused(&app.wrong()), used);
        assert_eq!(refused(&app.code_in(2)), used);
        for code in ["", "12345", "1234567", "+12345", "１２３４５６", "\0", "abcdef"] {
            registry.pass_seconds(300);
            assert_eq!(refused(code), used, "{code}");
        }
        let now = app.code();
        let first = challenge(registry, &a.login);
        let second = challenge(registry, &a.login);
        second_step(registry, &first, &now).expect(200);
        // Neither the challenge nor the code, nor the challenges made before, lead on again.
        is_problem(&second_step(registry, &first, &app.code_in(1)), 401, "sign_in_refused");
        is_problem(&second_step(registry, &second, &app.code_in(1)), 401, "sign_in_refused");
        assert_eq!(refused(&now), used);
        // A telephone whose clock is half a minute off is let in.
        let third = challenge(registry, &a.login);
        second_step(registry, &third, &app.code_in(1)).expect(200);
        registry.pass_seconds(120);
        let fourth = challenge(registry, &a.login);
        second_step(registry, &fourth, &app.code_in(-1)).expect(200);
        // What was made up is refused like a code that is wrong.
        for made_up in ["", "x", &"0".repeat(64)] {
            assert_eq!(all_of(&second_step(registry, made_up, &app.code())), used);
        }
        registry.pass_seconds(60);
        let late = challenge(registry, &a.login);
        registry.pass_seconds(300);
        assert_eq!(all_of(&second_step(registry, &late, &app.code())), used);
        let in_time = challenge(registry, &a.login);
        registry.pass_seconds(299);
        second_step(registry, &in_time, &app.code()).expect(200);
    });
}

#[test]
fn codes_are_not_guessed_with_many_challenges() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let (app, codes) = enrolled(registry, &a);
        registry.pass_seconds(60);
        for _ in 0..8 {
            let challenge = challenge(registry, &a.login);
            is_problem(&second_step(registry, &challenge, &app.wrong()), 401, "sign_in_refused");
        }
        // Then neither a right code nor a recovery code is looked at, here or in a session.
        let another = challenge(registry, &a.login);
        for code in [&app.code(), &codes[0]] {
            let answer = second_step(registry, &another, code);
            is_problem(&answer, 429, "throttled");
            assert_eq!(answer.header("retry-after"), Some("300"));
        }
        let proof = json!({"code": app.code()});
        is_problem(&a.post("/v1/tokens/step-up", &proof), 429, "throttled");
        // Signing in with the password of others goes on, and so does the session that stands.
        let b = registry.member("demo", "b");
        b.get("engagements").expect(200);
        a.get("engagements").expect(200);
        registry.pass_seconds(300);
        let challenge = challenge(registry, &a.login);
        second_step(registry, &challenge, &app.code()).expect(200);
    });
}

#[test]
fn whoever_guesses_on_and_on_comes_to_no_code() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let (app, codes) = enrolled(registry, &a);
        registry.pass_seconds(60);
        let mut tries = 0;
        while tries < auth::WRONG_TRIES_MAX {
            let challenge = challenge(registry, &a.login);
            for _ in 0..8.min(auth::WRONG_TRIES_MAX - tries) {
                let answer = second_step(registry, &challenge, &app.wrong());
                is_problem(&answer, 401, "sign_in_refused");
                tries += 1;
            }
            registry.pass_seconds(300);
        }
        let first = challenge(registry, &a.login);
        is_problem(&second_step(registry, &first, &app.code()), 401, "sign_in_refused");
        second_step(registry, &first, &codes[0]).expect(200);
        // Its owner was there, and may use the app again.
        let second = challenge(registry, &a.login);
        second_step(registry, &second, &app.code()).expect(200);
    });
}

#[test]
fn a_recovery_code_stands_in_once_for_a_lost_telephone() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let (_, codes) = enrolled(registry, &a);
        let with = |code: &str| second_step(registry, &challenge(registry, &a.login), code);
        let signed_in = holding(registry, &with(&codes[0]).expect(200));
        assert_eq!(shown_in(&signed_in), "recovery_code");
        is_problem(&with(&codes[0]), 401, "sign_in_refused");
        // However it was copied from paper.
        let typed = codes[1].to_uppercase().replace('-', " ");
        with(&format!(" {typed} ")).expect(200);
        assert_eq!(signed_in.get(PATH).expect(200).body["recovery_codes_left"], 8);
        // Another's codes are good for nobody else.
        let b = registry.member("demo", "b");
        let (_, of_b) = enrolled(registry, &b);
        is_problem(&with(&of_b[0]), 401, "sign_in_refused");
        // Other ones replace them all.
        let renewed = signed_in.post(&format!("{PATH}/recovery-codes"), &json!({})).expect(200);
        is_problem(&with(&codes[2]), 401, "sign_in_refused");
        with(&text(&renewed.body["recovery_codes"][9])).expect(200);
        // None stands in the database as it was told.
        let kept = registry.app.store.read(|tx| {
            let left = concord_store::credentials::recovery_codes_left(tx, own_id(&signed_in))?;
            Ok::<_, concord_app::Error>(left)
        });
        assert_eq!(kept.expect("read"), 9);
    });
}

fn own_id(person: &Person<'_>) -> uuid::Uuid {
    let me = person.get("/v1/me").expect(200);
    text(&me.body["id"]).parse().expect("an id")
}

#[test]
fn confirming_takes_a_code_of_that_very_secret() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let confirmation = format!("{PATH}/confirmation");
        let body = json!({"code": "123456"});
        is_problem(&a.post(&confirmation, &body), 409, "conflict");
        let before = a.post(PATH, &json!({})).expect(200).body;
        let before = Totp::from_url(text(&before["uri"])).expect("an address");
        let before = App { registry, totp: before };
        a.post(PATH, &json!({})).expect(200);
        is_fault(&a.post(&confirmation, &json!({"code": before.code()})), "/code", "wrong_code");
        is_fault(&a.post(&confirmation, &json!({})), "/code", "missing");
        assert!(first_step(registry, &a.login).expect(200).body["access_token"].is_string());
        let (app, _) = enrolled(registry, &a);
        registry.pass_seconds(30);
        is_problem(&a.post(&confirmation, &json!({"code": app.code()})), 409, "conflict");
        let nobody = registry.nobody("demo");
        for path in [PATH.to_owned(), confirmation, format!("{PATH}/recovery-codes")] {
            is_problem(&nobody.post(&path, &json!({"code": "1"})), 401, "unauthenticated");
        }
    });
}

#[test]
fn removing_it_needs_a_fresh_proof_and_then_the_password_is_enough() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        is_problem(&a.delete(PATH), 409, "conflict");
        let (app, codes) = enrolled(registry, &a);
        registry.pass_seconds(600);
        let challenge = challenge(registry, &a.login);
        let renew = format!("{PATH}/recovery-codes");
        is_problem(&a.delete(PATH), 403, "step_up_required");
        is_problem(&a.post(&renew, &json!({})), 403, "step_up_required");
        // The password is none, where there is a second factor.
        let proof = |body: &Value| a.post("/v1/tokens/step-up", body);
        is_fault(&proof(&json!({"password": PASSWORD})), "/code", "missing");
        let code = app.wrong();
        is_fault(&proof(&json!({"password": PASSWORD, "code": code})), "/code", "wrong_code");
        is_problem(&a.delete(PATH), 403, "step_up_required");
        proof(&json!({"code": app.code()})).expect(204);
        is_fault(&proof(&json!({"code": app.code()})), "/code", "wrong_code");
        a.delete(PATH).expect(204);
        // What began before leads on no more, and the recovery codes are gone.
        is_problem(&second_step(registry, &challenge, &codes[0]), 401, "sign_in_refused");
        assert!(first_step(registry, &a.login).expect(200).body["access_token"].is_string());
        let (_, again) = enrolled(registry, &a);
        assert_ne!(codes, again);
    });
}

#[test]
fn who_has_lost_everything_is_helped_on_the_command_line() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        enrolled(registry, &a);
        let challenge = challenge(registry, &a.login);
        people::remove_second_factor(&registry.app, &a.login).expect("it is removed");
        is_problem(&a.get("/v1/me"), 401, "unauthenticated");
        is_problem(&second_step(registry, &challenge, "000000"), 401, "sign_in_refused");
        assert!(first_step(registry, &a.login).expect(200).body["access_token"].is_string());
        people::remove_second_factor(&registry.app, "nobody").expect_err("there is none");
    });
}

#[test]
fn a_new_password_ends_what_the_former_one_began() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let (app, codes) = enrolled(registry, &a);
        registry.pass_seconds(60);
        let challenge = challenge(registry, &a.login);
        let body = json!({"password": PASSWORD, "new_password": "another long pass phrase"});
        a.put("/v1/me/password", "*", &body).expect(204);
        for code in [&app.code(), &codes[0]] {
            is_problem(&second_step(registry, &challenge, code), 401, "sign_in_refused");
        }
    });
}

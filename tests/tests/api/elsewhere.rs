//! Signing in at an identity provider: what is linked signs in and nothing else does, whatever the
//! provider, or somebody in its place, says. The provider is played, so that it can lie.

use concord_app::people;
use concord_tests::{
    Answer, Database, PASSWORD, Person, Registry,
    provider::{Key, Played, SentThere, own_key, sent_there},
    small_world,
};
use serde_json::{Value, json};

use super::{
    all_of, is_fault, is_problem,
    second_factor::{enrolled, holding, second_step, shown_in},
};

const SIGN_IN: &str = "/v1/sign-in/oidc";
const SIGN_IN_BACK: &str = "/v1/sign-in/oidc/callback";
const OWN: &str = "/v1/me/oidc";
const OWN_BACK: &str = "/v1/me/oidc/callback";
const IDENTITIES: &str = "/v1/me/identities";

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Runs a test on each database, with a provider that is played.
fn on_each_database(test: impl Fn(&Registry, &Played)) {
    for database in [Database::Sqlite, Database::Postgres] {
        let played = Played::new();
        let registry = Registry::signing_in_at(database, played.provider());
        registry.import(&small_world());
        test(&registry, &played);
    }
}

fn now(registry: &Registry) -> i64 {
    registry.app.now().and_utc().timestamp()
}

/// Somebody who was sent to the provider.
struct Away {
    sent: SentThere,
    secret: String,
}

impl Away {
    #[track_caller]
    fn from(answer: Answer) -> Self {
        let body = answer.expect(200).body;
        assert_eq!(body["expires_in"], 600);
        let sent = sent_there(&text(&body["authorization_url"]));
        assert_eq!(sent.state, text(&body["state"]));
        let secret = text(&body["secret"]);
        let url = text(&body["authorization_url"]);
        assert!(!url.contains(&secret), "the provider never learns the secret");
        Self { sent, secret }
    }

    /// What they come back with.
    fn back(&self, played: &Played, code: &str) -> Value {
        json!({"state": self.sent.state, "secret": self.secret, "code": code, "iss": played.issuer})
    }
}

/// Somebody begins to sign in.
#[track_caller]
fn away(registry: &Registry) -> Away {
    Away::from(registry.nobody("demo").post(SIGN_IN, &json!({})))
}

fn come_back(registry: &Registry, body: &Value) -> Answer {
    registry.nobody("demo").post(SIGN_IN_BACK, body)
}

/// Somebody signs in who is this at the provider.
fn sign_in(registry: &Registry, played: &Played, subject: &str) -> Answer {
    let away = away(registry);
    let code = played.code(&away.sent, subject, now(registry));
    come_back(registry, &away.back(played, &code))
}

/// Links what somebody is at the provider.
fn link(registry: &Registry, played: &Played, person: &Person<'_>, subject: &str) -> Answer {
    let away = Away::from(person.post(OWN, &json!({"for": "link"})));
    let code = played.code(&away.sent, subject, now(registry));
    person.post(OWN_BACK, &away.back(played, &code))
}

/// Whoever comes back with a token that says this, signed by this key.
fn with_claims(
    registry: &Registry,
    played: &Played,
    (key, change): (&Key, &dyn Fn(&mut Value)),
) -> Answer {
    let away = away(registry);
    let mut claims = played.claims(&away.sent, "anna", now(registry));
    change(&mut claims);
    let code = played.code_for(&away.sent, Ok(key.signed(&claims)));
    come_back(registry, &away.back(played, &code))
}

#[test]
fn what_is_linked_signs_in_and_what_is_not_is_like_what_is_unknown() {
    on_each_database(|registry, played| {
        let a = registry.member("demo", "a");
        assert_eq!(a.get(IDENTITIES).expect(200).body, json!({"items": []}));
        let stranger = sign_in(registry, played, "anna");
        is_problem(&stranger, 401, "sign_in_refused");
        link(registry, played, &a, "anna").expect(204);
        let linked = a.get(IDENTITIES).expect(200).body["items"].clone();
        assert_eq!(linked[0]["issuer"], played.issuer.as_str());
        assert_eq!(linked.as_array().map(Vec::len), Some(1));
        // Linking it again changes nothing.
        link(registry, played, &a, "anna").expect(204);
        assert_eq!(a.get(IDENTITIES).expect(200).body["items"], linked);

        let signed_in = holding(registry, &sign_in(registry, played, "anna").expect(200));
        assert_eq!(signed_in.get("/v1/me").expect(200).body["login"], a.login.as_str());
        let sessions = signed_in.get("/v1/me/sessions").expect(200).body["items"].clone();
        let current = sessions.as_array().expect("a list").iter().find(|s| s["current"] == true);
        assert_eq!(current.expect("one is this")["began_by"], "identity_provider");
        // Neither an unknown one, nor one that is called as the account is, nor a closed account.
        for subject in ["bert", a.login.as_str(), "ANNA"] {
            assert_eq!(all_of(&sign_in(registry, played, subject)), all_of(&stranger));
        }
        // The provider may change what it calls itself, not who somebody is: another issuer's
        // `anna` is somebody else.
        people::set_disabled(&registry.app, &a.login, true).expect("it is done");
        assert_eq!(all_of(&sign_in(registry, played, "anna")), all_of(&stranger));
        people::set_disabled(&registry.app, &a.login, false).expect("it is done");
        sign_in(registry, played, "anna").expect(200);
        // What the provider calls somebody stands nowhere.
        let kept = registry.app.store.read(|tx| {
            let account = concord_store::accounts::with_login(tx, &a.login)?.expect("it is there");
            concord_store::identities::of_account(tx, account.id)
        });
        assert!(!format!("{kept:?}").contains("anna"));
    });
}

#[test]
fn nobody_links_what_another_has_and_whoever_unlinks_signs_in_no_more() {
    on_each_database(|registry, played| {
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        link(registry, played, &a, "anna").expect(204);
        is_problem(&link(registry, played, &b, "anna"), 409, "conflict");
        assert_eq!(b.get(IDENTITIES).expect(200).body["items"], json!([]));
        let id = text(&a.get(IDENTITIES).expect(200).body["items"][0]["id"]);
        is_problem(&b.delete(&format!("{IDENTITIES}/{id}")), 404, "not_found");
        registry.pass_seconds(600);
        // To link and to unlink needs a proof that is fresh.
        is_problem(&a.delete(&format!("{IDENTITIES}/{id}")), 403, "step_up_required");
        is_problem(&a.post(OWN, &json!({"for": "link"})), 403, "step_up_required");
        a.post("/v1/tokens/step-up", &json!({"password": PASSWORD})).expect(204);
        a.delete(&format!("{IDENTITIES}/{id}")).expect(204);
        is_problem(&sign_in(registry, played, "anna"), 401, "sign_in_refused");
        // A new password unlinks all: whoever knew the former one may have linked something.
        link(registry, played, &a, "anna").expect(204);
        let body = json!({"password": PASSWORD, "new_password": "another long pass phrase"});
        a.put("/v1/me/password", "*", &body).expect(204);
        is_problem(&sign_in(registry, played, "anna"), 401, "sign_in_refused");
        link(registry, played, &a, "anna").expect(204);
        people::reset_password(&registry.app, &a.login, PASSWORD).expect("it is done");
        is_problem(&sign_in(registry, played, "anna"), 401, "sign_in_refused");
        is_fault(&b.post(OWN, &json!({"for": "sign_in"})), "/for", "unknown_code");
    });
}

#[test]
fn what_came_back_is_good_once_in_time_and_with_the_secret() {
    on_each_database(|registry, played| {
        let a = registry.member("demo", "a");
        link(registry, played, &a, "anna").expect(204);
        let refused = |body: &Value| is_problem(&come_back(registry, body), 401, "sign_in_refused");
        let first = away(registry);
        let code = |away: &Away| played.code(&away.sent, "anna", now(registry));
        let good = first.back(played, &code(&first));
        let other = away(registry);
        // A state that was made up, that of another attempt, and a secret that is not known: the
        // attempt stands as it did.
        for (member, value) in [
            ("state", "0".repeat(64)),
            ("state", String::new()),
            ("state", other.sent.state.clone()),
            ("secret", "0".repeat(64)),
            ("secret", other.secret.clone()),
        ] {
            let mut wrong = good.clone();
            wrong[member] = value.into();
            refused(&wrong);
        }
        come_back(registry, &good).expect(200);
        refused(&good);
        // The code of another attempt: its verifier is another one. It is used up all the same.
        let third = away(registry);
        refused(&third.back(played, &code(&other)));
        refused(&third.back(played, &code(&third)));
        // A code that the provider does not know.
        refused(&away(registry).back(played, "code-0"));
        let late = away(registry);
        registry.pass_seconds(600);
        refused(&late.back(played, &code(&late)));
        let in_time = away(registry);
        registry.pass_seconds(599);
        come_back(registry, &in_time.back(played, &code(&in_time))).expect(200);
        // What was begun to link signs nobody in, and what was begun to sign in links nothing.
        let a = registry.signed_in(&a.login, "demo");
        let linking = Away::from(a.post(OWN, &json!({"for": "link"})));
        refused(&linking.back(played, &code(&linking)));
        let signing_in = away(registry);
        let back = signing_in.back(played, &code(&signing_in));
        is_fault(&a.post(OWN_BACK, &back), "/code", "wrong_code");
        // Nor does it in another session of the same person, or of somebody else.
        let elsewhere = registry.signed_in(&a.login, "demo");
        let b = registry.member("demo", "b");
        let back = linking.back(played, &played.code(&linking.sent, "new", now(registry)));
        for other in [&elsewhere, &b] {
            is_fault(&other.post(OWN_BACK, &back), "/code", "wrong_code");
        }
        a.post(OWN_BACK, &back).expect(204);
    });
}

#[test]
fn a_token_that_answers_something_else_is_refused() {
    on_each_database(|registry, played| {
        let a = registry.member("demo", "a");
        link(registry, played, &a, "anna").expect(204);
        with_claims(registry, played, (own_key(), &|_| {})).expect(200);
        let at = now(registry);
        let wrong: &[(&str, &str, Value)] = &[
            ("a wrong nonce", "nonce", json!("0")),
            ("no nonce", "nonce", Value::Null),
            ("for somebody else", "aud", json!("another client")),
            ("for several without saying to whom it was given", "aud", json!(["concord", "x"])),
            ("for nobody", "aud", json!([])),
            ("given to somebody else", "azp", json!("another client")),
            ("of another provider", "iss", json!("https://id.example")),
            ("of nearly the same provider", "iss", json!(format!("{}/", played.issuer))),
            ("ended", "exp", json!(at - 61)),
            ("an end that is a text", "exp", json!((at + 300).to_string())),
            ("made later", "iat", json!(at + 61)),
            ("made long ago", "iat", json!(at - 601)),
            ("not good yet", "nbf", json!(at + 61)),
            ("proved later", "auth_time", json!(at + 61)),
            ("proved yesterday", "auth_time", json!(at - 86_400)),
            ("of nobody", "sub", json!("")),
            ("of nobody at all", "sub", Value::Null),
            ("of a number", "sub", json!(1)),
            ("of a name too long", "sub", json!("a".repeat(256))),
        ];
        for (what, member, value) in wrong {
            let change = |claims: &mut Value| claims[*member] = value.clone();
            let answer = with_claims(registry, played, (own_key(), &change));
            assert_eq!(answer.status, 401, "{what}: {}", answer.text);
            is_problem(&answer, 401, "sign_in_refused");
        }
        let fine: &[(&str, Value)] = &[
            ("aud", json!(["concord"])),
            ("azp", json!("concord")),
            ("exp", json!(at - 59)),
            ("iat", json!(at + 60)),
            ("auth_time", json!(at - 43_200)),
        ];
        for (member, value) in fine {
            let change = |claims: &mut Value| claims[*member] = value.clone();
            with_claims(registry, played, (own_key(), &change)).expect(200);
        }
    });
}

fn base64(json: &Value) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    BASE64_URL_SAFE_NO_PAD.encode(json.to_string())
}

#[test]
fn a_token_that_no_key_of_the_provider_signed_is_refused() {
    on_each_database(|registry, played| {
        let a = registry.member("demo", "a");
        link(registry, played, &a, "anna").expect(204);
        // A foreign key that calls itself as the provider's does.
        let foreign = Key::new("own");
        is_problem(&with_claims(registry, played, (&foreign, &|_| {})), 401, "sign_in_refused");
        let token = |make: &dyn Fn(&str) -> String| {
            let away = away(registry);
            let claims = played.claims(&away.sent, "anna", now(registry));
            let code = played.code_for(&away.sent, Ok(make(&base64(&claims))));
            come_back(registry, &away.back(played, &code))
        };
        let public = json!(own_key().jwk);
        let header = |members: Value| base64(&members);
        let hmac = |claims: &str, secret: &[u8]| {
            use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
            let signed = format!("{}.{claims}", header(json!({"alg": "HS256", "kid": "own"})));
            let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
            let tag = aws_lc_rs::hmac::sign(&key, signed.as_bytes());
            format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag))
        };
        let own_jwk = base64(&json!({"alg": "EdDSA", "jwk": foreign.jwk}));
        type Make<'m> = &'m dyn Fn(&str) -> String;
        let forged: &[(&str, Make<'_>)] = &[
            ("none", &|claims| format!("{}.{claims}.", header(json!({"alg": "none"})))),
            ("None", &|claims| format!("{}.{claims}.", header(json!({"alg": "None"})))),
            ("no signature", &|claims| {
                format!("{}.{claims}.", header(json!({"alg": "EdDSA", "kid": "own"})))
            }),
            ("HS256 with the client's secret", &|claims| {
                hmac(claims, concord_tests::provider::CLIENT_SECRET.as_bytes())
            }),
            ("HS256 with the public key", &|claims| hmac(claims, public.to_string().as_bytes())),
            ("a key that the header brings", &|claims| {
                let token = foreign.signed(&json!({}));
                let signature = token.rsplit('.').next().unwrap_or_default().to_owned();
                format!("{own_jwk}.{claims}.{signature}")
            }),
            ("no token", &|_| "no token".to_owned()),
            ("nothing", &|_| String::new()),
        ];
        for (what, make) in forged {
            let answer = token(make);
            assert_eq!(answer.status, 401, "{what}: {}", answer.text);
        }
        // A key that the provider brings in later is asked for, and one that it no longer
        // publishes is none.
        registry.pass_seconds(61);
        let next = Key::new("next");
        played.publish_keys(&json!([next.jwk, {"kty": "unheard of"}]));
        with_claims(registry, played, (&next, &|_| {})).expect(200);
        is_problem(&with_claims(registry, played, (own_key(), &|_| {})), 401, "sign_in_refused");
        // A key that is not for signing signs nothing.
        registry.pass_seconds(61);
        let mut sealing = json!(Key::new("sealing").jwk);
        sealing["use"] = "enc".into();
        let key = Key::new("third");
        played.publish_keys(&json!([sealing, key.jwk]));
        with_claims(registry, played, (&key, &|_| {})).expect(200);
    });
}

#[test]
fn whoever_comes_back_from_another_provider_is_refused() {
    on_each_database(|registry, played| {
        let a = registry.member("demo", "a");
        link(registry, played, &a, "anna").expect(204);
        for issuer in [json!("https://id.example"), json!(""), Value::Null] {
            let away = away(registry);
            let code = played.code(&away.sent, "anna", now(registry));
            let mut back = away.back(played, &code);
            back["iss"] = issuer;
            is_problem(&come_back(registry, &back), 401, "sign_in_refused");
        }
        // A provider that does not say that it sends it may leave it out.
        let silent = Played::new();
        silent.publish(&json!({"authorization_response_iss_parameter_supported": false}));
        let other = Registry::signing_in_at(registry.database, silent.provider());
        other.import(&small_world());
        let person = other.member("demo", "a");
        link(&other, &silent, &person, "anna").expect(204);
        let away = away(&other);
        let code = silent.code(&away.sent, "anna", now(&other));
        let mut back = away.back(&silent, &code);
        back["iss"] = Value::Null;
        come_back(&other, &back).expect(200);
    });
}

#[test]
fn the_second_factor_is_asked_for_unless_the_provider_is_enough() {
    on_each_database(|registry, played| {
        let a = registry.member("demo", "a");
        link(registry, played, &a, "anna").expect(204);
        let (app, _) = enrolled(registry, &a);
        let challenged = sign_in(registry, played, "anna").expect(200);
        assert!(challenged.body["access_token"].is_null(), "{}", challenged.text);
        registry.pass_seconds(30);
        let challenge = text(&challenged.body["challenge"]);
        let tokens = second_step(registry, &challenge, &app.code()).expect(200);
        assert_eq!(shown_in(&holding(registry, &tokens)), "code");
        for (member, value) in [("amr", json!(["pwd", "mfa"])), ("acr", json!("urn:two"))] {
            let change = |claims: &mut Value| claims[member] = value.clone();
            let answer = with_claims(registry, played, (own_key(), &change)).expect(200);
            assert_eq!(shown_in(&holding(registry, &answer)), "identity_provider");
        }
        for (member, value) in [("amr", json!(["pwd"])), ("acr", json!("urn:one"))] {
            let change = |claims: &mut Value| claims[member] = value.clone();
            let answer = with_claims(registry, played, (own_key(), &change)).expect(200);
            assert!(answer.body["challenge"].is_string(), "{}", answer.text);
        }
    });
}

#[test]
fn a_proof_is_as_fresh_as_the_provider_says() {
    on_each_database(|registry, played| {
        let a = registry.member("demo", "a");
        is_problem(&a.post(OWN, &json!({"for": "step_up"})), 409, "conflict");
        link(registry, played, &a, "anna").expect(204);
        let old = now(registry) - 3_600;
        let change = |claims: &mut Value| claims["auth_time"] = old.into();
        let answer = with_claims(registry, played, (own_key(), &change)).expect(200);
        let mut signed_in = holding(registry, &answer);
        signed_in.login.clone_from(&a.login);
        // Who has been signed in there for an hour has proved nothing now.
        is_problem(&signed_in.post(OWN, &json!({"for": "link"})), 403, "step_up_required");
        let unsaid = |claims: &mut Value| claims["auth_time"] = Value::Null;
        let answer = with_claims(registry, played, (own_key(), &unsaid)).expect(200);
        let unsaid_in = holding(registry, &answer);
        is_problem(&unsaid_in.post(OWN, &json!({"for": "link"})), 403, "step_up_required");

        let step_up = |subject: &str, change: &dyn Fn(&mut Value)| {
            let answer = signed_in.post(OWN, &json!({"for": "step_up"})).expect(200);
            let url = text(&answer.body["authorization_url"]);
            assert!(url.contains("prompt=login") && url.contains("max_age=0"), "{url}");
            let away = Away::from(answer);
            let mut claims = played.claims(&away.sent, subject, now(registry));
            change(&mut claims);
            let code = played.code_for(&away.sent, Ok(own_key().signed(&claims)));
            signed_in.post(OWN_BACK, &away.back(played, &code))
        };
        is_fault(&step_up("anna", &change), "/code", "wrong_code");
        is_fault(&step_up("anna", &unsaid), "/code", "wrong_code");
        is_fault(&step_up("bert", &|_| {}), "/code", "wrong_code");
        is_problem(&signed_in.post(OWN, &json!({"for": "link"})), 403, "step_up_required");
        step_up("anna", &|_| {}).expect(204);
        signed_in.post(OWN, &json!({"for": "link"})).expect(200);
        // For who has a second factor it is none, unless it is enough.
        enrolled(registry, &signed_in);
        is_problem(&step_up("anna", &|_| {}), 409, "conflict");
        step_up("anna", &|claims| claims["amr"] = json!(["mfa"])).expect(204);
    });
}

#[test]
fn an_invitation_is_taken_up_without_a_password_and_by_one_identity() {
    on_each_database(|registry, played| {
        let a = registry.member("demo", "a");
        link(registry, played, &a, "anna").expect(204);
        let focal_point =
            registry.person("demo", concord_domain::vocabulary::Role::FocalPoint, Some("a"));
        let invite = |login: &str| {
            let body =
                json!({"login": login, "name": "New", "role": "member", "organization": "a"});
            text(&focal_point.post("people", &body).expect(201).body["invitation_code"])
        };
        let take_up = |subject: &str, invitation: &str| {
            let away = away(registry);
            let code = played.code(&away.sent, subject, now(registry));
            let mut back = away.back(played, &code);
            back["invitation"] = invitation.into();
            come_back(registry, &back)
        };
        let code = invite("new");
        // Nobody takes one up with what is another's, nor one that was made up.
        is_problem(&take_up("anna", &code), 401, "sign_in_refused");
        is_problem(&take_up("nina", "made up"), 401, "sign_in_refused");
        let new = holding(registry, &take_up("nina", &code).expect(200));
        assert_eq!(new.get("/v1/me").expect(200).body["login"], "new");
        new.get("engagements").expect(200);
        is_problem(&take_up("otto", &code), 401, "sign_in_refused");
        is_problem(&sign_in(registry, played, "otto"), 401, "sign_in_refused");
        let again = holding(registry, &sign_in(registry, played, "nina").expect(200));
        assert_eq!(again.get("/v1/me").expect(200).body["login"], "new");
        // There is no password to it, and whoever tries one is told what anybody is.
        let body = json!({"login": "new", "password": PASSWORD});
        let refused = registry.nobody("demo").post("/v1/tokens", &body);
        let body = json!({"login": "unknown", "password": PASSWORD});
        let unknown = registry.nobody("demo").post("/v1/tokens", &body);
        assert_eq!(all_of(&refused), all_of(&unknown));
        let late = invite("late");
        registry.pass_days(8);
        is_problem(&take_up("lisa", &late), 401, "sign_in_refused");
    });
}

#[test]
fn a_provider_that_does_not_answer_as_it_should_is_told_as_such() {
    let none = Registry::on(Database::Sqlite);
    let body = json!({"state": "x", "secret": "x", "code": "x"});
    is_problem(&none.nobody("demo").post(SIGN_IN, &json!({})), 409, "conflict");
    is_problem(&come_back(&none, &body), 409, "conflict");
    let unreachable = |answer: &Answer| {
        is_problem(answer, 503, "identity_provider_unreachable");
        assert_eq!(answer.header("retry-after"), Some("10"));
    };
    for published in [
        json!({"issuer": "https://id.example"}),
        json!({"code_challenge_methods_supported": ["plain"]}),
        json!({"token_endpoint": "http://10.0.0.1/token"}),
        json!({"jwks_uri": "file:///etc/passwd"}),
        json!({"authorization_endpoint": "javascript:alert(1)"}),
        json!({"token_endpoint": null}),
        json!({"padding": "x".repeat(300_000)}),
    ] {
        let played = Played::new();
        played.publish(&published);
        let registry = Registry::signing_in_at(Database::Sqlite, played.provider());
        unreachable(&registry.nobody("demo").post(SIGN_IN, &json!({})));
    }
    let played = Played::new();
    let registry = Registry::signing_in_at(Database::Sqlite, played.provider());
    registry.import(&small_world());
    let a = registry.member("demo", "a");
    played.set_down(true);
    unreachable(&registry.nobody("demo").post(SIGN_IN, &json!({})));
    played.set_down(false);
    link(&registry, &played, &a, "anna").expect(204);
    let away = away(&registry);
    let code = played.code_for(&away.sent, Err(500));
    unreachable(&come_back(&registry, &away.back(&played, &code)));
    // It was used up: whoever tries again begins anew.
    let code = played.code(&away.sent, "anna", now(&registry));
    is_problem(&come_back(&registry, &away.back(&played, &code)), 401, "sign_in_refused");
    sign_in(&registry, &played, "anna").expect(200);
    // A provider that this installation is unknown to.
    let mut settings = played.settings();
    settings.client_secret = Some("another secret".to_owned().into());
    let provider = concord_app::oidc::Provider::new(settings).expect("a provider");
    let other = Registry::signing_in_at(Database::Sqlite, Some(std::sync::Arc::new(provider)));
    unreachable(&sign_in(&other, &played, "anna"));
}

#[test]
fn what_is_tried_in_vain_is_recorded() {
    on_each_database(|registry, played| {
        let a = registry.member("demo", "a");
        link(registry, played, &a, "anna").expect(204);
        sign_in(registry, played, "anna").expect(200);
        is_problem(&sign_in(registry, played, "bert"), 401, "sign_in_refused");
        let deeds: Vec<(String, String)> = registry
            .audit_records("demo")
            .iter()
            .map(|record| (text(&record["action"]), text(&record["deed"])))
            .collect();
        let count = |action: &str, deed: &str| {
            deeds.iter().filter(|(a, d)| a == action && d == deed).count()
        };
        assert_eq!(count("finish_oidc_sign_in", "refused"), 1, "{deeds:?}");
        assert!(count("finish_oidc", "changed") >= 1, "{deeds:?}");
        assert!(count("finish_oidc_sign_in", "did") >= 1, "{deeds:?}");
    });
}

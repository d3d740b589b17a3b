//! The keys by which tokens are verified, and what happens when another one signs.

use concord_app::auth::TOKEN_SECONDS;
use concord_tests::{Database, Person, Registry, line, on_each_database, small_world};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use serde_json::{Value, json};

use super::{is_fault, is_problem};

const KEYS: &str = "/.well-known/jwks.json";

fn kid(person: &Person<'_>) -> String {
    let token = person.token.as_deref().expect("a token");
    jsonwebtoken::decode_header(token).expect("a header").kid.expect("a kid")
}

fn published(registry: &Registry) -> JwkSet {
    let answer = registry.nobody("demo").get(KEYS).expect(200);
    serde_json::from_str(&answer.text).expect("a JWK Set")
}

fn kids(registry: &Registry) -> Vec<String> {
    published(registry).keys.into_iter().filter_map(|key| key.common.key_id).collect()
}

#[test]
fn the_public_keys_are_there_for_everybody_to_verify_a_token() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let a = registry.member("demo", "a");
    let nobody = registry.nobody("demo");
    let answer = nobody.get(KEYS).expect(200);
    let key = answer.body["keys"][0].as_object().expect("a key").clone();
    let members: Vec<&str> = key.keys().map(String::as_str).collect();
    assert_eq!(members.len(), 6, "{members:?}");
    for (member, value) in [("kty", "OKP"), ("crv", "Ed25519"), ("use", "sig"), ("alg", "EdDSA")] {
        assert_eq!(key[member], value);
    }
    assert_eq!(key["kid"], kid(&a));
    assert_eq!(key["x"].as_str().map(str::len), Some(43));
    assert_eq!(answer.header("cache-control"), Some("public, no-cache"));
    let etag = answer.etag();
    let again = nobody.request("GET", KEYS, &[("if-none-match", &etag)], None);
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    // Somebody else verifies a token with nothing but what is published.
    let set = published(&registry);
    let key = DecodingKey::from_jwk(set.find(&kid(&a)).expect("its key")).expect("a key");
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_audience(&["concord-api"]);
    rules.set_issuer(&["concord"]);
    // The clock of the test is not the one of the machine.
    rules.validate_exp = false;
    let token = a.token.clone().expect("a token");
    let read = jsonwebtoken::decode::<Value>(token, &key, &rules).expect("verified");
    assert!(read.claims["sid"].is_string() && read.claims["jti"].is_string());
    registry.rotate_keys();
    let changed = nobody.request("GET", KEYS, &[("if-none-match", &etag)], None).expect(200);
    assert_ne!(changed.etag(), etag);
    is_problem(&nobody.post(KEYS, &json!({})), 405, "method_not_allowed");
}

#[test]
fn a_former_key_verifies_until_the_last_token_that_it_signed_has_ended() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let early = registry.member("demo", "a");
        registry.pass_seconds(600);
        let first = registry.member("demo", "a");
        registry.rotate_keys();
        let second = registry.member("demo", "b");
        assert_eq!(kid(&early), kid(&first));
        assert_ne!(kid(&first), kid(&second));
        assert_eq!(kids(registry), [kid(&second), kid(&first)]);
        for person in [&early, &first, &second] {
            person.get("engagements").expect(200);
        }
        registry.pass_seconds(TOKEN_SECONDS - 1);
        first.get("engagements").expect(200);
        is_problem(&early.get("engagements"), 401, "unauthenticated");
        registry.pass_seconds(61);
        assert_eq!(kids(registry), [kid(&second)]);
        // Sessions do not rest on keys.
        let token = json!({"refresh_token": first.refresh_token});
        registry.nobody("demo").post("/v1/tokens/refresh", &token).expect(200);
        registry.rotate_keys();
        let third = registry.member("demo", "c");
        assert_eq!(kids(registry), [kid(&third), kid(&second)]);
        registry.rotate_keys();
        assert_eq!(kids(registry).len(), 3);
        third.get("engagements").expect(200);
    });
}

#[test]
fn a_key_that_was_rotated_away_verifies_nothing() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let a = registry.member("demo", "a");
    let stolen = std::fs::read(&registry.signing_key).expect("the key");
    let token = a.token.clone().expect("a token");
    let mut claims =
        jsonwebtoken::dangerous::insecure_decode::<Value>(&token).expect("claims").claims;
    let header = jsonwebtoken::decode_header(&token).expect("a header");
    let key = jsonwebtoken::EncodingKey::from_ed_der(&stolen);
    let mut forged = |seconds: i64| {
        claims["exp"] = json!(claims["nbf"].as_i64().expect("a time") + seconds);
        let mut person = registry.nobody("demo");
        person.token = Some(jsonwebtoken::encode(&header, &claims, &key).expect("a token"));
        person
    };
    registry.rotate_keys();
    let long = forged(24 * 60 * 60);
    // The session stands, so what tells it from a good token is its key alone.
    long.get("engagements").expect(200);
    registry.pass_seconds(TOKEN_SECONDS + 60);
    is_problem(&long.get("engagements"), 401, "unauthenticated");
    let token = json!({"refresh_token": a.refresh_token});
    registry.nobody("demo").post("/v1/tokens/refresh", &token).expect(200);
    is_problem(&long.get("engagements"), 401, "unauthenticated");
}

#[test]
fn a_list_that_was_begun_before_another_key_signed_is_begun_again() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        for _ in 0..2 {
            a.post("engagements", &line("a", "north", &json!([]))).expect(201);
        }
        let first = a.get("engagements?limit=1").expect(200);
        let cursor = first.body["next"].as_str().expect("there is more").to_owned();
        let path = format!("engagements?limit=1&cursor={cursor}");
        a.get(&path).expect(200);
        registry.rotate_keys();
        let refused = a.get(&path);
        is_fault(&refused, "/cursor", "malformed");
        assert!(refused.text.contains("begin without one"), "{}", refused.text);
        // What is read has the same tag as before.
        let again = a.get("engagements?limit=1").expect(200);
        assert_eq!(again.body["items"], first.body["items"]);
        let next = again.body["next"].as_str().expect("there is more");
        a.get(&format!("engagements?limit=1&cursor={next}")).expect(200);
        let of_one =
            format!("engagements/{}", first.body["items"][0]["id"].as_str().expect("an id"));
        let etag = a.get(&of_one).expect(200).etag();
        registry.rotate_keys();
        assert_eq!(a.get(&of_one).expect(200).etag(), etag);
        a.patch(&of_one, &etag, &json!({"summary": "Changed"})).expect(200);
    });
}

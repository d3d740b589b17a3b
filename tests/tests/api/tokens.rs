//! Tokens that nobody was given.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use concord_tests::{Database, Registry, small_world};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::{all_of, is_problem, with};

/// The second part of a token.
fn payload(token: &str) -> &str {
    token.split('.').nth(1).expect("a payload")
}

/// What a token says.
fn claims(token: &str) -> Value {
    jsonwebtoken::dangerous::insecure_decode::<Value>(token).expect("claims").claims
}

#[test]
fn only_a_token_that_was_given_signs_anybody_in() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
    let token = a.token.clone().expect("a token");
    let good = claims(&token);
    let pkcs8 = std::fs::read(&registry.signing_key).expect("the key");
    let own_key = EncodingKey::from_ed_der(&pkcs8);
    let signed =
        |claims: &Value| encode(&Header::new(Algorithm::EdDSA), claims, &own_key).expect("a token");
    let mut person = registry.nobody("demo");
    person.token = Some(signed(&good));
    person.get("/v1/me").expect(200);

    let now = good["nbf"].as_i64().expect("a time");
    let without = |member: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().expect("claims").remove(member);
        signed(&claims)
    };
    let changed = |members: Value| signed(&with(&good, &members));
    let other_key = concord_app::auth::Keys::generate().expect("a key");
    let header = |algorithm: Algorithm| Header::new(algorithm);
    let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&pkcs8).expect("a key");
    let public_key = pair.public_key().as_ref();
    let hmac = |secret: &[u8]| {
        let key = EncodingKey::from_secret(secret);
        encode(&header(Algorithm::HS256), &good, &key).expect("a token")
    };
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    let parts: Vec<&str> = token.split('.').collect();
    let of_b = b.token.clone().expect("a token");
    let forged = [
        format!("{none}.{}.", payload(&token)),
        format!("{none}.{}.{}", payload(&token), parts[2]),
        hmac(public_key),
        hmac(&pkcs8),
        hmac(b""),
        encode(&header(Algorithm::EdDSA), &good, &EncodingKey::from_ed_der(&other_key))
            .expect("a token"),
        without("aud"),
        without("iss"),
        without("sub"),
        without("exp"),
        without("nbf"),
        without("gen"),
        changed(json!({"aud": "another"})),
        changed(json!({"aud": []})),
        changed(json!({"iss": "another"})),
        changed(json!({"exp": now})),
        changed(json!({"exp": (now + 60).to_string()})),
        changed(json!({"exp": f64::MAX})),
        changed(json!({"nbf": now + 1})),
        changed(json!({"nbf": now.to_string()})),
        changed(json!({"sub": "00000000-0000-4000-8000-000000000000"})),
        changed(json!({"sub": "administrator"})),
        changed(json!({"gen": 7})),
        format!("{}.{}.{}", parts[0], payload(&of_b), parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], &parts[2][1..]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}.{}.", parts[0], parts[1]),
        "x".repeat(5_000),
        "..".to_owned(),
        String::new(),
    ];
    let refused = all_of(&registry.nobody("demo").get("/v1/me"));
    assert_eq!(refused.0, 401);
    for token in forged {
        person.token = Some(token.clone());
        let answer = person.get("/v1/me");
        is_problem(&answer, 401, "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        assert_eq!(all_of(&answer), refused, "{token}");
        is_problem(&person.post("engagements", &json!({})), 401, "unauthenticated");
    }
}

#[test]
fn a_token_ends_after_half_an_hour() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let a = registry.member("demo", "a");
    registry.pass_seconds(30 * 60 - 1);
    a.get("/v1/me").expect(200);
    registry.pass_seconds(1);
    is_problem(&a.get("/v1/me"), 401, "unauthenticated");
    // A clock that was put back does not bring a token before its time.
    registry.pass_seconds(-30 * 60 - 1);
    is_problem(&a.get("/v1/me"), 401, "unauthenticated");
}

#[test]
fn a_token_is_sent_in_one_way() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let a = registry.member("demo", "a");
    let token = a.token.clone().expect("a token");
    let nobody = registry.nobody("demo");
    for value in [token.clone(), format!("Basic {token}"), format!("Bearer{token}")] {
        let headers = [("authorization", value.as_str())];
        is_problem(&nobody.request("GET", "/v1/me", &headers, None), 401, "unauthenticated");
    }
    is_problem(&nobody.get(&format!("/v1/me?access_token={token}")), 401, "unauthenticated");
    let twice = [("authorization", format!("Bearer {token}"))];
    let headers = [("authorization", "Bearer x"), ("authorization", twice[0].1.as_str())];
    is_problem(&nobody.request("GET", "/v1/me", &headers, None), 401, "unauthenticated");
}

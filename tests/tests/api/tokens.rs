//! Tokens that nobody was given.

use std::net::TcpListener;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use concord_app::auth;
use concord_tests::{Database, Registry, small_world};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header,
    crypto::sign,
    encode,
    jwk::{Jwk, ThumbprintHash},
};
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

/// A part of a token: JSON in base64url.
fn part(json: &Value) -> String {
    let key = EncodingKey::from_secret(b"any");
    let token = encode(&Header::default(), json, &key).expect("a token");
    payload(&token).to_owned()
}

/// A token with this header and these claims, signed with a key of Ed25519.
fn signed(header: &Value, claims: &Value, pkcs8: &[u8]) -> String {
    let said = format!("{}.{}", part(header), part(claims));
    let key = EncodingKey::from_ed_der(pkcs8);
    let signature = sign(said.as_bytes(), &key, Algorithm::EdDSA).expect("a signature");
    format!("{said}.{signature}")
}

/// The public half of a key, as a JWK.
fn jwk(pkcs8: &[u8]) -> Value {
    let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).expect("a key");
    let public_key = DecodingKey::from_ed_der(pair.public_key().as_ref());
    let mut jwk = Jwk::from_decoding_key(&public_key, Some(Algorithm::EdDSA)).expect("a key");
    jwk.common.key_id = Some(jwk.thumbprint(ThumbprintHash::SHA256).expect("an id"));
    serde_json::to_value(jwk).expect("JSON")
}

/// Fails unless each of these tokens is refused like no token at all.
#[track_caller]
fn are_refused(registry: &Registry, tokens: impl IntoIterator<Item = String>) {
    let refused = all_of(&registry.nobody("demo").get("/v1/me"));
    assert_eq!(refused.0, 401);
    let mut person = registry.nobody("demo");
    for token in tokens {
        person.token = Some(token.clone());
        let answer = person.get("/v1/me");
        is_problem(&answer, 401, "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        assert_eq!(all_of(&answer), refused, "{token}");
        is_problem(&person.post("engagements", &json!({})), 401, "unauthenticated");
    }
}

#[track_caller]
fn is_taken(registry: &Registry, token: String) {
    let mut person = registry.nobody("demo");
    person.token = Some(token);
    person.get("/v1/me").expect(200);
    person.get("engagements").expect(200);
}

/// A registry with somebody's token, its claims, and the key that signed it.
fn given() -> (Registry, String, Value, Vec<u8>) {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let token = registry.member("demo", "a").token.expect("a token");
    let pkcs8 = std::fs::read(&registry.signing_key).expect("the key");
    let good = claims(&token);
    (registry, token, good, pkcs8)
}

#[test]
fn a_token_says_what_it_must_and_in_no_other_way() {
    let (registry, _, good, pkcs8) = given();
    let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": jwk(&pkcs8)["kid"]});
    let with_claims = |claims: &Value| signed(&header, claims, &pkcs8);
    is_taken(&registry, with_claims(&good));
    let b = registry.member("demo", "b").token.expect("a token");
    let now = good["nbf"].as_i64().expect("a time");
    let changes = [
        json!({"aud": "another"}),
        json!({"aud": []}),
        json!({"aud": ["another", "concord"]}),
        json!({"iss": "another"}),
        json!({"iss": ""}),
        json!({"exp": now}),
        json!({"exp": now - 1}),
        json!({"exp": (now + 60).to_string()}),
        json!({"exp": [now + 60]}),
        json!({"exp": {"after": now + 60}}),
        json!({"exp": true}),
        json!({"exp": f64::MAX}),
        json!({"exp": u64::MAX}),
        json!({"exp": -1}),
        json!({"nbf": now + 1}),
        json!({"nbf": now.to_string()}),
        json!({"nbf": [now]}),
        json!({"nbf": 0.5}),
        json!({"nbf": true}),
        json!({"nbf": {"before": now}}),
        json!({"nbf": u64::MAX}),
        json!({"nbf": ""}),
        json!({"exp": ""}),
        json!({"aud": {"concord-api": true}}),
        json!({"iat": "now"}),
        json!({"sub": "00000000-0000-4000-8000-000000000000"}),
        json!({"sub": "administrator"}),
        json!({"sub": claims(&b)["sub"]}),
        json!({"sid": claims(&b)["sid"]}),
        json!({"sid": "00000000-0000-4000-8000-000000000000"}),
        json!({"sid": good["sub"]}),
        json!({"sid": 7}),
        json!({"sid": [good["sid"]]}),
        json!({"jti": "x"}),
    ];
    are_refused(&registry, changes.iter().map(|change| with_claims(&with(&good, change))));
    for member in ["aud", "iss", "sub", "exp", "nbf", "iat", "sid", "jti"] {
        let mut without = good.clone();
        without.as_object_mut().expect("claims").remove(member).expect("it is there");
        are_refused(
            &registry,
            [with_claims(&without), with_claims(&with(&good, &json!({member: null})))],
        );
    }
    are_refused(&registry, [json!([]), json!("x"), json!(null)].iter().map(with_claims));
}

#[test]
fn only_the_key_that_signs_here_signs_anybody_in() {
    let (registry, token, good, pkcs8) = given();
    let own = jwk(&pkcs8);
    let foreign = auth::KeyRing::generate().expect("a key");
    let of_foreign = jwk(&foreign);
    let header = |members: Value| with(&json!({"alg": "EdDSA", "typ": "JWT"}), &members);
    let public_key = {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&pkcs8).expect("a key");
        pair.public_key().as_ref().to_vec()
    };
    let hmac = |algorithm: Algorithm, secret: &[u8]| {
        let mut header = Header::new(algorithm);
        header.kid = own["kid"].as_str().map(str::to_owned);
        encode(&header, &good, &EncodingKey::from_secret(secret)).expect("a token")
    };
    let unsigned = |alg: &str| part(&json!({"alg": alg, "typ": "JWT", "kid": own["kid"]}));
    let parts: Vec<&str> = token.split('.').collect();
    let of_b = registry.member("demo", "b").token.expect("a token");
    let x = own["x"].as_str().expect("a key");
    let mut forged = vec![
        hmac(Algorithm::HS256, &public_key),
        hmac(Algorithm::HS512, &public_key),
        hmac(Algorithm::HS256, x.as_bytes()),
        hmac(Algorithm::HS256, own.to_string().as_bytes()),
        hmac(Algorithm::HS256, &pkcs8),
        hmac(Algorithm::HS256, b""),
        signed(&header(json!({"kid": own["kid"]})), &good, &foreign),
        signed(&header(json!({"kid": of_foreign["kid"]})), &good, &foreign),
        // A good signature, by a key that is not named, or named in no way that is known.
        signed(&header(json!({})), &good, &pkcs8),
        signed(&header(json!({"kid": of_foreign["kid"]})), &good, &pkcs8),
        signed(&header(json!({"kid": ""})), &good, &pkcs8),
        signed(&header(json!({"kid": "../../dev/null"})), &good, &pkcs8),
        signed(&header(json!({"kid": "' OR '1' = '1"})), &good, &pkcs8),
        signed(&header(json!({"kid": 1})), &good, &pkcs8),
        signed(&header(json!({"kid": [own["kid"]]})), &good, &pkcs8),
        signed(&header(json!({"kid": own["kid"], "alg": "HS256"})), &good, &pkcs8),
        signed(&header(json!({"kid": own["kid"], "alg": "none"})), &good, &pkcs8),
        // A good signature that is said to be of another kind, by which the key would be read
        // otherwise.
        signed(&header(json!({"kid": own["kid"], "alg": "RS256"})), &good, &pkcs8),
        signed(&header(json!({"kid": own["kid"], "alg": "PS256"})), &good, &pkcs8),
        signed(&header(json!({"kid": own["kid"], "alg": "ES256"})), &good, &pkcs8),
        signed(&header(json!({"kid": own["kid"], "alg": "eddsa"})), &good, &pkcs8),
        signed(&header(json!({"kid": own["kid"], "alg": ["EdDSA"]})), &good, &pkcs8),
        signed(&header(json!({"kid": own["kid"], "alg": "dir", "enc": "A256GCM"})), &good, &pkcs8),
        format!("concord_tool_{token}"),
        format!("{token}.{}.{}", parts[1], parts[2]),
        signed(&header(json!({"kid": own["kid"], "crit": ["b64"], "b64": true})), &good, &pkcs8),
        format!("{}.{}.{}", parts[0], payload(&of_b), parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], &parts[2][1..]),
        format!("{}.{}.{}.{}", parts[0], parts[1], parts[2], parts[2]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}.{}.", parts[0], parts[1]),
        "x".repeat(5_000),
        "..".to_owned(),
        String::new(),
    ];
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        forged.push(format!("{}.{}.", unsigned(alg), parts[1]));
        forged.push(format!("{}.{}.{}", unsigned(alg), parts[1], parts[2]));
    }
    // The header brings its own key, or says where there is one.
    let own_server = format!("{}/.well-known/jwks.json", registry.url());
    for brought in [
        json!({"jwk": of_foreign}),
        json!({"jku": "https://attacker.example/jwks.json"}),
        json!({"jku": own_server}),
        json!({"x5u": "https://attacker.example/chain.pem"}),
        json!({"x5c": [x], "x5t": "x", "x5t#S256": "x"}),
    ] {
        for kid in [&own["kid"], &of_foreign["kid"], &Value::Null] {
            let header = with(&header(json!({"kid": kid})), &brought);
            forged.push(signed(&header, &good, &foreign));
        }
        // Beside a good signature none of that is looked at.
        let header = with(&header(json!({"kid": own["kid"]})), &brought);
        is_taken(&registry, signed(&header, &good, &pkcs8));
    }
    are_refused(&registry, forged);
    is_taken(&registry, token);
}

#[test]
fn no_key_is_ever_fetched_from_where_a_token_says() {
    let (registry, _, good, pkcs8) = given();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}/keys.json", listener.local_addr().expect("an address"));
    let foreign = auth::KeyRing::generate().expect("a key");
    for (named, is_good) in [("jku", false), ("x5u", false), ("jku", true), ("x5u", true)] {
        let key = if is_good { &pkcs8 } else { &foreign };
        let header = json!({"alg": "EdDSA", "kid": jwk(key)["kid"], named: address});
        let token = signed(&header, &good, key);
        if is_good {
            is_taken(&registry, token);
        } else {
            are_refused(&registry, [token]);
        }
    }
    listener.set_nonblocking(true).expect("it can be asked");
    assert!(listener.accept().is_err(), "somebody came for a key");
}

#[test]
fn what_a_token_says_besides_gives_nobody_more() {
    let (registry, token, good, pkcs8) = given();
    let header = json!({"alg": "EdDSA", "kid": jwk(&pkcs8)["kid"]});
    let more = json!({
        "administrator": true, "role": "desk", "roles": ["administrator"], "scope": "export",
        "proved_at": good["nbf"], "amr": ["mfa"],
    });
    let mut person = registry.nobody("demo");
    person.token = Some(signed(&header, &with(&good, &more), &pkcs8));
    let mut plain = registry.nobody("demo");
    plain.token = Some(token);
    assert_eq!(all_of(&person.get("/v1/me")), all_of(&plain.get("/v1/me")));
    registry.pass_seconds(600);
    is_problem(&person.get("bundle"), 403, "step_up_required");
    let operation = json!({"key": "other", "name": "Other", "country": "SSD"});
    is_problem(&person.post("/v1/operations", &operation), 403, "forbidden");
}

#[test]
fn a_token_of_a_session_that_ended_is_refused_whoever_signed_it() {
    let (registry, token, good, pkcs8) = given();
    let header = json!({"alg": "EdDSA", "kid": jwk(&pkcs8)["kid"]});
    let a = registry.member("demo", "a");
    let own = claims(a.token.as_deref().expect("a token"));
    a.delete("/v1/tokens/current").expect(204);
    are_refused(&registry, [signed(&header, &own, &pkcs8), a.token.clone().expect("a token")]);
    // Neither another's session nor another session of one's own stands in for it.
    are_refused(
        &registry,
        [
            signed(&header, &with(&own, &json!({"sid": good["sid"]})), &pkcs8),
            signed(&header, &with(&good, &json!({"sid": own["sid"]})), &pkcs8),
        ],
    );
    is_taken(&registry, token);
}

#[test]
fn a_token_ends_after_a_quarter_of_an_hour() {
    let registry = Registry::with(Database::Sqlite, &small_world());
    let a = registry.member("demo", "a");
    registry.pass_seconds(15 * 60 - 1);
    a.get("/v1/me").expect(200);
    registry.pass_seconds(1);
    is_problem(&a.get("/v1/me"), 401, "unauthenticated");
    // A clock that was put back does not bring a token before its time.
    registry.pass_seconds(-15 * 60 - 1);
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

//! How long pages take, one after the other, for somebody who is signed in.

use std::time::Instant;

use serde_json::json;

use crate::{
    data::{PASSWORD, login},
    http::{Connection, Request},
    load::Round,
    server::Server,
    world::OPERATION,
};

/// How often each page is asked for, after it was asked for a few times.
const ASKED: usize = 100;
const ASKED_BEFORE: usize = 5;

/// Each page by what people do on it, with how long it takes.
pub fn measure(server: &Server) -> Vec<(&'static str, Round)> {
    let mut connection = Connection::open(&server.address);
    let fields = format!("login={}&password={}", login(0), PASSWORD.replace(' ', "+"));
    let signed_in = connection.send(&Request::form("/sign-in", &fields));
    let cookie = signed_in.cookie.expect("a session");
    let token = Some(server.tokens[0].as_str());
    let mut first = |method: &str, path: &str, body: Option<serde_json::Value>| {
        let path = format!("/v1/operations/{OPERATION}/{path}");
        connection.send(&Request::new(method, &path, token, body.as_ref())).json()["items"][0]
            .clone()
    };
    let text = |value: &serde_json::Value| value.as_str().expect("an id").to_owned();
    let flag = text(&first("GET", "flags?limit=1", None)["id"]);
    let entry = first("GET", "engagements?limit=1", None);
    // The armed actor that most talk to.
    let actor = text(&first("POST", "search", Some(json!({"limit": 1})))["armed_actor"]);
    let pages = [
        ("home", String::new()),
        ("flags", "/flags".to_owned()),
        ("a flag", format!("/flags/{flag}")),
        ("the form to log", "/log".to_owned()),
        ("an entry", format!("/entries/{}", text(&entry["id"]))),
        ("before a meeting", "/meeting".to_owned()),
        ("an armed actor", format!("/armed-actors/{actor}")),
        ("who talks to whom", "/network".to_owned()),
        ("the form of the report", "/report".to_owned()),
        ("contact", "/contact".to_owned()),
    ];
    let mut ask = |path: &str| {
        let request = Request::page(&format!("/operations/{OPERATION}{path}"), &cookie);
        let sent = Instant::now();
        let answer = connection.send(&request);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        sent.elapsed()
    };
    let timed = |(name, path): (&'static str, String)| {
        for _ in 0..ASKED_BEFORE {
            ask(&path);
        }
        let begun = Instant::now();
        let latencies = (0..ASKED).map(|_| ask(&path)).collect();
        let per_second = ASKED as f64 / begun.elapsed().as_secs_f64();
        (name, Round { per_second, latencies })
    };
    pages.into_iter().map(timed).collect()
}

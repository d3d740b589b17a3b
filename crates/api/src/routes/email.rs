//! To which address one is told by e-mail that something waits.

use actix_web::http::Method;
use concord_app::{Error, email};
use concord_domain::{email::Sends, fault::FaultCode, vocabulary::Closed};
use serde_json::{Value, json};

use super::{Route, Schema, people::texts};
use crate::{
    call::{Answer, Call, Result},
    views::time,
};

const PATH: &str = "/v1/me/email";
const TAG: &str = "notifications";

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            PATH,
            ("get_email", TAG),
            "Read to which address you are told that something waits",
            get,
        )
        .answers(200, Schema::named("EmailAddress")),
        Route::new(
            Method::POST,
            PATH,
            ("set_email", TAG),
            "Give an address, to be told there that something waits",
            set,
        )
        .about(
            "A code is sent there, in the language of this request; confirm the address with it \
             within half an hour. What is sent afterwards says that something waits and where to \
             sign in, and nothing of what it is. Messages go in rounds, each quarter of an hour, \
             and a digest on Mondays. The former address, if there is one, is forgotten at once; \
             a new password forgets it too. Five codes are sent in a day.",
        )
        .body(
            Schema::named("NewEmailAddress"),
            json!({"address": "adviser@rtw.example", "sends": "digest"}),
        )
        .answers_nothing(),
        Route::new(
            Method::POST,
            format!("{PATH}/confirmation"),
            ("confirm_email", TAG),
            "Confirm your address with the code that was sent there",
            confirm,
        )
        .body(Schema::named("EmailCode"), json!({"code": "0f3a9-52c7d-81b60-4e2fa"}))
        .answers_nothing(),
        Route::new(
            Method::POST,
            format!("{PATH}/choice"),
            ("choose_email", TAG),
            "Choose what is sent to your address",
            choose,
        )
        .about("It is written in the language of this request from now on.")
        .body(Schema::named("EmailChoice"), json!({"sends": "each"}))
        .answers_nothing(),
        Route::new(
            Method::DELETE,
            PATH,
            ("remove_email", TAG),
            "Remove your address, at once",
            remove,
        )
        .answers_nothing(),
    ]
}

/// The schema of what is sent.
pub fn schema() -> (String, Value) {
    let codes: Vec<&str> = Sends::ALL.iter().map(|sends| sends.code()).collect();
    let sends = json!({
        "type": "string",
        "enum": codes,
        "description": "What is sent. `digest`: a message a week, on Monday at 6 (UTC), if something \
            waits that you have not seen. `each`: that, and a message in the next quarter of an hour \
            when something comes to wait, one for all of it; of what is listed without a day, the \
            next morning at 6. `nothing`: the address is kept, and nothing is sent.",
    });
    ("EmailSends".to_owned(), sends)
}

fn get(call: &Call) -> Result<Answer> {
    let address = email::address(&call.app, call.person()?)?;
    let address = address.as_ref();
    Ok(Answer::json(&json!({
        "address": address.map(|it| it.address.as_str()),
        "sends": address.map(|it| it.sends.code()),
        "language": address.map(|it| it.language.code()),
        "confirmed_at": address.and_then(|it| it.confirmed_at).map(time),
    })))
}

fn set(call: &Call) -> Result<Answer> {
    let [address, written] = texts(call, ["address", "sends"])?.map(Option::unwrap_or_default);
    email::set(&call.app, call.person()?, &address, sends(&written)?)?;
    Ok(Answer::nothing())
}

fn confirm(call: &Call) -> Result<Answer> {
    let [code] = texts(call, ["code"])?.map(Option::unwrap_or_default);
    email::confirm(&call.app, call.person()?, &code)?;
    Ok(Answer::nothing())
}

fn choose(call: &Call) -> Result<Answer> {
    let [written] = texts(call, ["sends"])?.map(Option::unwrap_or_default);
    email::choose(&call.app, call.person()?, sends(&written)?)?;
    Ok(Answer::nothing())
}

fn remove(call: &Call) -> Result<Answer> {
    email::remove(&call.app, call.person()?)?;
    Ok(Answer::nothing())
}

fn sends(written: &str) -> Result<Sends> {
    Sends::from_code(written).ok_or_else(|| {
        let codes: Vec<&str> = Sends::ALL.iter().map(|sends| sends.code()).collect();
        let detail = format!("what is sent is one of {}", codes.join(", "));
        Error::at("sends", FaultCode::UnknownCode, detail).into()
    })
}

//! Checking before a meeting, the receipts of that, and what the desk is told of budgets that are spent.

use actix_web::http::Method;
use concord_app::{
    checks::{self, Checked, ShownReceipt},
    resources::Sent,
};
use concord_domain::checking::Word;
use serde_json::{Value, json};

use super::{PAGE, Route, Schema, within};
use crate::{
    call::{Answer, Call, Result},
    views::{Flag, each, time},
};

/// The routes.
pub fn routes() -> Vec<Route> {
    let list = within("checks");
    let item = within("checks/{id}");
    vec![
        Route::new(
            Method::POST,
            &list,
            ("check", "checks"),
            "Check before a meeting, without logging an engagement",
            check,
        )
        .about(
            "Names an armed actor, at least one place of level 1 or below, at most 31 days, at \
             least one issue, and a purpose. What you may read is answered in full, and of the \
             rest one word; `none_known` is no clearance. The question and the word are kept. \
             Checks, and entries that are logged or changed, count against the same budgets of a \
             day; beyond them it is answered with 429.",
        )
        .takes_key()
        .body(Schema::named("NewIntention"), question())
        .answers(200, Schema::named("CheckAnswer")),
        Route::new(
            Method::GET,
            &list,
            ("list_checks", "checks"),
            "List the receipts of your checks, the newest first",
            receipts,
        )
        .about("A focal point sees those of the whole organisation. No word is found anew.")
        .query(PAGE)
        .answers(200, Schema::PageOf("Check".to_owned())),
        Route::new(Method::GET, &item, ("get_check", "checks"), "Read the receipt of a check", get)
            .about("The word is the one that was told; it is not found anew.")
            .answers(200, Schema::named("Check")),
        Route::new(
            Method::GET,
            within("desk/waiting"),
            ("list_waiting", "desk"),
            "Read whose restricted lines follow on a later day",
            waiting,
        )
        .about(
            "Entries that were logged or changed beyond a budget. Their owners cannot see yet what \
             they meet: the desk can put them in touch, or the operation raise the budget.",
        )
        .answers(200, Schema::ListOf("WaitingOrganization".to_owned())),
    ]
}

fn question() -> Value {
    json!({
        "organization": "rtw",
        "armed_actor": "ufv-sefa",
        "level": "tactical",
        "method": "negotiation",
        "from": "2026-11-20",
        "until": "2026-12-20",
        "places": ["XT030102"],
        "asks": [{
            "issue": "access.movement.checkpoints",
            "action": "remove_checkpoint",
            "terms": {"route": "Sefa bridge road"}
        }],
        "purpose": "A meeting at the bridge on Thursday"
    })
}

fn check(call: &Call) -> Result<Answer> {
    let sent = Sent { body: &call.body, idempotency_key: call.idempotency_key() };
    let found = checks::check(&call.app, call.person()?, call.operation(), sent)?;
    let Checked { receipt, flags, word, note, left: (person, organization) } = found;
    let body = json!({
        "receipt": receipt,
        "flags": each::<_, Flag>(flags),
        "word": word.code(),
        "note": note,
        "left": {"person": person, "organization": organization},
    });
    Ok(of_one_size(&body, [word]))
}

/// An answer that is as long whichever words stand in it, and is not compressed, since that would
/// make it shorter with some.
fn of_one_size(body: &Value, words: impl IntoIterator<Item = Word>) -> Answer {
    let missing = words.into_iter().map(|word| Word::LETTERS_MAX - word.code().len()).sum();
    Answer::json(body).longer_by(missing).with_header("Content-Encoding", "identity".to_owned())
}

fn receipt(receipt: &ShownReceipt) -> Value {
    json!({
        "id": receipt.id,
        "asked_at": time(receipt.asked_at),
        "asked_by": receipt.asked_by,
        "question": receipt.question,
        "word": receipt.word.code(),
        "note": receipt.note,
    })
}

fn receipts(call: &Call) -> Result<Answer> {
    let found = checks::list(&call.app, call.person()?, call.operation(), &call.page()?)?;
    let words: Vec<Word> = found.items.iter().map(|each| each.word).collect();
    let items: Vec<Value> = found.items.iter().map(receipt).collect();
    Ok(of_one_size(&json!({ "items": items, "next": found.next }), words))
}

fn get(call: &Call) -> Result<Answer> {
    let found = checks::get(&call.app, call.person()?, call.operation(), call.id()?)?;
    let word = found.word;
    Ok(of_one_size(&receipt(&found), [word]))
}

fn waiting(call: &Call) -> Result<Answer> {
    let waiting = checks::waiting(&call.app, call.person()?, call.operation())?.into_iter();
    let items = waiting.map(|each| {
        json!({
            "organization": each.organization.0,
            "entries": each.entries,
            "since": each.since.to_string(),
        })
    });
    Ok(Answer::json(&json!({ "items": items.collect::<Value>() })))
}

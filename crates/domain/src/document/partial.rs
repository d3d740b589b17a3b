//! What can be said of an object some of whose members are wrong: its other faults are told as
//! well, so that nobody mends one to be told of the next.

use serde_json::{Map, Value};

use super::Reader;
use crate::{
    fault::{FaultCode, Pointer, quoted},
    vocabulary::{Action, Code, Term},
    window::parse_day,
};

/// Notes what is wrong between those members that are right.
pub fn check(object: &Map<String, Value>, at: &Pointer<'_>, reader: &mut Reader<'_>) {
    let text = |member: &str| object.get(member).and_then(Value::as_str);
    let day = |member: &str| text(member).and_then(parse_day);
    if let (Some(from), Some(until)) = (day("from"), day("until"))
        && until < from
    {
        let detail = format!("it ends on {until}, before it begins on {from}");
        reader.fault(&at.member("until"), FaultCode::ReversedWindow, detail);
    }
    let others = [("partners", text("organization")), ("follows", text("key"))];
    for (list, own) in others {
        let named = object.get(list).and_then(Value::as_array).into_iter().flatten();
        if let (Some(own), Some(index)) =
            (own, named.into_iter().position(|item| item.as_str() == own))
        {
            let detail = format!("{} cannot stand here itself", quoted(own));
            reader.fault(&at.member(list).item(index), FaultCode::SelfReference, detail);
        }
    }
    let terms = object.get("terms").and_then(Value::as_object).into_iter().flatten();
    if let Some(action) = text("action").and_then(Action::from_code) {
        let known = terms.filter_map(|(name, _)| Term::from_code(name));
        for term in known.filter(|term| !action.takes(*term)) {
            let detail = format!("`{}` takes no term `{}`", action.code(), term.code());
            let list = at.member("terms");
            reader.fault(&list.member(term.code()), FaultCode::TermNotTaken, detail);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::replay::replay;

    #[test]
    fn a_wrong_member_hides_no_fault_between_the_others() {
        let bundle = json!({
            "format": "concord.bundle/1",
            "operation": {"key": "o", "name": "O"},
            "organizations": [{"key": "a", "name": "A", "kind": "ingo"}],
            "armed_actors": [{"key": "g", "name": "G", "kind": "militia"}],
            "engagements": [{
                "key": "e", "organization": "a", "partners": ["a"], "armed_actor": "g",
                "level": "tactic", "method": "negotiation", "status": "ongoing",
                "from": "2026-02-01", "until": "2026-01-01", "follows": ["e"],
                "asks": [{"key": "k", "issue": "acces", "action": "stop",
                          "terms": {"route": "one"}}],
            }],
        });
        let faults = replay(&bundle).unwrap_err();
        let places: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(
            places,
            [
                "/engagements/0/asks/0/issue",
                "/engagements/0/asks/0/terms/route",
                "/engagements/0/follows/0",
                "/engagements/0/level",
                "/engagements/0/partners/0",
                "/engagements/0/until",
            ]
        );
    }
}

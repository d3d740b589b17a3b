//! Codes, members and keys that are not known, and members that are missing.

use serde_json::{Value, json};

use crate::{refuses, with};

#[test]
fn a_code_that_is_not_in_its_list_is_told_with_the_nearest() {
    for (pointer, written, nearest) in [
        ("/mechanisms/0/kind", "acess_working_group", "access_working_group"),
        ("/organizations/0/kind", "ing", "ingo"),
        ("/armed_actors/0/kind", "milita", "militia"),
        ("/leads/0/level", "tacticall", "tactical"),
        ("/leads/0/issue", "acces", "access"),
        ("/common_positions/0/issue", "protction", "protection"),
        ("/common_positions/0/excludes_actions", "", ""),
        ("/commitments/0/kind", "writen_agreement", "written_agreement"),
        ("/commitments/0/issue", "access.movement.checkpoint", "access.movement.checkpoints"),
        ("/commitments/0/action", "allow_pasage", "allow_passage"),
        ("/commitments/0/status", "inforce", "in_force"),
        ("/engagements/0/level", "tactic", "tactical"),
        ("/engagements/0/method", "negotation", "negotiation"),
        ("/engagements/0/status", "ongoin", "ongoing"),
        ("/engagements/0/channel", "telephon", ""),
        ("/engagements/0/via/kind", "comunity_leader", "community_leader"),
        ("/engagements/0/audience", "operations", "operation"),
        ("/engagements/0/disclosure", "matc", "match"),
        (
            "/engagements/0/asks/0/issue",
            "access.movement.checkpoins",
            "access.movement.checkpoints",
        ),
        ("/engagements/0/asks/0/offer", "paymnt", "payment"),
        ("/engagements/0/asks/0/status", "opened", "open"),
        ("/engagements/0/demands/0/kind", "fees", "fee"),
        ("/engagements/0/demands/0/response", "decline", "declined"),
    ] {
        if written.is_empty() {
            continue;
        }
        let bundle = with(&[(pointer, Some(json!(written)))]);
        let offered = (!nearest.is_empty()).then_some(nearest);
        refuses(&bundle, &[(pointer, "unknown_code")], offered);
    }
    for (list, item, nearest) in [
        ("/common_positions/0/excludes_actions", "allow_pasage", "allow_passage"),
        ("/common_positions/0/excludes_offers", "paymnt", "payment"),
        ("/common_positions/0/refuses_demands", "fees", "fee"),
        ("/engagements/0/approaches", "common_intrest", "common_interest"),
    ] {
        let bundle = with(&[(list, Some(json!([item])))]);
        refuses(&bundle, &[(&format!("{list}/0"), "unknown_code")], Some(nearest));
    }
}

#[test]
fn a_member_that_no_object_has_is_told_with_the_nearest() {
    for (object, near) in [
        ("", "operation"),
        ("/operation", "name"),
        ("/places/0", "name"),
        ("/mechanisms/0", "name"),
        ("/organizations/0", "acronym"),
        ("/armed_actors/0", "aliases"),
        ("/leads/0", "level"),
        ("/common_positions/0", "title"),
        ("/commitments/0", "engagement"),
        ("/engagements/0", "partners"),
        ("/engagements/0/via", "consent"),
        ("/engagements/0/asks/0", "offer"),
        ("/engagements/0/demands/0", "response"),
        ("/engagements/0/contacts/0", "note"),
    ] {
        let pointer = format!("{object}/{near}x");
        let bundle = with(&[(&pointer, Some(json!(1)))]);
        refuses(&bundle, &[(&pointer, "unknown_member")], Some(near));
    }
}

#[test]
fn a_member_that_is_needed_is_missed_whether_left_out_or_null() {
    let needed = [
        "/format",
        "/operation",
        "/operation/key",
        "/operation/name",
        "/places/0/name",
        "/mechanisms/0/name",
        "/mechanisms/0/kind",
        "/organizations/1/name",
        "/organizations/1/kind",
        "/armed_actors/0/name",
        "/armed_actors/0/kind",
        "/leads/0/key",
        "/leads/0/armed_actor",
        "/leads/0/organization",
        "/common_positions/0/key",
        "/common_positions/0/title",
        "/common_positions/0/issue",
        "/commitments/0/key",
        "/commitments/0/armed_actor",
        "/commitments/0/kind",
        "/commitments/0/issue",
        "/commitments/0/action",
        "/engagements/0/organization",
        "/engagements/0/armed_actor",
        "/engagements/0/level",
        "/engagements/0/method",
        "/engagements/0/status",
        "/engagements/0/from",
        "/engagements/0/asks/0/key",
        "/engagements/0/asks/0/issue",
        "/engagements/0/asks/0/action",
        "/engagements/0/demands/0/key",
        "/engagements/0/demands/0/kind",
        "/engagements/0/demands/0/response",
        "/engagements/0/contacts/0/on",
        "/engagements/0/via/kind",
    ];
    for pointer in needed {
        for value in [None, Some(Value::Null)] {
            refuses(&with(&[(pointer, value)]), &[(pointer, "missing")], None);
        }
    }
}

#[test]
fn a_key_that_stands_for_nothing_is_told_and_the_nearest_is_offered() {
    for (pointer, written, nearest) in [
        ("/places/1/parent", "unitt", "unity"),
        ("/organizations/0/mechanisms/0", "aw", "awg"),
        ("/armed_actors/1/parent", "groop", "group"),
        ("/leads/0/armed_actor", "groups", "group"),
        ("/leads/0/organization", "zz", ""),
        ("/leads/0/mechanism", "zz", ""),
        ("/common_positions/0/armed_actor", "nort", "north"),
        ("/commitments/0/armed_actor", "grop", "group"),
        ("/commitments/0/engagement", "zz", ""),
        ("/engagements/0/organization", "zz", ""),
        ("/engagements/0/partners/0", "zz", ""),
        ("/engagements/0/armed_actor", "nrth", "north"),
        ("/engagements/0/places/0", "leeer", "leer"),
        ("/engagements/0/follows/0", "zz", ""),
    ] {
        let list = pointer.rsplit_once('/').filter(|(_, member)| *member == "0");
        let bundle = match list {
            Some((list, _)) => with(&[(list, Some(json!([written])))]),
            None => with(&[(pointer, Some(json!(written)))]),
        };
        let offered = (!nearest.is_empty()).then_some(nearest);
        refuses(&bundle, &[(pointer, "unknown_reference")], offered);
    }
    let informed = with(&[("/engagements/0/informed", Some(json!(["awgg"])))]);
    refuses(&informed, &[("/engagements/0/informed/0", "unknown_reference")], Some("awg"));
}

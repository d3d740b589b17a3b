//! From what was noted to what is recorded.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDateTime, SecondsFormat};
use concord_domain::id::OrganizationId;
use concord_store::{
    Tx,
    audit::{Hash, Record},
    entries,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    deeds::{Deed, Deeds, Noted, Object, Whose},
    sha256,
};
use crate::{App, auth::hex, error::Result};

/// The most things that one record names.
const OBJECTS_MAX: usize = 1_000;

/// The records of what was noted; none if there is nothing to tell.
pub(crate) fn records(app: &App, tx: &mut Tx, deeds: &Deeds) -> Result<Option<Vec<Record>>> {
    let noted = deeds.0.borrow();
    if noted.objects.is_empty() && !noted.is_always_told {
        return Ok(None);
    }
    let owners = owners(tx, &noted)?;
    let mut parts: BTreeMap<(Deed, Option<Uuid>), BTreeMap<Uuid, &Object>> = BTreeMap::new();
    // Where somebody acts for one organisation, what belongs to none is in that one's part.
    let own = match noted.organizations.as_slice() {
        [one] => Some(one.0),
        _ => None,
    };
    for object in &noted.objects {
        let owner = match object.whose {
            Whose::Nobody => None,
            Whose::Organization(owner) => Some(owner.0),
            Whose::OfEntry(entry) | Whose::UntoldOfEntry(entry) => match owners.get(&entry) {
                Some(owner) => owner.map(|owner| owner.0),
                // What is only intended is no entry.
                None => continue,
            },
        };
        let is_own = owner.is_some_and(|id| noted.organizations.contains(&OrganizationId(id)));
        let is_seen = matches!(object.deed, Deed::Read | Deed::Matched);
        if is_own && is_seen {
            continue;
        }
        let part = match object.whose {
            Whose::UntoldOfEntry(_) => None,
            _ if is_seen => owner,
            _ => owner.or(own),
        };
        let of_part = parts.entry((object.deed, part)).or_default();
        // The later one binds what it has become, and a document says more than an entry.
        let known = of_part.get(&object.id).is_some_and(|known| known.kind != "entry");
        if object.kind != "entry" || !known {
            of_part.insert(object.id, object);
        }
    }
    // Whatever of others was met or shown: who reads the own part reads in any case what was done.
    let is_in_own_part = |(deed, part): &(Deed, _)| *part == own && *deed != Deed::Matched;
    if noted.is_always_told && !parts.keys().any(is_in_own_part) {
        parts.insert((Deed::Did, own), BTreeMap::new());
    }
    if parts.is_empty() {
        return Ok(None);
    }
    Ok(Some(written(app, &noted, parts)))
}

/// Whose the entries are of which this is not known.
fn owners(tx: &mut Tx, noted: &Noted) -> Result<BTreeMap<Uuid, Option<OrganizationId>>> {
    let entry = |object: &Object| match object.whose {
        Whose::OfEntry(entry) | Whose::UntoldOfEntry(entry) => Some(entry),
        Whose::Nobody | Whose::Organization(_) => None,
    };
    let ids: BTreeSet<Uuid> = noted.objects.iter().filter_map(entry).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let found = entries::disclosures(tx, noted.log, &ids)?;
    Ok(found.into_iter().map(|(id, owner, _)| (id, owner)).collect())
}

type Parts<'o> = BTreeMap<(Deed, Option<Uuid>), BTreeMap<Uuid, &'o Object>>;

fn written(app: &App, noted: &Noted, parts: Parts<'_>) -> Vec<Record> {
    let secret = app.ids.secret();
    let mut records = Vec::new();
    for ((deed, organization), objects) in parts {
        let objects: Vec<&Object> = objects.into_values().collect();
        let mut chunks: Vec<&[&Object]> = objects.chunks(OBJECTS_MAX).collect();
        if chunks.is_empty() {
            chunks.push(&[]);
        }
        // Of what this record is of alone, whatever others there are.
        let of = organization.map_or([0; 16], Uuid::into_bytes);
        for (number, objects) in chunks.into_iter().enumerate() {
            let part = [&secret[..], deed.code().as_bytes(), &of, &number.to_be_bytes()];
            let secret = sha256(&part);
            records.push(one(app, noted, (deed, organization, objects), &secret));
        }
    }
    records
}

/// A record. Its id and its salts come from a secret of its own.
fn one(
    app: &App,
    noted: &Noted,
    (deed, organization, objects): (Deed, Option<Uuid>, &[&Object]),
    secret: &Hash,
) -> Record {
    let at = app.now();
    let id = uuid_of(at, &sha256(&[secret, b"id"]));
    let mut salts = Vec::new();
    let mut shown = Vec::new();
    for object in objects {
        let mut named = json!({"kind": object.kind, "id": object.id});
        if let Some(content) = object.content {
            let salt = sha256(&[secret, b"salt", object.id.as_bytes()]);
            named["hash"] = hex(&sha256(&[&salt, &content])).into();
            salts.push((object.id, salt));
        }
        shown.push(named);
    }
    let acting: Vec<Uuid> = noted.organizations.iter().map(|each| each.0).collect();
    let text = json!({
        "id": id,
        "at": at.and_utc().to_rfc3339_opts(SecondsFormat::Micros, true),
        "by": noted.account,
        "for": acting,
        "of": organization,
        "deed": deed.code(),
        "action": app.doing.action,
        "objects": shown,
    })
    .to_string();
    let (log, deed, action) = (noted.log, deed.code(), app.doing.action);
    Record { id, log, at, organization, deed, action, text, salts }
}

/// An id that tells when and nothing else, as the record itself does: what is written together
/// stands together in every index.
fn uuid_of(at: NaiveDateTime, hash: &Hash) -> Uuid {
    let mut chance = [0; 10];
    chance.copy_from_slice(&hash[..10]);
    let milliseconds = u64::try_from(at.and_utc().timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &chance).into_uuid()
}

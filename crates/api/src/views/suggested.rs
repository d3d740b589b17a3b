//! Armed actors that may be meant by a name.

use concord_app::armed_actors::search::Suggested;
use concord_domain::{id::PlaceId, names::Reason, vocabulary::Code};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An armed actor that may be meant, with what tells it from others of its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestedArmedActor {
    /// Its id.
    pub armed_actor: Uuid,
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What kind of armed actor it is.
    pub kind: &'static str,
    /// The armed actor that it is a unit of.
    pub parent: Option<Called>,
    /// Where it is present.
    pub places: Vec<Called>,
    /// How alike the name that matched is to what was written, from 0 to 1.
    #[schema(example = 0.93)]
    pub score: f64,
    /// The name that matched.
    pub matched: MatchedName,
    /// In what the two are alike, and in what they differ.
    pub because: Vec<Likeness>,
}

/// Something by its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Called {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
}

/// A name that is like what was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatchedName {
    /// The name.
    pub name: String,
    /// The member that it stands in: `name`, `aliases`, `names`, `external_ids`, `key` or `id`.
    #[schema(example = "aliases")]
    pub field: &'static str,
    /// The language, of one that stands in `names`.
    pub language: Option<String>,
    /// The register, of one that stands in `external_ids`.
    pub register: Option<String>,
}

/// Something in which two names are alike, or differ.
#[derive(Debug, Serialize, ToSchema)]
pub struct Likeness {
    /// What it is.
    #[schema(example = "misspelt")]
    pub code: &'static str,
    /// The words that it is about, in plain letters.
    pub words: Vec<String>,
    /// The same as a sentence.
    #[schema(example = "`houti` and `houthi` differ in one letter.")]
    pub sentence: String,
}

impl From<Suggested> for SuggestedArmedActor {
    fn from(found: Suggested) -> Self {
        let likeness = |reason: Reason| Likeness {
            code: reason.code.code(),
            sentence: reason.sentence(found.language),
            words: reason.words,
        };
        let place = |(id, name): (PlaceId, String)| Called { id: id.0, name };
        Self {
            armed_actor: found.actor.identity.id.0,
            key: found.actor.identity.key.as_str().to_owned(),
            name: found.actor.name.as_str().to_owned(),
            kind: found.actor.kind.entry().code.as_str(),
            parent: found.parent.map(|(id, name)| Called { id: id.0, name }),
            places: found.places.into_iter().map(place).collect(),
            score: found.score,
            matched: MatchedName {
                field: found.field.member(),
                language: found.field.language().map(str::to_owned),
                register: found.field.register().map(str::to_owned),
                name: found.name,
            },
            because: found.because.into_iter().map(likeness).collect(),
        }
    }
}

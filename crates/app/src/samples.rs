//! The operations that the product ships: one fictional country to practise in, dated relative to
//! today, and two on the public record.

use concord_domain::window::Day;
use serde_json::Value;

use crate::error::{Error, Result};

/// A sample.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Its name.
    pub name: &'static str,
    text: &'static str,
}

/// The samples.
pub const SAMPLES: [Sample; 3] = [
    Sample { name: "exercise", text: include_str!("../samples/exercise.json") },
    Sample { name: "sudan", text: include_str!("../samples/sudan.json") },
    Sample { name: "yemen", text: include_str!("../samples/yemen.json") },
];

impl Sample {
    /// The sample of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        SAMPLES.into_iter().find(|sample| sample.name == name)
    }

    /// The bundle, with every day that is written relative to today.
    ///
    /// # Errors
    /// When the sample is broken.
    pub fn bundle(self, today: Day) -> Result<Value> {
        let broken = |error: serde_json::Error| Error::Internal(error.to_string());
        let mut bundle = serde_json::from_str(self.text).map_err(broken)?;
        date(&mut bundle, today);
        Ok(bundle)
    }
}

/// Writes `@-12` as the day twelve days before today.
fn date(value: &mut Value, today: Day) {
    match value {
        Value::String(text) => {
            let days = text.strip_prefix('@').and_then(|days| days.parse::<i64>().ok());
            let day =
                days.and_then(|days| today.checked_add_signed(chrono::TimeDelta::try_days(days)?));
            if let Some(day) = day {
                *text = day.to_string();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| date(item, today)),
        Value::Object(members) => members.values_mut().for_each(|member| date(member, today)),
        _ => {}
    }
}

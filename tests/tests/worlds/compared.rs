//! Whether two answers are the same, byte for byte, but for what is granted.

use concord_tests::{Answer, walk::Caller};
use serde_json::Value;

use crate::hidden::{Difference, Plan, reads_all_records};

/// The page that shows the audit log.
const AUDIT_PAGE: &str = "page GET /operations/{operation}/audit";

/// Where the answers of two worlds differ; none if they are the same.
pub fn differing(plan: &Plan, call: &str, (left, right): (&Answer, &Answer)) -> Option<String> {
    let granted = Granted::of(plan, call);
    if left.status != right.status {
        return Some(format!("status {} and {}", left.status, right.status));
    }
    // Where the bodies differ says more than that their lengths do.
    let (left, right) = (granted.cut(left), granted.cut(right));
    let (left, right) = if left.0 == right.0 { (left.1, right.1) } else { (left.0, right.0) };
    let both = left.bytes().zip(right.bytes());
    let at = both.take_while(|(left, right)| left == right).count();
    if at == left.len() && at == right.len() {
        return None;
    }
    let from = |text: &str| {
        let bytes = &text.as_bytes()[at.saturating_sub(120)..text.len().min(at + 120)];
        String::from_utf8_lossy(bytes).into_owned()
    };
    Some(format!("from byte {at} on:\n  left:  …{}…\n  right: …{}…", from(&left), from(&right)))
}

/// What sections 2 to 4 of the page on confidentiality grant, beyond what is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Granted {
    /// Nothing: all that is answered is the same.
    Nothing,
    /// The size of the log of audit: how long it is, and proofs of where something stands in it.
    Size,
    /// To an auditor: the codes and ids of everything. What binds a content is another for another.
    Records,
    /// To an auditor, if there is something in one of the worlds alone.
    Everything,
    /// To a focal point once a week has ended: how many checks and entries met those of the own
    /// organisation in it.
    Weeks,
}

impl Granted {
    fn of(plan: &Plan, call: &str) -> Self {
        let is_presence = plan.difference == Difference::Presence;
        // Whoever has made a tool that reads no records signs in to pages as the auditor that they are.
        let reads_all = reads_all_records(plan.caller) || plan.caller == Caller::Tool;
        match call {
            "list_audit_weeks" if plan.days > 0 => Self::Weeks,
            "get_audit_checkpoint" => Self::Size,
            "list_audit_records" if !reads_all_records(plan.caller) => Self::Size,
            "list_audit_records" if is_presence => Self::Everything,
            "list_audit_records" => Self::Records,
            AUDIT_PAGE if reads_all && is_presence => Self::Everything,
            AUDIT_PAGE if plan.days > 0 => Self::Weeks,
            _ => Self::Nothing,
        }
    }

    /// The body and the headers.
    fn cut(self, answer: &Answer) -> (String, String) {
        let is_granted = |name: &str| match self {
            Self::Nothing => name == "date",
            // Those that are made of the body.
            Self::Size | Self::Records | Self::Everything | Self::Weeks => {
                matches!(name, "date" | "etag" | "content-length")
            }
        };
        let mut headers: Vec<String> = answer
            .headers
            .iter()
            .filter(|(name, _)| !is_granted(name))
            .map(|(name, value)| format!("{name}: {value}\n"))
            .collect();
        headers.sort();
        let members: &[&str] = match self {
            Self::Nothing => &[],
            Self::Size => &["proof", "checkpoint", "made_at"],
            Self::Records => &["proof", "hash"],
            Self::Everything | Self::Weeks => &["items", "next"],
        };
        let body = if self == Self::Everything && answer.body.is_null() {
            String::new()
        } else if self == Self::Weeks && answer.body.is_null() {
            without_weeks(&answer.text)
        } else if members.is_empty() || answer.body.is_null() {
            answer.text.clone()
        } else {
            let mut body = answer.body.clone();
            without(&mut body, members);
            body.to_string()
        };
        (body, headers.concat())
    }
}

/// The page of the audit log without what it says of weeks.
fn without_weeks(page: &str) -> String {
    let Some((before, rest)) = page.split_once("<section aria-labelledby=\"weeks\">") else {
        return page.to_owned();
    };
    let (_, after) = rest.split_once("</section>").expect("its end");
    format!("{before}{after}")
}

fn without(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !names.contains(&name.as_str()));
            members.values_mut().for_each(|member| without(member, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| without(item, names)),
        _ => {}
    }
}

//! A text as a QR code, drawn here, so that what is secret in it goes nowhere to be drawn.

use std::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc};

/// The empty margin that readers need, in modules.
const MARGIN: i32 = 4;

/// A drawing of dark squares on a light ground.
pub struct Drawing {
    /// How wide and how high it is, in modules, with its margin.
    pub size: i32,
    /// The dark squares as the data of a path, a run of a line at a time.
    pub path: String,
}

/// The drawing of a text; none if it is too long for one.
pub fn drawn(text: &str) -> Option<Drawing> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|at| code.get_module(*at, y)).count();
            let run = i32::try_from(run).ok()?;
            if run > 0 {
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + MARGIN, y + MARGIN);
            }
            x += run + 1;
        }
    }
    Some(Drawing { size: code.size() + 2 * MARGIN, path })
}

//! The stylesheet, the mark and the two scripts, which are in the binary. Their names change with what
//! is in them, so they are kept by browsers and never stale.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, http::header};
use concord_app::auth::sha256;

/// A file that everybody gets.
struct Asset {
    name: String,
    content_type: &'static str,
    content: &'static str,
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    asset("style", "css", "text/css; charset=utf-8", include_str!("../assets/style.css"))
});
static DRAFT: LazyLock<Asset> = LazyLock::new(|| {
    asset("draft", "js", "text/javascript; charset=utf-8", include_str!("../assets/draft.js"))
});
static PASSKEY: LazyLock<Asset> = LazyLock::new(|| {
    asset("passkey", "js", "text/javascript; charset=utf-8", include_str!("../assets/passkey.js"))
});
static MARK: LazyLock<Asset> =
    LazyLock::new(|| asset("mark", "svg", "image/svg+xml", include_str!("../assets/mark.svg")));

fn asset(name: &str, ending: &str, content_type: &'static str, content: &'static str) -> Asset {
    let hash = sha256(content.as_bytes());
    let name = format!("{name}-{}.{ending}", hash.get(..12).unwrap_or_default());
    Asset { name, content_type, content }
}

/// The address of the stylesheet.
pub fn style() -> String {
    format!("/assets/{}", STYLE.name)
}

/// The address of what keeps drafts.
pub fn draft() -> String {
    format!("/assets/{}", DRAFT.name)
}

/// The address of what asks a device for a passkey.
pub fn passkey() -> String {
    format!("/assets/{}", PASSKEY.name)
}

/// The address of the mark.
pub fn mark() -> String {
    format!("/assets/{}", MARK.name)
}

/// Serves one of them.
pub async fn serve(request: HttpRequest) -> HttpResponse {
    let wanted = request.match_info().get("name").unwrap_or_default();
    let all: [&Asset; 4] = [&STYLE, &DRAFT, &PASSKEY, &MARK];
    match all.into_iter().find(|asset| asset.name == wanted) {
        Some(asset) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, asset.content_type))
            .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .insert_header(("Cross-Origin-Resource-Policy", "same-origin"))
            .body(asset.content),
        None => {
            HttpResponse::NotFound().insert_header((header::CACHE_CONTROL, "no-store")).finish()
        }
    }
}

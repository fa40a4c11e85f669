//! The page's own origin: the built page, `chains.json`, and what there is to try.

use super::desk;
use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    response::IntoResponse,
    routing::{get, post},
};
use std::{path::Path, sync::Arc};
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};

/// The page carries its own policy; only a header can say this part.
const POLICY: &str = "frame-ancestors 'none'";

/// The routes of the page's origin.
pub(super) fn router(
    site: Option<&Path>,
    try_folder: &Path,
    chains: String,
    desk: desk::Counter,
) -> Router {
    let chains = move || async move {
        let json = HeaderValue::from_static("application/json");
        ([(header::CONTENT_TYPE, json)], chains).into_response()
    };
    let mut router = Router::new()
        .route("/chains.json", get(chains))
        .route("/try/desk", post(desk::answer).with_state(Arc::new(desk)))
        .nest_service("/try", ServeDir::new(try_folder));
    if let Some(site) = site {
        router = router.fallback_service(ServeDir::new(site));
    }
    router
        .layer(always(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(header::REFERRER_POLICY, "no-referrer"))
        .layer(always(header::CACHE_CONTROL, "no-cache"))
}

fn always(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

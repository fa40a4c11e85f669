//! The page's own origin: the built page, `chains.json`, and what there is to try.

use super::desk;
use crate::gateway::guarded;
use axum::{
    Router,
    http::{HeaderValue, header},
    response::IntoResponse,
    routing::{get, post},
};
use std::{path::Path, sync::Arc};
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};

/// Says where the page is.
pub(super) fn say(page: &str) {
    println!("page   {page}");
    println!("try    {page}#/try");
}

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
    let no_cache = HeaderValue::from_static("no-cache");
    guarded(router).layer(SetResponseHeaderLayer::overriding(
        header::CACHE_CONTROL,
        no_cache,
    ))
}

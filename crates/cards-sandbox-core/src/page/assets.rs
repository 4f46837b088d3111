//! The style, the script and the icon, as they are in the binary.

use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use axum::routing::get;

use super::reply::Page;
use crate::engine::app::App;

pub(super) const STYLE: &str = "/_sandbox/page/page.css";
pub(super) const SCRIPT: &str = "/_sandbox/page/page.js";
pub(super) const ICON: &str = "/_sandbox/page/icon.svg";

pub(super) fn routes() -> Router<App> {
    let asset = |content_type, text: &'static str| {
        get(move || async move {
            Page {
                status: StatusCode::OK,
                content_type,
                body: Body::from(text),
            }
        })
    };
    Router::new()
        .route(
            STYLE,
            asset("text/css; charset=utf-8", include_str!("page.css")),
        )
        .route(
            SCRIPT,
            asset("text/javascript; charset=utf-8", include_str!("page.js")),
        )
        .route(ICON, asset("image/svg+xml", include_str!("icon.svg")))
}

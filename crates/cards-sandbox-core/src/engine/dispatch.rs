//! Leads each request to the world that its path begins with, before any route is looked for.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, Request, Response, StatusCode, Uri};
use axum::routing::future::RouteFuture;
use futures_util::future::Either;
use hyper::body::Incoming;
use tokio::task::spawn_blocking;
use tower::{Service, ServiceExt as _};

use crate::engine::guard;
use crate::engine::large_replies::replaced;
use crate::engine::surface;
use crate::engine::world_name::{NoWorld, PREFIX, WorldName};
use crate::engine::worlds::Worlds;

/// Serves the first world and those beside it; a clone is a reference.
#[derive(Clone)]
pub(crate) struct Dispatch {
    pub(crate) first: Router,
    pub(crate) worlds: Arc<Worlds>,
    /// The names under which a world can be made, beside addresses and `localhost`.
    pub(crate) allowed_hosts: Arc<[String]>,
}

type Beside = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

impl Service<Request<Incoming>> for Dispatch {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<RouteFuture<Infallible>, Beside>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // A router is always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        if request.uri().path().starts_with(PREFIX) {
            let (dispatch, request) = (self.clone(), request.map(Body::new));
            Either::Right(Box::pin(async move { dispatch.beside(request).await }))
        } else {
            Either::Left(self.first.call(request))
        }
    }
}

impl Dispatch {
    /// Serves a request to a world beside the first; where there is none, the first one says so.
    async fn beside(self, mut request: Request<Body>) -> Result<Response<Body>, Infallible> {
        let found = match split(request.uri()) {
            None => Err(NoWorld::named_wrongly()),
            Some((name, uri)) => {
                let opened = self.opened(&name, &request);
                let router = self.world(&name, opened).await;
                router.map(|router| (name, uri, router))
            }
        };
        match found {
            Ok((name, uri, router)) => {
                let is_own = surface::is_own(uri.path());
                *request.uri_mut() = uri;
                let response = router.oneshot(request).await?;
                match is_own {
                    true => Ok(placed(response, &name.prefix()).await),
                    false => Ok(response),
                }
            }
            Err(no_world) => {
                request.extensions_mut().insert(no_world);
                self.first.oneshot(request).await
            }
        }
    }

    /// Finds the routes of a world; `None` where the request is to open it.
    fn opened(&self, name: &WorldName, request: &Request<Body>) -> Result<Option<Router>, NoWorld> {
        if let Some((_, router)) = self.worlds.opened(name) {
            return Ok(Some(router));
        }
        check_opener(request, &self.allowed_hosts)?;
        Ok(None)
    }

    /// Gives the routes of a world that is open, or opens it.
    async fn world(
        &self,
        name: &WorldName,
        opened: Result<Option<Router>, NoWorld>,
    ) -> Result<Router, NoWorld> {
        if let Some(router) = opened? {
            return Ok(router);
        }
        let (worlds, name) = (Arc::clone(&self.worlds), name.clone());
        // It goes on where the caller goes away.
        let opened = spawn_blocking(move || worlds.open(&name)).await;
        let (_, router) = opened.unwrap_or_else(|_| Err(NoWorld::failed(None)))?;
        Ok(router)
    }
}

/// Checks that a request may open a world. None opens one that the world itself would turn away
/// unread: places are few, and each takes memory. A browser opens none for a page of another site,
/// under a name that a site could give itself, nor for a stream, which a page asks for again once its
/// world has ended.
fn check_opener(request: &Request<Body>, allowed: &[String]) -> Result<(), NoWorld> {
    let (uri, headers) = (request.uri(), request.headers());
    let target = uri.path_and_query().map_or("", PathAndQuery::as_str);
    if let Some(rejection) = guard::unreadable(request.version(), headers, target) {
        return Err(NoWorld::refused(rejection.status(), &rejection.why()));
    }
    if let Some(why) = guard::under_another_name(uri.authority(), headers, allowed) {
        return Err(NoWorld::refused(StatusCode::FORBIDDEN, why));
    }
    if let Some(why) = guard::elsewhere(headers) {
        return Err(NoWorld::asked_from_elsewhere(why));
    }
    if guard::is_followed_by_a_page(headers) {
        return Err(NoWorld::followed());
    }
    Ok(())
}

/// Gives the world of a path, and what follows its prefix.
fn split(uri: &Uri) -> Option<(WorldName, Uri)> {
    let whole = uri.path_and_query()?.as_str();
    let below = whole.strip_prefix(PREFIX)?;
    let end = below.find(['/', '?']).unwrap_or(below.len());
    let (name, rest) = below.split_at(end);
    let name = WorldName::read(name)?;
    let rest = match rest.starts_with('/') {
        true => rest.to_owned(),
        false => format!("/{rest}"),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(rest).ok()?);
    Some((name, Uri::from_parts(parts).ok()?))
}

/// The attributes of the page that hold paths of the sandbox's own.
const LINKS: [&str; 6] = [
    "href",
    "action",
    "src",
    "data-events",
    "data-steps",
    "data-counts",
];

/// Puts the prefix before the paths that lead on from a reply of the sandbox's own. They begin with a slash,
/// and no text of the page has such a mark: quotes are escaped there.
async fn placed(mut response: Response<Body>, prefix: &str) -> Response<Body> {
    let headers = response.headers_mut();
    let location = headers.get(LOCATION).and_then(|to| to.to_str().ok());
    if let Some(to) = location.filter(|to| to.starts_with('/'))
        && let Ok(to) = HeaderValue::try_from(format!("{prefix}{to}"))
    {
        headers.insert(LOCATION, to);
    }
    let content_type = headers.get(CONTENT_TYPE);
    if !content_type.is_some_and(|it| it.as_bytes().starts_with(b"text/html")) {
        return response;
    }
    headers.remove(CONTENT_LENGTH);
    // A page is in memory anyway.
    let with_prefix = |page: Bytes| {
        let mut page = String::from_utf8_lossy(&page).into_owned();
        for link in LINKS {
            page = page.replace(&format!(" {link}=\"/"), &format!(" {link}=\"{prefix}/"));
        }
        page.into()
    };
    replaced(response, with_prefix).await
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[test]
    fn the_world_is_what_stands_before_the_next_slash() {
        let at = |uri: &str| {
            let (name, rest) = split(&uri.parse().unwrap())?;
            Some((name.to_string(), rest.to_string()))
        };
        for (uri, name, rest) in [
            ("/_worlds/a/api/v1/x?y=%2F", "a", "/api/v1/x?y=%2F"),
            ("/_worlds/a", "a", "/"),
            ("/_worlds/a/", "a", "/"),
            ("/_worlds/a?b=c", "a", "/?b=c"),
            ("/_worlds/a//x", "a", "//x"),
            ("/_worlds/a/_worlds/b/x", "a", "/_worlds/b/x"),
            (
                "http://localhost:1/_worlds/a/x",
                "a",
                "http://localhost:1/x",
            ),
        ] {
            assert_eq!(at(uri), Some((name.to_owned(), rest.to_owned())), "{uri}");
        }
        for none in [
            "/_worlds/",
            "/_worlds//x",
            "/_worlds/%61/x",
            "/_worlds/-/x",
            "/_worlds/?a",
        ] {
            assert_eq!(at(none), None, "{none}");
        }
    }

    #[tokio::test]
    async fn the_links_of_a_page_lead_on_within_its_world() {
        let page = r#"<a href="/">x</a><a href="?y">y</a><a href="&quot;/"> href=&quot;/<p data-label="/">"#;
        let reply = |content_type: &str| {
            let reply = Response::builder().header(CONTENT_TYPE, content_type);
            reply.header(LOCATION, "/z").body(Body::from(page)).unwrap()
        };
        let placed = placed(reply("text/html; charset=utf-8"), "/_worlds/a").await;
        assert_eq!(placed.headers()[LOCATION], "/_worlds/a/z");
        let body = to_bytes(placed.into_body(), usize::MAX).await.unwrap();
        let expected = page.replacen("href=\"/\"", "href=\"/_worlds/a/\"", 1);
        assert_eq!(body, expected);
        let placed = super::placed(reply("application/json"), "/_worlds/a").await;
        let body = to_bytes(placed.into_body(), usize::MAX).await.unwrap();
        assert_eq!(body, page);
    }
}

//! Checks what holds for every view of the page.

use crate::testing::Harness;

const PAGES: [&str; 8] = [
    "/",
    "/?exchange=1",
    "/_sandbox/page/customers",
    "/_sandbox/page/faults",
    "/_sandbox/page/clock",
    "/_sandbox/page/test-values",
    "/_sandbox/page/reset",
    "/_sandbox/page/checksum",
];

#[tokio::test]
async fn every_page_and_asset_is_held_by_a_strict_policy() {
    let sandbox = Harness::new();
    sandbox.airpay("update-customer", &[]).await;
    for (path, content_type) in PAGES
        .map(|path| (path, "text/html; charset=utf-8"))
        .into_iter()
        .chain([
            ("/_sandbox/page/page.css", "text/css; charset=utf-8"),
            ("/_sandbox/page/page.js", "text/javascript; charset=utf-8"),
            ("/_sandbox/page/icon.svg", "image/svg+xml"),
        ])
    {
        let reply = sandbox.get(path, &[]).await;
        assert_eq!(reply.status, 200, "{path}");
        let header = |name: &str| reply.headers[name].to_str().unwrap();
        assert_eq!(header("content-type"), content_type);
        assert_eq!(
            header("content-security-policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
             img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert_eq!(header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_page_is_a_document_with_landmarks_and_nothing_inline_or_from_elsewhere() {
    let sandbox = Harness::new();
    sandbox.airpay("update-customer", &[]).await;
    for path in PAGES {
        let page = sandbox.get(path, &[]).await.body;
        assert!(
            page.starts_with("<!DOCTYPE html><html lang=\"en\">"),
            "{path}"
        );
        for once in [
            "<main ",
            "<h1",
            "<header",
            "<nav",
            "<title>",
            "href=\"#main\"",
        ] {
            assert_eq!(page.matches(once).count(), 1, "{once} in {path}");
        }
        for never in [
            "style=", " onclick", "<style", "http://", "https://", "//cdn",
        ] {
            assert!(!page.contains(never), "{never} in {path}");
        }
        assert_eq!(page.matches("<script").count(), 1);
        assert!(page.contains("<script src=\"/_sandbox/page/page.js\" defer></script>"));
    }
}

use super::*;

#[test]
fn encoding() {
    for good in ["", "a=b&c=d", "a=%20%e2%82%ac", "100+%25", "é"] {
        assert!(is_well_encoded(good.as_bytes()), "{good}");
    }
    for bad in [
        &b"%"[..],
        b"a=%2",
        b"a=%zz",
        b"a=%e2%82",
        b"\xff",
        b"%\xc3\xa9",
    ] {
        assert!(!is_well_encoded(bad), "{bad:?}");
    }
}

#[test]
fn a_header_counts_once() {
    let mut headers = HeaderMap::new();
    assert!(matches!(header(&headers, "token"), HeaderValue::Missing));
    headers.append("token", "a".parse().unwrap());
    assert!(matches!(header(&headers, "token"), HeaderValue::Text("a")));
    headers.append("token", "b".parse().unwrap());
    assert!(matches!(
        header(&headers, "token"),
        HeaderValue::Unreadable(_)
    ));
}

use super::*;

#[test]
fn both_parts_are_percent_decoded_after_base64() {
    let encoded = BASE64_STANDARD.encode("a%3Ab:c%25d");
    let parts = basic(&format!("basic {encoded}")).unwrap();
    assert_eq!(parts, ("a:b".to_owned(), "c%d".to_owned()));
    for bad in [
        "",
        "Basic",
        "Basic ",
        "Basic !",
        "Bearer YTpi",
        "Basic YQ==",
    ] {
        assert!(basic(bad).is_none(), "{bad}");
    }
}

use super::*;

#[test]
fn a_host_is_a_name_or_an_address_and_nothing_more() {
    for host in ["hooks.example", "10.0.0.7", "[::1]", "x"] {
        assert!(is_host(host), "{host}");
    }
    for other in [
        "", "a/b", "a:1", "http://x", "user@x", "a b", "[::1]:1", "x?y", "x#y",
    ] {
        assert!(!is_host(other), "{other}");
    }
}

#[tokio::test]
async fn a_name_that_is_allowed_in_any_case_is_called_and_another_is_not() {
    let message = |url: &str| Message {
        url: url.to_owned(),
        headers: Vec::new(),
        body: String::new(),
    };
    let limit = Duration::from_millis(200);
    let unknown = post(&message("http://192.0.2.1:9/"), &[], limit).await;
    assert_eq!(
        unknown.unwrap_err(),
        "the host is not this machine, and is not allowed"
    );
    let allowed = ["192.0.2.1".to_owned()];
    let called = post(&message("http://192.0.2.1:9/"), &allowed, limit).await;
    let why = called.unwrap_err();
    assert!(!why.contains("allowed"), "{why}");
}

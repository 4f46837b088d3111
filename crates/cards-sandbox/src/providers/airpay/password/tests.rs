use super::*;

#[test]
fn a_hash_verifies_its_password_only_and_has_its_own_salt() {
    let first = hash("PaSwd@1234").unwrap();
    assert!(
        first.starts_with("$argon2id$v=19$m=1024,t=1,p=1$"),
        "{first}"
    );
    assert!(verify("PaSwd@1234", &first));
    assert!(!verify("PaSwd@1235", &first));
    assert!(!verify("PaSwd@1234", "no hash at all"));
    assert_ne!(first, hash("PaSwd@1234").unwrap());
}

/// At the least cost, and fewer than of anything else that is drawn: even so
/// each takes half a millisecond.
#[test]
fn every_hash_is_taken_as_one() {
    let params = Params::new(8, 1, 1, None).unwrap();
    let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    for _ in 0..crate::testing::DRAWS / 10 {
        let hash: PasswordHash = cheap.hash_password(b"PaSwd@1234").unwrap();
        assert!(is_hash(&hash.to_string()));
    }
}

#[test]
fn a_hash_that_would_cost_too_much_is_none() {
    let own = hash("PaSwd@1234").unwrap();
    assert!(is_hash(&own));
    assert!(!is_hash("PaSwd@1234"));
    let own_start = "$argon2id$v=19$m=1024,t=1,p=1$";
    for (start, is_taken) in [
        ("$argon2id$v=19$m=65536,t=16,p=1$", true),
        ("$argon2id$v=19$m=8,t=1,p=1$", true),
        ("$argon2id$v=19$m=65537,t=1,p=1$", false),
        ("$argon2id$v=19$m=7,t=1,p=1$", false),
        ("$argon2id$v=19$m=1024,t=17,p=1$", false),
        ("$argon2id$v=19$m=1024,t=0,p=1$", false),
        ("$argon2id$v=19$m=1024,t=1,p=2$", false),
        ("$argon2id$v=19$m=4294967295,t=4294967295,p=1$", false),
        ("$argon2id$v=16$m=1024,t=1,p=1$", false),
        ("$argon2id$m=1024,t=1,p=1$", false),
        ("$argon2i$v=19$m=1024,t=1,p=1$", false),
        ("$argon2d$v=19$m=1024,t=1,p=1$", false),
        ("$pbkdf2-sha256$i=1000$", false),
    ] {
        assert_eq!(is_hash(&own.replace(own_start, start)), is_taken, "{start}");
    }
    let salt_only = own.rsplit_once('$').unwrap().0;
    assert!(!is_hash(salt_only));
    assert!(!is_hash("$argon2id$v=19$m=1024,t=1,p=1"));
}

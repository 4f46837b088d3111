use super::*;

#[test]
fn every_key_is_read_back_from_a_world_file() {
    use crate::engine::world::invented::{fingerprint_from, hex};
    for _ in 0..crate::acme::DRAWS {
        let key = draw_key();
        assert_eq!(fingerprint_from("key", Some(&hex(&key))), Ok(Some(key)));
    }
}

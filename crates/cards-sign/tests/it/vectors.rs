//! Every file in `vectors/`, stage by stage, so that a failure names the stage.

use cards_sign::{Order, checksum, verify};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::{fs, path::Path};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    fields: Vec<(String, String)>,
    example: Vec<String>,
    secret: String,
    orders: BTreeMap<String, Stages>,
}

#[derive(Deserialize)]
struct Stages {
    arranged: Vec<String>,
    pre_image: String,
    digest: String,
}

#[test]
fn every_stage_of_every_vector() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let mut files = 0;
    for entry in fs::read_dir(folder).expect("the folder of vectors") {
        let path = entry.expect("an entry of the folder").path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let text = fs::read_to_string(&path).expect("a readable file");
            let file: File = serde_json::from_str(&text).expect("a file of vectors");
            assert!(!file.cases.is_empty(), "{name} has cases");
            for case in &file.cases {
                check(&format!("{name}, {}", case.name), case);
            }
            files += 1;
        }
    }
    assert_eq!(
        files, 5,
        "files of vectors; a new one belongs into this count"
    );
}

fn check(place: &str, case: &Case) {
    let example: Vec<&str> = case.example.iter().map(String::as_str).collect();
    let secret = case.secret.as_bytes();
    assert_eq!(case.orders.len(), Order::ALL.len(), "{place}: orders");
    for (word, stages) in &case.orders {
        let place = format!("{place}, {word}");
        let order: Order = word.parse().expect("a vector's order");
        let pairs = case.fields.iter();
        let mut fields: Vec<(&str, &str)> =
            pairs.map(|(name, value)| (&**name, &**value)).collect();

        order.arrange(&mut fields, &example);
        let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        assert_eq!(
            names, stages.arranged,
            "{place}: stage 1, the fields arranged"
        );

        let values = || fields.iter().map(|(_, value)| *value);
        let pre_image = values().collect::<String>() + "<secret>";
        assert_eq!(
            pre_image, stages.pre_image,
            "{place}: stage 2, the pre-image"
        );

        let made = checksum(values(), secret);
        assert_eq!(
            made.to_string(),
            stages.digest,
            "{place}: stage 3, the digest"
        );
        assert!(
            verify(values(), secret, &stages.digest),
            "{place}: stage 4, verification"
        );
    }
}

use super::*;
use proptest::prelude::*;

/// The digests are from Python's hashlib and hmac: `sha256("2||1 é" + secret)` and so on.
const MADE: [(&str, &str); 12] = [
    (
        "received",
        "30164bd4d24e48a80197682c96e6d06f9821fd488c73d384af877e635aa6c627",
    ),
    (
        "received,joint=|",
        "a9cbd000d8f446b41a09c9a65b511304b53b9568dd12cbaaa9c1175e1d004fbc",
    ),
    (
        "received,joint=|,empty=dropped",
        "200f17f723d9fb6f5efa34f0192871defa821efac30ec2840e927af6cd9720ad",
    ),
    (
        "received,joint=%2C%20,place=throughout",
        "6dfd282c427b8b047bb220d2fa72cf46725d620a4f947d26344ca5c928998754",
    ),
    (
        "received,secret=first",
        "79883fca1319133f99a25633f044bd3d23c694567d0f88c14aa1a57b7d83afa9",
    ),
    (
        "received,joint=|,place=throughout,secret=first",
        "95928871d9357b5bc80f929f0a650bb0f4cc82b625924f6117753f9423986c4a",
    ),
    (
        "received,secret=both",
        "7106328dc783fe0b17666b5ca994b031de4714372f98f3334f826bd81c893968",
    ),
    (
        "received,joint=&,parts=pairs",
        "bcb1ea6d343055d9fd8a71ed1bda3ed4355c2fa6b00d8fb43c2a6bd2fd7bdbbc",
    ),
    (
        "received,case=upper",
        "30164BD4D24E48A80197682C96E6D06F9821FD488C73D384AF877E635AA6C627",
    ),
    (
        "received,hash=twice",
        "044bf755f0eabbe9ed4b2bcc8a33e31fcb7230ab099a0b7662a88a09c3dde556",
    ),
    (
        "received,secret=key",
        "effbff9d3c384b68d97b7a4b9ff2594e087ced1a406f15eec964efb0f7925a6a",
    ),
    (
        "sorted,joint=~",
        "4cd36cee7f4e4e7b8b2c137e6db92a57a4ef3ffd7bdd7da9b2b0dab9f7664afb",
    ),
];

#[test]
fn each_word_changes_what_is_hashed() {
    for (words, given) in MADE {
        let recipe: Recipe = words.parse().unwrap();
        let mut fields = [("b", "2"), ("a", ""), ("c", "1 é")];
        recipe.arrange(&mut fields, &[]);
        assert_eq!(&*recipe.sign(&fields, b"fake-key"), given, "{words}");
        assert!(recipe.verify(&fields, b"fake-key", given), "{words}");
        assert!(!recipe.verify(&fields, b"fake-kez", given), "{words}");
        assert_eq!(recipe.to_string(), words);
    }
}

#[test]
fn words_are_read_in_any_letter_case_and_a_joint_as_it_is() {
    for text in [
        "received",
        "example,joint=aB,secret=first",
        "sorted,case=upper,hash=twice",
    ] {
        let folded = text.to_uppercase().replace("AB", "aB");
        assert_eq!(folded.parse::<Recipe>(), text.parse::<Recipe>(), "{folded}");
    }
    let joints = ["table,joint=a", "table,joint=A"].map(|text| text.parse::<Recipe>().unwrap());
    assert_ne!(joints[0], joints[1]);
}

#[test]
fn a_wrong_text_is_answered_with_what_can_stand_there() {
    let says: Vec<String> = [
        "tables",
        "table,secret",
        "table,salt=1",
        "table,secret=MARKER",
        "table,joint=%2",
        "table,joint=0123456789abcdef",
        "table,joint=%ff",
        "table,case=uppers",
        "table,hash=md5",
    ]
    .iter()
    .map(|text| format!("{text}: {}", text.parse::<Recipe>().unwrap_err()))
    .collect();
    insta::assert_snapshot!(says.join("\n"));
    assert!(
        !says
            .iter()
            .any(|one| one.split_once(": ").unwrap().1.contains("MARKER"))
    );
}

proptest! {
    #[test]
    fn any_recipe_is_read_as_it_is_written(
        order in 0..4_usize,
        joint in "[ -~é\n]{0,7}",
        words in proptest::collection::vec(0..4_usize, 6),
        values in proptest::collection::vec("\\PC{0,8}", 0..6),
    ) {
        fn pick<T: Copy>(all: &[(T, &str)], at: usize) -> T {
            all[at % all.len()].0
        }
        let recipe = Recipe {
            order: [None, Some(Order::Table), Some(Order::Example), Some(Order::Sorted)][order],
            joint: Joint::read(&joint.replace('%', "%25").replace(' ', "%20").replace('\n', "%0A")).unwrap(),
            place: pick(JointPlace::ALL, words[0]),
            secret: pick(SecretPlace::ALL, words[1]),
            parts: pick(Parts::ALL, words[2]),
            empty: pick(Empty::ALL, words[3]),
            case: pick(Case::ALL, words[4]),
            hash: pick(Rounds::ALL, words[5]),
        };
        prop_assert_eq!(recipe.to_string().parse(), Ok(recipe));
        let fields: Vec<(&str, &str)> = values.iter().map(|value| ("n", &**value)).collect();
        let made = recipe.sign(&fields, b"fake");
        prop_assert!(recipe.verify(&fields, b"fake", &made));
        // The common case is the checksum of the documents.
        let plain = Recipe::of(recipe.order).sign(&fields, b"fake");
        let documented = crate::checksum(fields.iter().map(|field| field.1), b"fake").to_hex();
        prop_assert_eq!(plain, documented);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*|(table|sorted)(,[a-z]{4,6}=[a-z%|]{0,5}){0,3}") {
        let _ = text.parse::<Recipe>();
    }
}

#[test]
fn blanks_around_a_word_are_none_of_it_and_one_inside_of_a_joint_is_refused() {
    let recipe: Recipe = "table, joint = | , secret = first".parse().unwrap();
    assert_eq!(recipe.to_string(), "table,joint=|,secret=first");
    for joint in ["a b", "|\u{a0}|", "\t|\n|"] {
        let error = format!("table,joint={joint}")
            .parse::<Recipe>()
            .unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("joint of the recipe is wrong"),
            "{error}"
        );
    }
    let spaced: Recipe = "table,joint=%20|%20".parse().unwrap();
    assert_eq!(spaced.to_string(), "table,joint=%20|%20");
}

#[test]
fn an_order_alone_is_a_plain_recipe() {
    for order in Order::ALL {
        let recipe = Recipe::from(order);
        assert_eq!(recipe.order(), Some(order));
        assert!(recipe.is_plain());
    }
    assert_eq!(Recipe::RECEIVED.order(), None);
    assert!(Recipe::RECEIVED.is_plain());
    for (words, _) in &MADE[1..] {
        let recipe: Recipe = words.parse().unwrap();
        assert!(!recipe.is_plain(), "{words}");
    }
}

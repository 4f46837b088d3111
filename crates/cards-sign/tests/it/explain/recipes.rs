//! The explanation for somebody who verifies by another recipe than the documents'.

use cards_sign::{Explain, Order, Recipe, checksum, explain};

use super::{SECRET, TABLE};

/// The values in several orders, which all differ; one is empty.
const FIELDS: [(&str, &str); 4] = [
    ("state", "Kerala"),
    ("email", "a@b.example"),
    ("otp", ""),
    ("address", "7 Main Road"),
];

/// Every word of a recipe, beside every order, and a joint by itself.
fn recipes() -> impl Iterator<Item = Recipe> {
    let words = Recipe::WORDS.iter().flat_map(|(key, words)| {
        let words: &[&str] = match *key {
            "joint" => &["|", "%2C", "%20"],
            _ => words,
        };
        words.iter().map(move |word| format!(",{key}={word}"))
    });
    let words: Vec<String> = words.chain([String::new()]).collect();
    ["received", "table", "sorted", "example"]
        .into_iter()
        .flat_map(move |order| {
            let words = words.clone().into_iter();
            let both = words.flat_map(|word| [word.clone(), format!("{word},joint=|")]);
            both.map(move |words| format!("{order}{words}").parse().expect("a recipe"))
        })
}

fn arranged(recipe: &Recipe) -> Vec<(&'static str, &'static str)> {
    let mut fields = FIELDS.to_vec();
    if recipe.order().is_some() {
        let place = |name: &str| TABLE.iter().position(|at| *at == name);
        fields.sort_by_key(|(name, _)| place(name).unwrap_or(usize::MAX));
    }
    recipe.arrange(&mut fields, &["otp", "email"]);
    fields
}

fn told(recipe: &Recipe, given: &str) -> String {
    let input = Explain::new(&FIELDS, SECRET.as_bytes(), given);
    let input = input.table(&TABLE).example(&["otp", "email"]);
    explain(&input.recipe(*recipe)).to_string()
}

/// Advice that leads to a checksum which the recipe refuses is never given.
#[test]
fn a_recipe_gets_no_advice_that_it_refuses_itself() {
    const ADVICE: [&str; 9] = [
        "Put the",
        "Append",
        "Join the",
        "Hash",
        "Send",
        "Take",
        "Strip",
        "let the verifier",
        "another order",
    ];
    let received = FIELDS.map(|(_, value)| value);
    let joined = received.join("|");
    let secret = SECRET.to_owned();
    let made = [
        received.concat() + SECRET,
        secret.clone() + &received.concat(),
        joined + SECRET,
        secret + &received.concat() + SECRET,
        received.concat(),
    ];
    let mut seen = 0;
    for recipe in recipes() {
        for text in &made {
            for upper in [false, true] {
                let given = checksum([&**text], b"").to_string();
                let given = if upper { given.to_uppercase() } else { given };
                if recipe.verify(&arranged(&recipe), SECRET.as_bytes(), &given) {
                    continue;
                }
                let told = told(&recipe, &given);
                if recipe.is_plain() {
                    assert!(!told.contains("The recipe"), "{recipe}: {told}");
                    continue;
                }
                seen += 1;
                let given_by_advice = ADVICE.iter().find(|advice| told.contains(**advice));
                assert_eq!(given_by_advice, None, "{recipe}: {told}");
                assert!(
                    told.contains("The sender hashed the values in "),
                    "{recipe}: {told}"
                );
                let asks = format!(" The recipe `{recipe}` asks for another way: ");
                assert!(told.contains(&asks), "{recipe}: {told}");
                let is_upper = recipe.to_string().contains("case=upper");
                assert!(!is_upper || !told.contains("lowercase"), "{recipe}: {told}");
            }
        }
    }
    assert!(seen > 200, "{seen}");
}

#[test]
fn an_order_that_is_asked_for_is_named() {
    let made = |order: Order| {
        let fields = arranged(&order.into());
        checksum(fields.iter().map(|(_, value)| *value), SECRET.as_bytes()).to_string()
    };
    insta::assert_snapshot!(told(&Order::Example.into(), &made(Order::Sorted)), @"The sender hashed the values in the order of their names, and then the secret. The verifier joins them in the order `example`: sign them in that, or let it use the order `sorted`.");
    let received = FIELDS.map(|(_, value)| value).concat();
    let first = checksum([SECRET, &received], b"").to_string();
    insta::assert_snapshot!(told(&Order::Example.into(), &first), @"The sender hashed the values in the order received, with the secret before them instead of after them. Put the secret after the last value. The verifier joins them in the order `example`.");
    let nothing = checksum(["something else"], b"").to_string();
    let recipe: Recipe = "received,secret=first".parse().expect("a recipe");
    insta::assert_snapshot!(told(&recipe, &nothing), @"No order of the fields and no known mistake gives this checksum (5825 tried). None of them is by the recipe `received,secret=first`. Compare the secret on both sides first, then look for a value that changed after it was hashed. Not in the body, so not to be hashed: `city`.");
}

#[test]
fn a_json_text_is_told_by_its_content_type() {
    let body = [(r#"{"amount":100.00,"entity_id":"E1"}"#, "")];
    let given = checksum(["100.00", "E1"], SECRET.as_bytes()).to_string();
    let input = Explain::new(&body, SECRET.as_bytes(), &given);
    for (says_form, says) in [
        (
            Some(true),
            "The body is a JSON text, though its content type says that it is a form: ",
        ),
        (
            Some(false),
            "The body is a JSON text, and its content type is not that of a form: ",
        ),
        (None, "The body is a JSON text: "),
    ] {
        let explanation = explain(&input.says_form(says_form));
        // A number is hashed by its own digits.
        assert!(explanation.matched().is_some(), "{explanation}");
        let rest = "send the fields urlencoded, as `name=value&name=value`. The sender";
        assert!(
            explanation
                .to_string()
                .starts_with(&format!("{says}{rest}")),
            "{explanation}"
        );
    }
}

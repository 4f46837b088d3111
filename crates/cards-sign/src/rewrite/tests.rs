use super::*;
use proptest::prelude::*;

#[test]
fn each_change_of_a_value() {
    let applied: Vec<String> = [
        "a b",
        " x/<& ",
        "0123456",
        "5.00",
        "",
        "a%20b+c",
        "A+b",
        "4622940000003713",
        "12500000",
        "99999999",
        "2026-11-27",
        "27/11/2026 00:00:00",
        "2026-11-27T10:00:00Z",
    ]
    .into_iter()
    .flat_map(|value| {
        Rewrite::all().filter_map(move |rewrite| {
            Some(format!(
                "{value:?} {rewrite:?}: {:?}",
                rewrite.apply(value)?.as_str()
            ))
        })
    })
    .collect();
    insta::assert_snapshot!(applied.join("\n"));
}

#[test]
fn each_is_said() {
    let said: Vec<String> = Rewrite::all()
        .map(|rewrite| format!("{rewrite}. {}", rewrite.advice()))
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}

proptest! {
    #[test]
    fn any_value_is_changed_or_not_without_panic(value in "\\PC*|[0-9.%+ ]{0,12}") {
        for rewrite in Rewrite::all() {
            prop_assert!(rewrite.apply(&value).is_none_or(|text| *text != value));
        }
    }
}

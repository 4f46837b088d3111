//! No file of the repository holds what could be somebody's card number.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Searches every file of the repository.
#[test]
fn no_card_number_looks_real() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut git = Command::new("git");
    let listed = git.args(["ls-files", "-z"]).current_dir(&root);
    let listed = listed.output().unwrap();
    assert!(listed.status.success(), "{listed:?}");
    let names = String::from_utf8(listed.stdout).unwrap();
    let mut read = 0;
    let mut real = Vec::new();
    for name in names.split_terminator('\0') {
        // A file may be gone and not yet taken out.
        let Ok(text) = fs::read(root.join(name)) else {
            continue;
        };
        if name.ends_with("Cargo.lock") || text.contains(&0) {
            continue;
        }
        read += 1;
        let is_known = |digits: &String| {
            let mut known = PUBLISHED
                .split_whitespace()
                .chain(NO_CARDS.split_whitespace());
            is_padded(digits) || known.any(|known| known == digits)
        };
        let numbers = card_numbers(&text).into_iter();
        let unknown = numbers.filter(|digits| !is_known(digits));
        real.extend(unknown.map(|digits| format!("{name}: {digits}")));
    }
    assert!(read > 100, "{read}");
    assert_eq!(real, Vec::<String>::new());
}

#[test]
fn card_numbers_are_found_in_one_run_and_in_groups() {
    let groups = ["4111", "1111", "1111", "1111"];
    let one = groups.concat();
    for text in [groups.concat(), groups.join(" "), groups.join("-")] {
        for around in [text.clone(), format!("\"{text}\""), format!("12 {text} 34")] {
            assert!(card_numbers(around.as_bytes()).contains(&one), "{around}");
        }
    }
    for none in [
        groups.join("  "),
        groups.join("/"),
        format!("{one}0000"),
        format!("{}{one}", "ab".repeat(8)),
        one.replace('4', "5"),
    ] {
        assert_eq!(card_numbers(none.as_bytes()).len(), 0, "{none}");
    }
}

/// The numbers that payment providers publish for testing.
const PUBLISHED: &str = "
    2223000048400011 2223003122003222 4000000000000002 4000056655665556 4005519200000004
    4009348888881881 4012000033330026 4012888888881881 4111111111111111 4242424242424242
    4444333322221111 4462030000000000 4500600000000061 4706131211212123 4917610000000000
    5105105105105100 5111111111111118 5200828282828210 5409162669381034 5424000000000015
    5424180279791732 5454545454545454 5500000000000004 5555555555554444 6074825972083818
";

/// Digits that add up like those of a card and are none: zeros, ones, counting,
/// made-up identity numbers beside a date, a sample's last digits and kit, a published number in an address.
const NO_CARDS: &str = "
    0000000000000000 112345678901234567 4111111111119 45678901234567
    590489612342031 59048961234203001 74111117141997141 371310000000123612
";

/// The documents' own 462294, zeros, and four digits of any kind.
fn is_padded(digits: &str) -> bool {
    digits.len() == 16 && digits.starts_with("462294000000")
}

/// All that could be a card number: 13 to 19 digits that satisfy the Luhn
/// check, in one run or in groups with one space or hyphen between.
fn card_numbers(text: &[u8]) -> BTreeSet<String> {
    let runs = runs(text);
    let mut found = BTreeSet::new();
    for first in 0..runs.len() {
        let mut digits = String::new();
        let mut end = None;
        for &(from, run) in &runs[first..] {
            let follows = end.is_none_or(|end| from == end + 1 && matches!(text[end], b' ' | b'-'));
            if !follows || digits.len() + run.len() > 19 {
                break;
            }
            digits.push_str(&String::from_utf8_lossy(run));
            end = Some(from + run.len());
            if digits.len() >= 13 && is_luhn(&digits) {
                found.insert(digits.clone());
            }
        }
    }
    found
}

/// Every run of digits, with where it begins; what stands within a long
/// hexadecimal number is none.
fn runs(text: &[u8]) -> Vec<(usize, &[u8])> {
    let mut runs = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let hex = rest.iter().take_while(|byte| byte.is_ascii_hexdigit());
        let length = hex.count();
        let stretch = &rest[..length];
        if length < 32 || stretch.iter().all(u8::is_ascii_digit) {
            let mut from = at;
            for run in stretch.split(|byte| !byte.is_ascii_digit()) {
                if !run.is_empty() {
                    runs.push((from, run));
                }
                from += run.len() + 1;
            }
        }
        at += length + 1;
    }
    runs
}

fn is_luhn(digits: &str) -> bool {
    let digits = digits.bytes().rev().map(|digit| u32::from(digit - b'0'));
    let sum: u32 = digits
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit) {
            (0, _) => digit,
            (_, 0..=4) => 2 * digit,
            _ => 2 * digit - 9,
        })
        .sum();
    sum.is_multiple_of(10)
}

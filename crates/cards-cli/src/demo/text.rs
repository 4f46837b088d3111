//! Prints the demonstration, 80 columns wide.

use std::time::Duration;

use cards_transport::model::CardSummary;

use crate::output::{Reader, harmless};
use crate::sheet::{self, Sheet};

const WIDTH: usize = 80;

/// Every card on a line, with more lines where there are balances to tell.
pub(super) fn cards(cards: &[CardSummary]) -> String {
    let head = [
        "provider", "card", "number", "kind", "scheme", "state", "expiry", "balance",
    ];
    let amounts = cards.iter().flat_map(lines).map(|(amount, _)| amount);
    let width = amounts.map(|amount| amount.len()).max().unwrap_or_default();
    let sheet = Sheet::new(head, cards.iter().map(|card| row(card, width)).collect());
    // Colours are taken out on the way where nobody sees them.
    let reader = Reader {
        is_terminal: true,
        takes_colour: true,
    };
    sheet.to_table(Some(80), reader)
}

fn row(card: &CardSummary, amount_width: usize) -> Vec<String> {
    use cards_transport::model::CardKind;
    let kind = card.kind.map_or("", |kind| match kind {
        CardKind::Physical => "physical",
        CardKind::Virtual => "virtual",
    });
    // MM/YYYY without the century, as it is embossed.
    let expiry = card
        .expiry
        .as_deref()
        .and_then(|expiry| expiry.split_once('/'));
    let expiry = expiry.map_or_else(String::new, |(month, year)| {
        format!("{month}/{}", year.get(2..).unwrap_or(year))
    });
    vec![
        card.provider.to_string(),
        short_id(&card.card_id),
        sheet::short_number(card),
        kind.to_owned(),
        sheet::text(card.scheme.as_ref()),
        sheet::state(card),
        expiry,
        balances(card, amount_width),
    ]
}

/// Amounts below each other, each with what it is.
fn balances(card: &CardSummary, width: usize) -> String {
    let lines = lines(card).into_iter();
    let lines: Vec<_> = lines
        .map(|(amount, what)| format!("{amount:>width$} {what}"))
        .collect();
    lines.join("\n")
}

/// The total with its currency, and the rest where it says something else.
fn lines(card: &CardSummary) -> Vec<(String, String)> {
    let currency = card.currency.clone().unwrap_or_default();
    let Some(total) = card.total_balance else {
        return match currency.is_empty() {
            true => Vec::new(),
            false => vec![(String::new(), currency)],
        };
    };
    let mut lines = vec![(total.to_string(), currency)];
    if let Some(available) = card
        .available_balance
        .filter(|available| *available != total)
    {
        lines.push((available.to_string(), "available".to_owned()));
    }
    if let Some(pending) = card.pending_balance.filter(|pending| !pending.is_zero()) {
        lines.push((pending.to_string(), "pending".to_owned()));
    }
    lines
}

/// The end of a long id: the beginning is often the same for all.
fn short_id(id: &str) -> String {
    match id.char_indices().nth(9) {
        Some(_) => {
            let rest = id.char_indices().rev().nth(7).map_or(0, |(at, _)| at);
            format!("…{}", &id[rest..])
        }
        None => id.to_owned(),
    }
}

pub(super) fn time(elapsed: Duration) -> String {
    format!("{:.1} ms", elapsed.as_secs_f64() * 1e3)
}

/// Text in lines that fit, each after `indent`; lines of the text's own stay.
pub(super) fn wrapped(text: &str, indent: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let own = &line[..line.len() - line.trim_start().len()];
        let first = format!("{indent}{own}");
        let next = format!("{indent}{own}{}", if own.is_empty() { "" } else { "  " });
        let mut current = first.clone();
        let mut is_begun = false;
        for word in line.split_whitespace() {
            if is_begun && current.chars().count() + 1 + word.chars().count() > WIDTH {
                out.push_str(&current);
                out.push('\n');
                current = next.clone();
                is_begun = false;
            }
            if is_begun {
                current.push(' ');
            }
            current.push_str(&harmless(word));
            is_begun = true;
        }
        out.push_str(&current);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_wrapped_and_its_own_lines_are_kept() {
        let text = format!("one: {}\n  two {}", "word ".repeat(20), "more ".repeat(20));
        let wrapped = wrapped(&text, "   ");
        assert!(
            wrapped
                .lines()
                .all(|line| line.chars().count() <= 80 && line.starts_with("   "))
        );
        assert!(wrapped.contains("\n     two more") && wrapped.contains("\n       more"));
        assert_eq!(
            wrapped.split_whitespace().count(),
            text.split_whitespace().count()
        );
    }

    #[test]
    fn ids_are_cut_where_they_are_long() {
        assert_eq!(short_id("DEMOKIT01"), "DEMOKIT01");
        assert_eq!(
            short_id("f16ba382-eb42-481a-b08f-c57bdc9aae24"),
            "…dc9aae24"
        );
        assert_eq!(short_id("ééééééééééé"), "…éééééééé");
    }
}

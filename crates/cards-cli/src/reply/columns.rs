//! The columns of replies that are lists of cards.

use std::any::Any;
use std::slice;

use cards_transport::model::{CardSummary, ibanera, paysafe};

use super::{airpay, ledger};
use crate::sheet::{Sheet, number, short_number, text};

/// The columns that a call asks for, beside those that every reply has.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Columns {
    wallets: bool,
    actions: bool,
    /// The id of a request that is still to be approved.
    request: bool,
}

impl Columns {
    /// The columns of what a call includes.
    pub(crate) fn of(call: &dyn Any) -> Self {
        let mut words = Vec::new();
        if let Some(list) = call.downcast_ref::<paysafe::ListPrepaidCards>() {
            words.extend(list.include.iter().map(ToString::to_string));
        }
        if let Some(one) = call.downcast_ref::<paysafe::GetPrepaidCard>() {
            words.extend(one.include.iter().map(ToString::to_string));
        }
        let asks = |what: paysafe::Include| words.contains(&what.to_string());
        Self {
            wallets: asks(paysafe::Include::Tokenizations),
            actions: asks(paysafe::Include::AvailableActions),
            request: call.is::<ibanera::CreateCard>(),
        }
    }

    /// The columns that fit a terminal.
    pub(super) fn table(self, reply: &dyn Any) -> Option<Sheet> {
        let paysafe = paysafe_cards(reply).map(|cards| paysafe_table(cards, self));
        let ledger = || ledger::table(reply);
        let ibanera = || self.ibanera(reply, ibanera_table);
        paysafe
            .or_else(ledger)
            .or_else(ibanera)
            .or_else(|| airpay::table(reply))
            .or_else(|| reply.downcast_ref().map(review))
    }

    /// The columns of a spreadsheet.
    pub(super) fn csv(self, reply: &dyn Any) -> Option<Sheet> {
        let paysafe = paysafe_cards(reply).map(|cards| paysafe_csv(cards, self));
        let ledger = || ledger::csv(reply);
        let ibanera = || self.ibanera(reply, ibanera_csv);
        paysafe
            .or_else(ledger)
            .or_else(ibanera)
            .or_else(|| airpay::csv(reply))
            .or_else(|| reply.downcast_ref().map(review))
    }

    /// The columns of customers with their cards, and behind them the request of a card that is
    /// created, which is all that is known of it until it is approved.
    fn ibanera(
        self,
        reply: &dyn Any,
        columns: fn(&ibanera::CustomerCardsReply) -> Sheet,
    ) -> Option<Sheet> {
        let created = reply.downcast_ref::<ibanera::CustomerCard>();
        let Some(created) = created.filter(|_| self.request) else {
            return ibanera_cards(reply).as_ref().map(columns);
        };
        let mut sheet = columns(&created.listed().unwrap_or_default());
        if sheet.rows.is_empty() {
            sheet.rows.push(vec![String::new(); sheet.head.len()]);
        }
        sheet.head.push("request".to_owned());
        for row in &mut sheet.rows {
            row.push(text(created.request_id.as_ref()));
        }
        Some(sheet)
    }
}

/// The cards of a reply that is a page of them, or a card by itself.
fn paysafe_cards(reply: &dyn Any) -> Option<&[paysafe::Card]> {
    match reply.downcast_ref::<paysafe::CardPage>() {
        Some(page) => Some(&page.cards),
        None => match reply.downcast_ref::<paysafe::UpdatedCard>() {
            Some(updated) => updated.as_ref().map(slice::from_ref),
            None => reply.downcast_ref().map(slice::from_ref),
        },
    }
}

/// The customers of a reply that lists them, or the one whose card it is about.
fn ibanera_cards(reply: &dyn Any) -> Option<ibanera::CustomerCardsReply> {
    match reply.downcast_ref::<ibanera::CustomerCard>() {
        Some(one) => one.listed(),
        None => reply.downcast_ref().cloned(),
    }
}

fn paysafe_table(cards: &[paysafe::Card], asked: Columns) -> Sheet {
    let row = |card: &paysafe::Card| {
        let common = CardSummary::from(card);
        let mut row = vec![
            card.card_id.clone(),
            short_number(&common),
            text(card.card_type.as_ref()),
            text(card.status.as_ref()),
            text(common.expiry.as_ref()),
            text(common.currency.as_ref()),
        ];
        row.extend(asked.wallets.then(|| wallets(card, |_| String::new())));
        row.extend(asked.actions.then(|| actions(card)));
        row
    };
    let mut head = vec!["card id", "number", "type", "status", "expiry", "cur"];
    head.extend(asked.wallets.then_some("wallets"));
    head.extend(asked.actions.then_some("actions"));
    Sheet::new(head, cards.iter().map(row).collect())
}

fn paysafe_csv(cards: &[paysafe::Card], asked: Columns) -> Sheet {
    let row = |card: &paysafe::Card| {
        let common = CardSummary::from(card);
        let mut row = vec![
            text(card.customer_id.as_ref()),
            card.card_id.clone(),
            number(&common),
            text(card.card_type.as_ref()),
            text(card.scheme.as_ref()),
            text(common.currency.as_ref()),
            text(card.status.as_ref()),
            text(common.expiry.as_ref()),
            text(card.program_name.as_ref()),
            text(card.account_id.as_ref()),
            text(card.is_pin_set.as_ref()),
            text(card.created_date.as_ref()),
            text(card.activation_date.as_ref()),
        ];
        row.extend(asked.wallets.then(|| wallets(card, reference)));
        row.extend(asked.actions.then(|| actions(card)));
        row
    };
    let mut head = vec![
        "customerId",
        "cardId",
        "number",
        "cardType",
        "scheme",
        "currency",
        "status",
        "expiry",
        "programName",
        "accountId",
        "isPinSet",
        "createdDate",
        "activationDate",
    ];
    head.extend(asked.wallets.then_some("tokenizations"));
    head.extend(asked.actions.then_some("availableActions"));
    Sheet::new(head, cards.iter().map(row).collect())
}

/// The mobile wallets that hold a card, each with its state.
fn wallets(card: &paysafe::Card, more: fn(&paysafe::MobileWalletTokenization) -> String) -> String {
    let wallets = card.tokenizations.iter();
    let wallets = wallets.flat_map(|it| &it.mobile_wallet_tokenizations);
    let wallets = wallets.map(|wallet| {
        let kind = text(wallet.wallet_type.as_ref());
        let status = text(wallet.status.as_ref());
        format!("{kind} {status}{}", more(wallet)).trim().to_owned()
    });
    Vec::from_iter(wallets).join(", ")
}

/// The references of a card in a wallet, for a spreadsheet.
fn reference(wallet: &paysafe::MobileWalletTokenization) -> String {
    let parts = [&wallet.dpan_ref, &wallet.wallet_id].into_iter().flatten();
    parts.map(|part| format!(" {part}")).collect()
}

/// The actions that can be taken with a card.
fn actions(card: &paysafe::Card) -> String {
    let actions = card.available_actions.iter().flatten();
    let actions = actions.map(|one| one.action.to_string());
    Vec::from_iter(actions).join(", ")
}

/// A review without what it hides: the documents that are missing, and whether there are
/// details of a person.
fn review(reply: &ibanera::CardReview) -> Sheet {
    let documents = match reply.required_documents.as_deref() {
        None | Some([]) => "none".to_owned(),
        Some(documents) => documents.join(", "),
    };
    let details = match reply.personal_review_details {
        Some(_) => "personal",
        None => "none",
    };
    let head = vec!["details", "required documents"];
    Sheet::new(head, vec![vec![details.to_owned(), documents]])
}

fn ibanera_table(reply: &ibanera::CustomerCardsReply) -> Sheet {
    let row = |card: &ibanera::Card| ledger::balances(&CardSummary::from(card));
    let of_customer = |customer: &ibanera::CustomerCards| vec![customer.customers_id.to_string()];
    let rows = ibanera_rows(reply, ledger::BALANCES.len(), of_customer, row);
    Sheet {
        figures_from: 5,
        ..Sheet::new(ledger::BALANCES, rows)
    }
}

fn ibanera_csv(reply: &ibanera::CustomerCardsReply) -> Sheet {
    let row = |card: &ibanera::Card| {
        let common = CardSummary::from(card);
        vec![
            card.id.to_string(),
            number(&common),
            text(common.currency.as_ref()),
            text(card.total_balance.as_ref()),
            text(card.available_balance.as_ref()),
            text(card.pending_balance.as_ref()),
            text(card.suppressed.as_ref()),
        ]
    };
    let head = [
        "customersId",
        "customersReference",
        "id",
        "number",
        "currency",
        "totalBalance",
        "availableBalance",
        "pendingBalance",
        "bSuppressed",
    ];
    let of_customer = |customer: &ibanera::CustomerCards| {
        let reference = text(customer.customers_reference.as_ref());
        vec![customer.customers_id.to_string(), reference]
    };
    let rows = ibanera_rows(reply, head.len(), of_customer, row);
    Sheet::new(head, rows)
}

/// A row for each card, and one for each customer who has none.
fn ibanera_rows(
    reply: &ibanera::CustomerCardsReply,
    width: usize,
    of_customer: impl Fn(&ibanera::CustomerCards) -> Vec<String>,
    of_card: impl Fn(&ibanera::Card) -> Vec<String>,
) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for customer in &reply.customers {
        let head = of_customer(customer);
        for card in &customer.cards {
            rows.push([head.clone(), of_card(card)].concat());
        }
        if customer.cards.is_empty() {
            let mut row = head;
            row.resize(width, String::new());
            rows.push(row);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_for_a_card_is_shown_where_there_is_no_card_yet() {
        let columns = Columns {
            request: true,
            ..Columns::default()
        };
        let mut created = ibanera::CustomerCard::default();
        for (customers_id, request_id) in [(None, Some(55)), (Some(7), Some(55)), (None, None)] {
            (created.customers_id, created.request_id) = (customers_id, request_id);
            for own in [Columns::table, Columns::csv] {
                let sheet = own(columns, &created).unwrap();
                assert_eq!(sheet.head.last().map(String::as_str), Some("request"));
                let [row] = &*sheet.rows else {
                    panic!("one row, and not {}", sheet.rows.len())
                };
                assert_eq!(row.len(), sheet.head.len());
                assert_eq!(
                    (&row[0], row.last()),
                    (
                        &text(customers_id.as_ref()),
                        Some(&text(request_id.as_ref()))
                    )
                );
            }
        }
        // No other call has it.
        let sheet = Columns::default().table(&created);
        assert!(sheet.is_none_or(|sheet| sheet.head.iter().all(|name| name != "request")));
    }

    #[test]
    fn a_card_by_itself_has_the_columns_of_a_page() {
        let card = paysafe::Card::new("c-1");
        let page = paysafe::CardPage::new(vec![card.clone()], paysafe::Meta::new(1, 10, 0));
        let columns = Columns::default();
        for own in [Columns::table, Columns::csv] {
            let alone = own(columns, &card).unwrap();
            let in_page = own(columns, &page).unwrap();
            assert_eq!((alone.head, alone.rows), (in_page.head, in_page.rows));
        }
    }
}

//! The details that a customer has to tell again before a card is made.
//!
//! Ibanera, Create card: details have to be reviewed of customers who are older than
//! six months. Which of the two objects applies follows whether the customer is a person
//! or a business, and the time runs anew once they are told: both are readings of the
//! sandbox (E-IR-02).

use std::fmt;

use cards_model::{Date, Rule};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::envelope::{ErrorItem, Refusal};
use cards_sandbox_core::answer::UnmetRule;
use cards_sandbox_core::field_error::FieldError;
use cards_sandbox_core::store::StoreError;

/// The kind of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "IbaneraCustomerKind")]
pub(crate) enum Kind {
    Personal,
    Business,
}

impl Kind {
    /// Both kinds.
    pub(super) const ALL: [Self; 2] = [Self::Personal, Self::Business];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Personal => "Personal",
            Self::Business => "Business",
        }
    }

    /// The field of a new card's request that tells the details again.
    const fn field(self) -> &'static str {
        match self {
            Self::Personal => "personalReviewDetails",
            Self::Business => "businessReviewDetails",
        }
    }
}

/// The review of a customer, as a world file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "struct Review")]
#[schemars(rename = "IbaneraReviewInFile")]
pub(crate) struct ReviewRow {
    /// A person or a business.
    kind: Kind,
    /// The day from which the six months count, `YYYY-MM-DD`.
    since: String,
}

/// Says it as the page does.
impl fmt::Display for ReviewRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, six months from {}", self.kind.as_str(), self.since)
    }
}

impl ReviewRow {
    pub(super) fn new(kind: Kind, since: &str) -> Self {
        let since = since.to_owned();
        Self { kind, since }
    }

    /// Checks that the day is one.
    pub(super) fn check(&self) -> Result<(), FieldError> {
        match self.since.parse::<Date>() {
            Ok(_) => Ok(()),
            Err(_) => Err(FieldError::at(
                "review.since",
                "a real calendar day as YYYY-MM-DD",
            )),
        }
    }

    /// Reads that of a customer. `None`: nothing has to be told again.
    pub(super) fn read(
        connection: &Connection,
        customers_id: i64,
    ) -> rusqlite::Result<Option<Self>> {
        let sql = "SELECT kind, since FROM ibanera_review WHERE customers_id = ?1";
        let mut statement = connection.prepare_cached(sql)?;
        let read = |row: &rusqlite::Row<'_>| {
            let kind: String = row.get(0)?;
            let kind = Kind::ALL.into_iter().find(|one| one.as_str() == kind);
            let since: String = row.get(1)?;
            // The table takes no other kinds.
            Ok(kind.map(|kind| Self { kind, since }))
        };
        Ok(statement
            .query_row([customers_id], read)
            .optional()?
            .flatten())
    }

    /// Adds that of a customer who has none, or replaces it.
    pub(super) fn insert(
        &self,
        transaction: &Transaction<'_>,
        customers_id: i64,
    ) -> rusqlite::Result<()> {
        let sql = "INSERT INTO ibanera_review (customers_id, kind, since) VALUES (?1, ?2, ?3)
             ON CONFLICT (customers_id) DO UPDATE SET kind = excluded.kind, since = excluded.since";
        let row = params![customers_id, self.kind.as_str(), self.since];
        transaction.prepare_cached(sql)?.execute(row).map(drop)
    }

    /// The kind of the customer.
    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    /// Tells whether more than six months of the calendar are over.
    pub(super) fn is_due(&self, today: Date) -> bool {
        let Ok(since) = self.since.parse::<Date>() else {
            return false;
        };
        let half_a_year_on = match since.month() {
            month @ ..=6 => (since.year(), month + 6, since.day()),
            month => (since.year() + 1, month - 6, since.day()),
        };
        (today.year(), today.month(), today.day()) > half_a_year_on
    }
}

/// Holds what a new card's request tells again against what is due, from which day on
/// the time runs anew.
pub(super) fn settle(
    transaction: &Transaction<'_>,
    customers_id: i64,
    told: &[Kind],
    today: Date,
) -> Result<(), Refusal> {
    let row = ReviewRow::read(transaction, customers_id).map_err(StoreError::from)?;
    let Some(row) = row.filter(|row| row.is_due(today)) else {
        return Ok(());
    };
    let field = row.kind.field();
    if !told.contains(&row.kind) {
        let limit = "must be given for a customer older than six months";
        let unmet = UnmetRule::field(field, Rule::Consistency, limit);
        let why = format!("{field} {limit}");
        return Err(Refusal::invalid(vec![ErrorItem::required(field)], why).breaks([unmet]));
    }
    let row = ReviewRow::new(row.kind, &today.to_string());
    row.insert(transaction, customers_id)
        .map_err(StoreError::from)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_year_of_the_calendar() {
        for (since, today, is_due) in [
            ("2026-01-15", "2026-07-15", false),
            ("2026-01-15", "2026-07-16", true),
            ("2026-08-31", "2027-02-28", false),
            ("2026-08-31", "2027-03-01", true),
            ("2026-12-31", "2027-06-30", false),
            ("2026-12-31", "2027-07-01", true),
            ("2026-11-21", "2026-11-21", false),
            ("2027-11-21", "2026-11-21", false),
        ] {
            let row = ReviewRow::new(Kind::Personal, since);
            assert_eq!(
                row.is_due(today.parse().unwrap()),
                is_due,
                "{since} {today}"
            );
        }
        assert!(
            ReviewRow::new(Kind::Personal, "2026-02-30")
                .check()
                .is_err()
        );
        assert!(ReviewRow::new(Kind::Business, "2028-02-29").check().is_ok());
    }
}

//! A provider's part of the world: its tables, as a world file has them, as the control
//! API adds to them and takes away from them, and as it shows them.

use cards_model::{Date, ProviderId, Rules};
use rusqlite::{Connection, Params, Transaction};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::engine::field_error::FieldError;
use crate::engine::json_input::{read_json, read_value};
use crate::engine::showing::Showing;
use crate::engine::store::StoreError;
use crate::engine::world_error::WorldError;

/// The answer to whatever is asked of a customer who is not there.
pub const NO_CUSTOMER: &str = "there is no customer of this id";
/// The answer to whatever is asked of a card that is not there.
pub const NO_CARD: &str = "the customer has no card of this id";

/// Holds what a check of rows has to know.
#[derive(Clone)]
pub struct Context {
    /// The documents' rules as of the sandbox's day.
    pub rules: Rules,
    /// Milliseconds since 1970.
    pub now: i64,
    /// Says whether saved fingerprints may come: only with the key that made them.
    pub has_key: bool,
}

impl Context {
    /// Today by the sandbox's clock.
    pub fn today(&self) -> Date {
        self.rules.today()
    }
}

/// Rows that somebody wants to add.
pub trait Check: Send {
    /// Checks the rules, and makes up what is left out. Passwords are hashed: not to be
    /// done on an async thread.
    fn check(&mut self, context: &Context) -> Result<(), WorldError>;
}

/// A customer or a card.
pub trait Row: Check {
    /// Adds a customer with all cards; or a card to the customer of this id, who is its
    /// `owner`. Gives the customer's id.
    fn add(&self, transaction: &Transaction<'_>, owner: Option<&str>)
    -> Result<String, WorldError>;
}

/// All customers of a provider, as a world file has them.
pub trait Part: Check + CopyPart + Sync {
    /// Fills empty tables.
    fn fill(&self, transaction: &Transaction<'_>) -> Result<(), WorldError>;

    /// Gives how many cards each customer has.
    fn sizes(&self) -> Vec<usize>;
}

/// Copies a [`Part`] of which nobody knows the type.
pub trait CopyPart {
    /// Copies it.
    fn copy(&self) -> Box<dyn Part>;
}

impl<T: Part + Clone + 'static> CopyPart for T {
    fn copy(&self) -> Box<dyn Part> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Part> {
    fn clone(&self) -> Self {
        (**self).copy()
    }
}

/// The customers that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who<'a> {
    /// All of them.
    All,
    /// The one of this id, if there is one.
    One(&'a str),
    /// A few of them.
    Some {
        /// The id after which they come; from the first on where it is `None`.
        after: Option<&'a str>,
        /// The most that are given.
        most: u32,
    },
}

/// The forms in which customers and cards are described.
#[derive(Clone, Copy)]
pub enum Form {
    /// All customers, in a file.
    Part,
    /// A customer to add.
    Customer,
    /// A card to add.
    Card,
    /// All customers, as they are shown.
    Shown,
    /// One customer, as it is shown.
    ShownCustomer,
}

/// A provider's part of the world, as the engine sees it.
pub trait Section: Send + Sync {
    /// Makes the schema of a form of its JSON.
    fn schema(&self, form: Form, generator: &mut SchemaGenerator) -> Schema;

    /// Names the lists that its part has at any depth: all of objects.
    fn lists(&self) -> &'static [&'static str];

    /// Gives the part of a world in which nobody is.
    fn nobody(&self) -> Box<dyn Part>;

    /// Reads the part of a world file that begins at a place in a text. Gives where it
    /// ends too.
    fn read(&self, text: &[u8], start: usize) -> Result<(Box<dyn Part>, usize), FieldError>;

    /// Reads one customer.
    fn read_customer(&self, text: &[u8]) -> Result<Box<dyn Row>, FieldError>;

    /// Reads one card.
    fn read_card(&self, text: &[u8]) -> Result<Box<dyn Row>, FieldError>;

    /// Shows all customers and cards as a world file has them.
    fn save(&self, connection: &Connection) -> Result<Box<RawValue>, StoreError>;

    /// Shows all customers and cards, without what is hidden.
    fn show(&self, connection: &Connection, showing: Showing) -> Result<Box<RawValue>, StoreError>;

    /// Shows one customer with all cards, in the same way.
    fn show_customer(
        &self,
        connection: &Connection,
        showing: Showing,
        id: &str,
    ) -> Result<Box<RawValue>, StoreError>;

    /// Tells whether a text can be a customer's id at all.
    fn is_id(&self, id: &str) -> bool;

    /// Says what takes the place of a card's id in paths; `None` where the id stands there.
    fn names_cards_by(&self) -> Option<&'static str>;

    /// Takes a customer away with all cards, or one card.
    fn remove(
        &self,
        transaction: &Transaction<'_>,
        customer: &str,
        card: Option<&str>,
    ) -> Result<(), WorldError>;

    /// Leaves no customer and no card.
    fn empty(&self, transaction: &Transaction<'_>) -> rusqlite::Result<()>;

    /// Forgets what is kept as fingerprints only and is in no file, of which the key may go.
    fn forget_fingerprints(&self, transaction: &Transaction<'_>) -> rusqlite::Result<()>;
}

/// A section with the types of its rows, which make it a [`Section`].
pub trait TypedSection: Send + Sync {
    /// The section as it is read.
    type Part: Part + Default + DeserializeOwned + JsonSchema + 'static;
    /// A customer as it is read.
    type Customer: Row + DeserializeOwned + JsonSchema + 'static;
    /// A card as it is read.
    type Card: Row + DeserializeOwned + JsonSchema + 'static;
    /// The section as the control API shows it.
    type Shown: Serialize + JsonSchema;

    /// The tables of customers and cards; those that refer to others come first.
    const TABLES: &'static [&'static str];
    /// The tables whose numbers begin anew when they are emptied.
    const SEQUENCES: &'static [&'static str] = &[];
    /// The tables of fingerprints that are in no file.
    const FINGERPRINTS: &'static [&'static str] = &[];
    /// The names of the lists in rows, from the customers on: all of objects.
    const LISTS: &'static [&'static str] = &["customers", "cards"];
    /// Says what takes the place of a card's id in paths, where that is not its id.
    const NAMES_CARDS_BY: Option<&'static str> = None;
    /// The name of the shown customers' schema, and what it says of them.
    const SHOWN: (&'static str, &'static str);

    /// Reads all that a file has to hold.
    fn save(connection: &Connection) -> Result<impl Serialize, StoreError>;

    /// Shows customers, in order.
    fn show(
        connection: &Connection,
        showing: Showing,
        who: Who<'_>,
    ) -> Result<Vec<Self::Shown>, StoreError>;

    /// Tells whether a customer may have this id.
    fn is_id(id: &str) -> bool {
        let _ = id;
        true
    }

    /// Removes a customer, or one card.
    fn remove(
        transaction: &Transaction<'_>,
        customer: &str,
        card: Option<&str>,
    ) -> Result<(), WorldError>;
}

/// Customers, as a file and `/_sandbox/world` have them.
#[derive(Serialize)]
pub struct Customers<T> {
    /// The customers, in order.
    pub customers: Vec<T>,
}

impl<T: TypedSection> Section for T {
    fn schema(&self, form: Form, generator: &mut SchemaGenerator) -> Schema {
        match form {
            Form::Part => generator.subschema_for::<T::Part>(),
            Form::Customer => generator.subschema_for::<T::Customer>(),
            Form::Card => generator.subschema_for::<T::Card>(),
            Form::ShownCustomer => generator.subschema_for::<T::Shown>(),
            Form::Shown => {
                let customers = generator.subschema_for::<Vec<T::Shown>>();
                let (name, description) = T::SHOWN;
                let schema = json_schema!({
                    "type": "object",
                    "description": description,
                    "properties": {"customers": customers},
                    "required": ["customers"],
                });
                named(generator, name, schema)
            }
        }
    }

    fn lists(&self) -> &'static [&'static str] {
        T::LISTS
    }

    fn nobody(&self) -> Box<dyn Part> {
        Box::new(T::Part::default())
    }

    fn read(&self, text: &[u8], start: usize) -> Result<(Box<dyn Part>, usize), FieldError> {
        let (part, end) = read_value::<T::Part>(text, start)?;
        Ok((Box::new(part), end))
    }

    fn read_customer(&self, text: &[u8]) -> Result<Box<dyn Row>, FieldError> {
        Ok(Box::new(read_json::<T::Customer>(text, T::LISTS)?))
    }

    fn read_card(&self, text: &[u8]) -> Result<Box<dyn Row>, FieldError> {
        Ok(Box::new(read_json::<T::Card>(text, T::LISTS)?))
    }

    fn save(&self, connection: &Connection) -> Result<Box<RawValue>, StoreError> {
        json(&T::save(connection)?)
    }

    fn show(&self, connection: &Connection, showing: Showing) -> Result<Box<RawValue>, StoreError> {
        let customers = T::show(connection, showing, Who::All)?;
        json(&Customers { customers })
    }

    fn show_customer(
        &self,
        connection: &Connection,
        showing: Showing,
        id: &str,
    ) -> Result<Box<RawValue>, StoreError> {
        json(&T::show(connection, showing, Who::One(id))?.pop())
    }

    fn is_id(&self, id: &str) -> bool {
        T::is_id(id)
    }

    fn names_cards_by(&self) -> Option<&'static str> {
        T::NAMES_CARDS_BY
    }

    fn remove(
        &self,
        transaction: &Transaction<'_>,
        customer: &str,
        card: Option<&str>,
    ) -> Result<(), WorldError> {
        T::remove(transaction, customer, card)
    }

    fn empty(&self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        delete_from(transaction, T::TABLES)?;
        for table in T::TABLES {
            // Triggers have counted down to nothing, block by block.
            let sql = "DELETE FROM row_count WHERE name = ?1";
            transaction.execute(sql, [table])?;
        }
        T::SEQUENCES.iter().try_for_each(|table| {
            let sql = "DELETE FROM sqlite_sequence WHERE name = ?1";
            transaction.execute(sql, [table]).map(drop)
        })
    }

    fn forget_fingerprints(&self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        delete_from(transaction, T::FINGERPRINTS)
    }
}

fn delete_from(transaction: &Transaction<'_>, tables: &[&str]) -> rusqlite::Result<()> {
    for table in tables {
        transaction.execute(&format!("DELETE FROM {table}"), [])?;
    }
    Ok(())
}

/// Keeps a schema among the components under a name, and refers to it there.
pub(crate) fn named(generator: &mut SchemaGenerator, name: &str, schema: Schema) -> Schema {
    let place = &generator.settings().definitions_path;
    let reference = format!("#{place}/{name}");
    generator
        .definitions_mut()
        .insert(name.to_owned(), schema.to_value());
    Schema::new_ref(reference)
}

// These types have text keys only: they are always JSON.
fn json(rows: &impl Serialize) -> Result<Box<RawValue>, StoreError> {
    to_raw_value(rows).map_err(|_| StoreError::Corrupt("rows that are no JSON".to_owned()))
}

/// Something of each provider, in their order; an object in JSON.
pub(crate) struct ByProvider<T>(pub(crate) Vec<(ProviderId, T)>);

impl<T: Serialize> Serialize for ByProvider<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(provider, value)| (provider, value)))
    }
}

/// Does something to each row of a list; an error says in which.
pub fn each<T>(
    list: &str,
    rows: impl IntoIterator<Item = T>,
    mut job: impl FnMut(T) -> Result<(), WorldError>,
) -> Result<(), WorldError> {
    for (at, row) in rows.into_iter().enumerate() {
        job(row).map_err(|error| error.within(&format!("{list}[{at}]")))?;
    }
    Ok(())
}

/// Deletes one row, of which there is none where `none` says so.
pub fn delete(
    transaction: &Transaction<'_>,
    sql: &str,
    key: impl Params,
    none: &'static str,
) -> Result<(), WorldError> {
    match transaction.execute(sql, key)? {
        0 => Err(WorldError::NotFound(none)),
        _ => Ok(()),
    }
}

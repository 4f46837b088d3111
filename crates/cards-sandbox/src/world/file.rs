//! A whole world as one JSON file: saved, written by hand, loaded.
//!
//! The file is like the SQLite file: for its owner's eyes. It holds people,
//! invented ones, in full. It holds no card number (six digits, four, and a
//! fingerprint), no password (a hash), no PIN, no one-time password and no
//! token. Fingerprints are worth nothing without the key that made them, so
//! that the key is in the file, and the store that loads it adopts it. Whoever
//! has the file, or the SQLite file, therefore has both, and can find the
//! masked numbers again by trying the few digits that are missing: they hide
//! test numbers from a glance, and from nobody who searches.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use cards_model::{Date, Rules, Samples};
use rusqlite::{Connection, Transaction};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::airpay::world_file::{Context, ReadySection as AirpayReady, Section as Airpay};
use crate::card_number;
use crate::control::read_json;
use crate::error::Error;
use crate::ibanera::world_file::{ReadySection as IbaneraReady, Section as Ibanera};
use crate::paysafe::world_file::{ReadySection as PaysafeReady, Section as Paysafe};
use crate::settings::Store as Storage;
use crate::store::{self, Fingerprints, Store, StoreError, Tables, quota};
use crate::world::quota::Quota;

/// The customers and cards of all three providers, to start a sandbox with:
/// what `GET /_sandbox/world/file` saves, or a few lines of one's own.
///
/// The sandbox has no other customers and cards than those in the file; what one
/// of them does not say is made up. Card numbers are given whole, and have to be test numbers;
/// passwords are given in the clear. Neither is kept so. A file holds at most
/// 10,000 customers and 50,000 cards, in at most 64 MiB, and so does a sandbox: what
/// is in one can be saved and loaded again. A store of an older sandbox may hold
/// more. It is served and does not grow, and is saved once it holds no more than
/// that.
///
/// ```
/// use cards_sandbox::{Sandbox, World};
///
/// let world = World::from_json(
///     r#"{
///         "airpay": {"customers": [{"mobile_no": "9000000001", "password": "Quiet#Sea42"}]},
///         "paysafe": {"customers": [{"customerId": "7", "cards": [{"status": "LOCKED"}]}]},
///         "ibanera": {"customers": [{"customersId": 7, "cards": [{"totalBalance": 12.50}]}]}
///     }"#,
/// )?;
/// let sandbox = Sandbox::builder().world(world).start_blocking()?;
/// # Ok::<(), cards_sandbox::Error>(())
/// ```
#[derive(Clone)]
pub struct World(pub(crate) File);

impl World {
    /// Reads a world. Whether it keeps the documents' rules is seen when a
    /// sandbox starts with it, as they depend on the day.
    ///
    /// # Errors
    ///
    /// The text is no JSON of this form; the message names the field. See
    /// [`Error::is_world`].
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let file: File = read_json(text.as_bytes()).map_err(Error::world)?;
        Ok(Self(file))
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

/// The one version of the file so far.
const VERSION: u32 = 1;

/// Every provider's customers and cards; what is left out is empty.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "WorldFile")]
pub(crate) struct File {
    #[serde(default = "version")]
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// 64 hex digits; without it, no fingerprint may be in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fingerprint_key: Option<String>,
    #[serde(default)]
    airpay: Airpay,
    #[serde(default)]
    paysafe: Paysafe,
    #[serde(default)]
    ibanera: Ibanera,
}

const fn version() -> u32 {
    VERSION
}

/// A world that keeps the rules, with every password hashed.
pub(crate) struct Ready {
    key: Option<[u8; 32]>,
    airpay: AirpayReady,
    paysafe: PaysafeReady,
    ibanera: IbaneraReady,
}

impl File {
    /// Whether it holds no more than a file may.
    pub(crate) fn check_size(&self) -> Result<(), Refused> {
        let within = |provider: &'static str| move |wrong| Refused::from(wrong).within(provider);
        let mut held = Quota::NOTHING;
        held.count(self.airpay.sizes()).map_err(within("airpay"))?;
        held.count(self.paysafe.sizes())
            .map_err(within("paysafe"))?;
        held.count(self.ibanera.sizes()).map_err(within("ibanera"))
    }

    /// Checks everything that needs no store. Passwords are hashed: not to be
    /// done on an async thread.
    pub(crate) fn ready(self, rules: Rules, now: i64) -> Result<Ready, Refused> {
        if self.version != VERSION {
            let what = format!("this sandbox reads version {VERSION}");
            return Err(Wrong::at("version", what).into());
        }
        self.check_size()?;
        let key = fingerprint_from(self.fingerprint_key.as_deref())
            .map_err(|what| Wrong::at("fingerprintKey", what))?;
        let context = Context {
            rules,
            has_key: key.is_some(),
        };
        let within = |provider: &'static str| move |refused: Refused| refused.within(provider);
        Ok(Ready {
            key,
            airpay: self.airpay.ready(context).map_err(within("airpay"))?,
            paysafe: self
                .paysafe
                .ready(rules.today(), now)
                .map_err(within("paysafe"))?,
            ibanera: self.ibanera.ready().map_err(within("ibanera"))?,
        })
    }
}

impl Ready {
    /// Puts this world in the place of the one that is there. Tokens of
    /// customers who are gone are gone with them.
    pub(crate) fn replace(&self, transaction: &Transaction<'_>) -> Result<(), Refused> {
        empty(transaction)?;
        let fingerprints = match self.key {
            Some(key) => {
                // They were made with the key that goes.
                transaction.execute("DELETE FROM airpay_one_time_password", [])?;
                transaction.execute("DELETE FROM used_code", [])?;
                Fingerprints::adopt(transaction, key)?
            }
            None => Fingerprints::of(transaction)?,
        };
        let within = |provider: &'static str| move |refused: Refused| refused.within(provider);
        let filled = self.airpay.fill(transaction, &fingerprints);
        filled.map_err(within("airpay"))?;
        self.paysafe.fill(transaction).map_err(within("paysafe"))?;
        self.ibanera.fill(transaction).map_err(within("ibanera"))?;
        transaction.execute(
            "DELETE FROM token WHERE provider = 'airpay'
                 AND subject NOT IN (SELECT entity_id FROM airpay_customer)",
            [],
        )?;
        Ok(())
    }
}

/// Leaves no customer and no card.
pub(crate) fn empty(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(
        "DELETE FROM airpay_preference;
         DELETE FROM airpay_card;
         DELETE FROM airpay_customer;
         DELETE FROM paysafe_card;
         DELETE FROM paysafe_customer;
         DELETE FROM ibanera_card;
         DELETE FROM ibanera_customer;
         DELETE FROM sqlite_sequence;",
    )
}

/// The world as at the start, into empty tables: the given one, or that of
/// [`crate::world`].
pub(crate) fn start(
    transaction: &Transaction<'_>,
    given: Option<&Ready>,
    tables: &[&'static Tables],
    today: Date,
) -> Result<(), Refused> {
    if let Some(given) = given {
        return given.replace(transaction);
    }
    store::seed(transaction, tables, today)?;
    Ok(())
}

/// Checks a world as far as that can be done before there is a store: it is
/// put into one that is thrown away.
pub(crate) fn check(
    world: World,
    tables: &[&'static Tables],
    today: Date,
    now: i64,
) -> Result<Ready, Refused> {
    let rules = Rules::on(today).samples(Samples::Accept);
    let ready = Arc::new(world.0.ready(rules, now)?);
    let store = Store::open_with::<Refused>(&Storage::Memory, tables, today, |_| Ok(()))?;
    let tried = Arc::clone(&ready);
    wait(store.write(move |transaction| tried.replace(transaction)))?;
    drop(store);
    Arc::into_inner(ready).ok_or_else(|| StoreError::Gone.into())
}

/// Waits for the store, on whatever thread this is called.
pub(crate) fn wait<T: Send, E: Send + From<StoreError>>(
    job: impl Future<Output = Result<T, E>> + Send,
) -> Result<T, E> {
    // A runtime cannot be waited for within another, and one may be here.
    let on_own_thread = || {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.map_err(|_| StoreError::Gone)?.block_on(job)
    };
    std::thread::scope(|scope| scope.spawn(on_own_thread).join())
        .unwrap_or_else(|_| Err(StoreError::Gone.into()))
}

/// Everything as a file; an error where no sandbox would load it, as it holds more
/// than a world may.
pub(crate) fn save(connection: &Connection) -> Result<File, StoreError> {
    quota::check(connection, Quota::MOST)?;
    Ok(File {
        version: VERSION,
        fingerprint_key: Some(hex(Fingerprints::of(connection)?.key())),
        airpay: crate::airpay::world_file::save(connection)?,
        paysafe: crate::paysafe::world_file::save(connection)?,
        ibanera: crate::ibanera::world_file::save(connection)?,
    })
}

/// A field that is wrong. No value is in here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) field: String,
    pub(crate) what: Cow<'static, str>,
}

impl Wrong {
    pub(crate) fn at(field: impl Into<String>, what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            field: field.into(),
            what: what.into(),
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.what)
    }
}

/// Why something is not added, or not taken away.
#[derive(Debug)]
pub(crate) enum Refused {
    Wrong(Wrong),
    NotFound(&'static str),
    Store(StoreError),
}

impl Refused {
    /// The same, of something that is a part.
    pub(crate) fn within(self, path: &str) -> Self {
        match self {
            Self::Wrong(wrong) => Self::Wrong(Wrong {
                field: format!("{path}.{}", wrong.field),
                ..wrong
            }),
            other => other,
        }
    }
}

impl From<Wrong> for Refused {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// 64 hex digits.
pub(crate) fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads the 64 digits that [`hex`] wrote.
pub(crate) fn fingerprint_from(text: Option<&str>) -> Result<Option<[u8; 32]>, &'static str> {
    const WHAT: &str = "64 hex digits";
    let Some(text) = text else {
        return Ok(None);
    };
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return Err(WHAT);
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        let is_hex = |digit: u8| digit.is_ascii_hexdigit();
        let pair = &text[at..at + 2];
        if !pair.bytes().all(is_hex) {
            return Err(WHAT);
        }
        *byte = u8::from_str_radix(pair, 16).map_err(|_| WHAT)?;
    }
    Ok(Some(bytes))
}

/// Refuses a text in which a card number stands: none is ever kept whole.
pub(crate) fn no_card_number(field: &str, text: &str) -> Result<(), Wrong> {
    if card_number::is_in(text) {
        return Err(Wrong::at(field, "a card number does not belong here"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_is_found_in_a_text() {
        for text in [
            "4111111111111111",
            "4111 1111-1111 1111",
            "to 4111111111111111, please",
        ] {
            let wrong = no_card_number("note", text).unwrap_err();
            assert_eq!(
                wrong.to_string(),
                "note: a card number does not belong here"
            );
        }
        for text in [
            "",
            "4111111111111112",
            "411111111111",
            "+359 888333333",
            "é 1 -",
        ] {
            assert_eq!(no_card_number("note", text), Ok(()), "{text}");
        }
    }

    #[test]
    fn fingerprints_as_text() {
        let bytes: [u8; 32] = std::array::from_fn(|at| at as u8 * 8);
        assert_eq!(fingerprint_from(Some(&hex(&bytes))), Ok(Some(bytes)));
        assert_eq!(fingerprint_from(None), Ok(None));
        for text in [
            "",
            "00",
            &"0g".repeat(32),
            &"+1".repeat(32),
            &"é".repeat(32),
        ] {
            assert!(fingerprint_from(Some(text)).is_err(), "{text}");
        }
    }
}

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

use std::sync::Arc;

use cards_model::{Date, ProviderId, Rules, Waivers};
use rusqlite::{Connection, Transaction};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::invented::{fingerprint_from, hex};
use super::section::{ByProvider, Context, Form, Part, Section, named};
use crate::engine::field_error::FieldError;
use crate::engine::json_input::{read_members, read_value};
use crate::engine::provider::Providers;
use crate::engine::quota::Quota;
use crate::engine::settings::Storage;
use crate::engine::store::{self, Fingerprints, Store, StoreError, quota};
use crate::engine::world_error::WorldError;

/// The one version of the file so far.
const VERSION: u32 = 1;

/// The members of a file beside those of the providers.
const OWN: [&str; 2] = ["version", "fingerprintKey"];

/// Holds what a file says of every provider; what is left out is empty.
#[derive(Clone)]
pub struct WorldFile {
    version: u32,
    fingerprint_key: Option<String>,
    parts: Vec<(ProviderId, Box<dyn Part>)>,
}

/// A file as it is saved.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Saved {
    version: u32,
    fingerprint_key: String,
    #[serde(flatten)]
    parts: ByProvider<Box<RawValue>>,
}

impl WorldFile {
    /// Reads a file. The error names the field.
    pub fn read(text: &[u8], providers: &Providers) -> Result<Self, FieldError> {
        let mut file = Self {
            version: VERSION,
            fingerprint_key: None,
            parts: providers
                .sections()
                .map(|(provider, section)| (provider, section.nobody()))
                .collect(),
        };
        let names: Vec<_> = OWN
            .into_iter()
            .chain(providers.sections().map(|(provider, _)| provider.as_str()))
            .collect();
        let mut came = Vec::new();
        let enter = |name: &str| {
            let Some(name) = names.iter().find(|known| **known == name) else {
                let known = names.iter().map(|name| format!("`{name}`"));
                let known = known.collect::<Vec<_>>().join(", ");
                let what = format!("an unknown field, expected one of {known}");
                return Err(FieldError::of_whole(what));
            };
            if came.contains(name) {
                return Err(FieldError::of_whole(format!("duplicate field `{name}`")));
            }
            came.push(*name);
            Ok(())
        };
        let read = |name: &str, start| {
            let end;
            match name {
                "version" => (file.version, end) = read_value(text, start)?,
                "fingerprintKey" => (file.fingerprint_key, end) = read_value(text, start)?,
                name => {
                    let mut all = providers.sections().zip(&mut file.parts);
                    let found = all.find(|((provider, _), _)| provider.as_str() == name);
                    let Some(((_, section), (_, part))) = found else {
                        return Err(FieldError::of_whole("not what belongs here"));
                    };
                    (*part, end) = section.read(text, start)?;
                }
            }
            Ok(end)
        };
        let lists: Vec<_> = providers
            .sections()
            .flat_map(|(_, section)| section.lists())
            .copied()
            .collect();
        read_members(text, &lists, enter, read)?;
        Ok(file)
    }

    /// Checks whether it holds no more than a file may.
    pub fn check_size(&self) -> Result<(), WorldError> {
        let mut held = Quota::NOTHING;
        for (provider, part) in &self.parts {
            let counted = held.count(part.sizes().into_iter());
            counted.map_err(|error| error.within(provider.as_str()))?;
        }
        Ok(())
    }

    /// Checks everything that needs no store, and makes up what is left out. Passwords are
    /// hashed: not to be done on an async thread.
    pub(crate) fn check(
        &mut self,
        rules: impl Fn(ProviderId) -> Rules,
        now: i64,
    ) -> Result<(), WorldError> {
        if self.version != VERSION {
            let what = format!("this sandbox reads version {VERSION}");
            return Err(FieldError::at("version", what).into());
        }
        self.check_size()?;
        let has_key = self.key()?.is_some();
        for (provider, part) in &mut self.parts {
            let rules = rules(*provider);
            let context = Context {
                rules,
                now,
                has_key,
            };
            let checked = part.check(&context);
            checked.map_err(|error| error.within(provider.as_str()))?;
        }
        Ok(())
    }

    fn key(&self) -> Result<Option<[u8; 32]>, FieldError> {
        fingerprint_from("fingerprintKey", self.fingerprint_key.as_deref())
    }

    /// Puts this world, which was checked, in the place of the one that is there.
    pub(crate) fn replace(
        &self,
        transaction: &Transaction<'_>,
        providers: &Providers,
    ) -> Result<(), WorldError> {
        for (_, section) in providers.sections() {
            section.empty(transaction)?;
        }
        // Nobody of the file is logged in.
        transaction.execute("DELETE FROM token", [])?;
        // Nor was anybody of it given a code, or has used one.
        for (_, section) in providers.sections() {
            section.forget_fingerprints(transaction)?;
        }
        transaction.execute("DELETE FROM used_code", [])?;
        if let Some(key) = self.key()? {
            Fingerprints::adopt(transaction, key)?;
        }
        for (provider, part) in &self.parts {
            let filled = part.fill(transaction);
            filled.map_err(|error| error.within(provider.as_str()))?;
        }
        Ok(())
    }

    /// Describes the file.
    pub(crate) fn schema(providers: &Providers, generator: &mut SchemaGenerator) -> Schema {
        let mut schema = json_schema!({
            "type": "object",
            "description": "Every provider's customers and cards; what is left out is empty.",
            "properties": {
                "version": {
                    "type": "integer", "format": "uint32", "minimum": 0, "const": VERSION,
                    "default": VERSION,
                },
                "fingerprintKey": {
                    "type": ["string", "null"],
                    "description": "64 hex digits; without it, no fingerprint may be in the file.",
                },
            },
            "additionalProperties": false,
        });
        for (provider, section) in providers.sections() {
            let mut part = section.schema(Form::Part, generator);
            part.insert("default".to_owned(), json!({"customers": []}));
            if let Some(members) = schema.pointer_mut("/properties") {
                members[provider.as_str()] = part.to_value();
            }
        }
        if generator.contract().is_serialize() {
            let always: Vec<_> = ["version"]
                .into_iter()
                .chain(providers.sections().map(|(provider, _)| provider.as_str()))
                .collect();
            schema.insert("required".to_owned(), json!(always));
        }
        named(generator, "WorldFile", schema)
    }
}

/// Asks each provider's section for something.
pub(crate) fn ask_each<T, E>(
    providers: &Providers,
    mut ask: impl FnMut(&dyn Section) -> Result<T, E>,
) -> Result<ByProvider<T>, E> {
    let each = providers.sections();
    let each = each.map(|(provider, section)| Ok((provider, ask(section)?)));
    Ok(ByProvider(each.collect::<Result<_, E>>()?))
}

/// Makes the world as at the start in empty tables: the given one, or that of the providers' seeds.
pub fn start(
    transaction: &Transaction<'_>,
    providers: &Providers,
    given: Option<&WorldFile>,
    today: Date,
) -> Result<(), WorldError> {
    if let Some(given) = given {
        return given.replace(transaction, providers);
    }
    store::seed(transaction, &providers.tables(), today)?;
    Ok(())
}

/// Checks a world as far as that can be done before there is a store: it is
/// put into one that is thrown away.
pub(crate) fn check(
    mut file: WorldFile,
    providers: &Providers,
    today: Date,
    now: i64,
    waivers: &Waivers,
) -> Result<WorldFile, WorldError> {
    let rules = |provider| providers.rules(provider, now.div_euclid(1000));
    file.check(|provider| rules(provider).waivers(waivers.clone()), now)?;
    let tables = providers.tables();
    let store = Store::open_with::<WorldError>(&Storage::Memory, &tables, today, |_| Ok(()))?;
    let file = Arc::new(file);
    let (tried, of) = (Arc::clone(&file), providers.clone());
    wait(store.write(move |transaction| tried.replace(transaction, &of)))?;
    drop(store);
    Arc::into_inner(file).ok_or_else(|| StoreError::Gone.into())
}

/// Waits for the store, on whatever thread this is called.
pub fn wait<T: Send, E: Send + From<StoreError>>(
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

/// Gives everything as a file; an error where no sandbox would load it, as it holds more
/// than a world may.
pub(crate) fn save(
    connection: &Connection,
    providers: &Providers,
) -> Result<impl Serialize + use<>, StoreError> {
    quota::check(connection, Quota::MOST)?;
    let save = |section: &dyn Section| section.save(connection);
    Ok(Saved {
        version: VERSION,
        fingerprint_key: hex(Fingerprints::of(connection)?.key()),
        parts: ask_each(providers, save)?,
    })
}

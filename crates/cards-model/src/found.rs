//! The errors of `validator`, as they are found.

use validator::ValidationErrors;

/// Collects what the checks of a request and of its objects find.
#[derive(Default)]
pub struct Found(Vec<(&'static str, ValidationErrors)>);

impl Found {
    /// Adds what the check of an object found, by the object's wire name, which is
    /// empty for the request itself.
    pub fn add(&mut self, at: &'static str, outcome: Result<(), ValidationErrors>) {
        if let Err(errors) = outcome {
            self.0.push((at, errors));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(&'static str, ValidationErrors)> {
        self.0.iter()
    }
}

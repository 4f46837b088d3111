//! Waivers of the rules of any operation.

use cards_model::{Waiver, WaiverError, Waivers};

use crate::operations::operations;
use crate::settings::Validation;

impl Validation {
    /// Every rule but these: pairs of a field's wire name and a rule, or
    /// [`Waiver`]s. A name such as `register-user/city` or `airpay/city` is about
    /// one operation or one provider alone.
    ///
    /// Some rules keep a request in a form that can be sent, and cannot be waived:
    /// see [`Waivers`]. Neither can the checks of credentials and headers.
    ///
    /// # Errors
    ///
    /// Names a field that no operation has, or a rule that the field has not, and
    /// lists those that there are.
    pub fn except(
        waivers: impl IntoIterator<Item = impl Into<Waiver>>,
    ) -> Result<Self, WaiverError> {
        Waivers::new(waivers, operations()).map(Self::Except)
    }
}

//! The traits of every request: it says what it is, is checked, lists its
//! fields.

use arrayvec::ArrayVec;
use validator::ValidateArgs;

use crate::operation::Operation;
use crate::rule::{Rules, Samples};
use crate::sensitive::Text;
use crate::violation::Violations;

/// A documented request.
pub trait Request: for<'a> ValidateArgs<'a, Args = &'a Rules> {
    /// The operation that it asks for.
    const OPERATION: &'static Operation;

    /// Checks every documented rule and reports all that is broken at once.
    ///
    /// A valid request is checked without an allocation.
    fn check(&self, rules: &Rules) -> Result<(), Violations> {
        match self.validate_with_args(rules) {
            Ok(()) => Ok(()),
            Err(errors) => {
                let violations = Violations::from_validator(Self::OPERATION, &errors);
                match rules.samples {
                    Samples::Refuse => Err(violations),
                    Samples::Accept => violations.without(|v| self.is_sample(&v.field)),
                }
            }
        }
    }

    /// Whether a field holds exactly what the document's own request example
    /// sends in it. See [`Samples`].
    fn is_sample(&self, wire: &str) -> bool {
        let _ = wire;
        false
    }
}

/// A request that travels as form fields.
///
/// Signing and encoding both work from [`Form::fields`], so that what is
/// signed is what is sent.
pub trait Form: Request {
    /// See [`Operation::example_order`].
    const EXAMPLE_ORDER: &'static [&'static str] = Self::OPERATION.example_order;

    /// The fields in the order of the document's table. An optional field that
    /// is absent is left out; one that is empty is listed as empty.
    fn fields(&self) -> Fields<'_>;

    /// Checks a request that was read with [`Form::from_fields`], where `came`
    /// tells whether a wire name was among the pairs. A required field that did
    /// not come is refused, also where an empty value is taken: as the document's
    /// own sample, or by a setting.
    ///
    /// ```
    /// use cards_model::airpay::RegisterUser;
    /// use cards_model::{Date, Form, Rules, Samples};
    ///
    /// let rules = Rules::on(Date::new(2026, 11, 21)?).samples(Samples::Accept);
    /// let named = |pairs: &[(&str, &str)]| {
    ///     let request = RegisterUser::from_fields(pairs.iter().copied());
    ///     let came = |wire: &str| pairs.iter().any(|(name, _)| *name == wire);
    ///     let wrong = request.check_received(came, &rules).unwrap_err();
    ///     wrong.fields().any(|field| field == "otp")
    /// };
    /// assert!(!named(&[("otp", "")]), "as the document's example sends it");
    /// assert!(named(&[]));
    /// # Ok::<(), cards_model::DateError>(())
    /// ```
    fn check_received(&self, came: impl Fn(&str) -> bool, rules: &Rules) -> Result<(), Violations> {
        let fields = Self::OPERATION.fields.iter();
        let missing: Vec<_> = fields
            .filter(|field| field.required && !came(field.wire))
            .collect();
        Violations::with_missing(Self::OPERATION, self.check(rules), &missing)
    }

    /// A request from decoded pairs, for servers. What is missing reads as
    /// empty, which [`Form::check_received`] tells from what came empty; of a
    /// name that comes twice the last one counts; unknown names are passed over.
    fn from_fields<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self
    where
        Self: Sized;
}

/// A request that travels as a path and a query.
pub trait Query: Request {
    /// The value of the path's one parameter, where the path has one.
    fn path_parameter(&self) -> Option<&str> {
        None
    }

    /// The query's pairs in the order of the document; absent ones left out.
    fn query(&self) -> Vec<(&'static str, String)>;
}

/// The longest documented form, User Registration, has 21 fields.
const MOST_FIELDS: usize = 24;

/// A form's `(wire name, value)` pairs, borrowed, on the stack.
pub type Fields<'a> = ArrayVec<(&'a str, &'a str), MOST_FIELDS>;

/// A field of a form: a text, or the option of one.
pub trait FormValue {
    /// Whether the form cannot do without it.
    const REQUIRED: bool;
    /// Whether the type redacts its values.
    const IS_SENSITIVE: bool;

    /// The value to send, if there is one.
    fn form_text(&self) -> Option<&str>;

    /// The value received, if one was.
    fn from_form(text: Option<&str>) -> Self;
}

impl<T: Text + for<'a> From<&'a str>> FormValue for T {
    const REQUIRED: bool = true;
    const IS_SENSITIVE: bool = T::IS_SENSITIVE;

    fn form_text(&self) -> Option<&str> {
        Some(self.text())
    }

    fn from_form(text: Option<&str>) -> Self {
        T::from(text.unwrap_or_default())
    }
}

impl<T: Text + for<'a> From<&'a str>> FormValue for Option<T> {
    const REQUIRED: bool = false;
    const IS_SENSITIVE: bool = T::IS_SENSITIVE;

    fn form_text(&self) -> Option<&str> {
        self.as_ref().map(T::text)
    }

    fn from_form(text: Option<&str>) -> Self {
        text.map(T::from)
    }
}

/// Defines a form request from one list of its fields: the struct, the table
/// of its rows, samples and constraints, and both directions of its wire form.
///
/// A field reads `"wire" in "row" sampled "value" => pub name: Type`. The type
/// is taken apart into identifiers because `validator`'s derive has to see the
/// word `Option`, which a `ty` fragment would hide. The rules in
/// `#[validate(...)]` are read twice: by that derive and by `constraints!`.
macro_rules! form_request {
    (
        operation: $operation:expr,
        example_order: [$($example:literal),+ $(,)?],
        $(#[$docs:meta])*
        pub struct $name:ident {
            $(
                $(#[doc = $field_docs:literal])*
                $(#[validate($($rule:ident $(($($args:tt)*))?),+ $(,)?)])?
                $wire:literal in $row:literal $(sampled $sample:literal)?
                    => pub $field:ident: $type:ident $(<$inner:ident>)?,
            )+
        }
    ) => {
        #[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, validator::Validate)]
        #[serde(deny_unknown_fields)]
        #[validate(context = $crate::Rules)]
        $(#[$docs])*
        pub struct $name {
            $(
                $(#[doc = $field_docs])*
                #[serde(rename = $wire)]
                $(#[validate($($rule $(($($args)*))?),+)])?
                pub $field: $type $(<$inner>)?,
            )+
        }

        impl $crate::Request for $name {
            const OPERATION: &'static $crate::Operation = {
                const FIELDS: &[$crate::Field] = &[$($crate::Field {
                    wire: $wire,
                    rust: stringify!($field),
                    required: <$type $(<$inner>)? as $crate::FormValue>::REQUIRED,
                    row: $row,
                    sample: $crate::request::sample!($($sample)?),
                    kind: $crate::Kind::Text,
                    is_sensitive: <$type $(<$inner>)? as $crate::FormValue>::IS_SENSITIVE,
                    // Lists are asked for by queries.
                    is_page: false,
                    constraints: $crate::derived::constraints!(
                        $type $(<$inner>)?; $($($rule $(($($args)*))?),+)?
                    ),
                    docs: &[$($field_docs),*],
                }),+];
                &$crate::Operation {
                    fields: FIELDS,
                    example_order: &[$($example),+],
                    ..$operation
                }
            };

            fn is_sample(&self, wire: &str) -> bool {
                let sample = Self::OPERATION.field(wire).and_then(|field| field.sample);
                sample.is_some()
                    && $crate::Form::fields(self)
                        .iter()
                        .any(|&(name, value)| name == wire && Some(value) == sample)
            }
        }

        impl $crate::Form for $name {
            fn fields(&self) -> $crate::Fields<'_> {
                let mut fields = $crate::Fields::new();
                $(if let Some(text) = $crate::FormValue::form_text(&self.$field) {
                    fields.push(($wire, text));
                })+
                fields
            }

            fn from_fields<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
                $(let mut $field = None;)+
                for (name, value) in pairs {
                    match name {
                        $($wire => $field = Some(value),)+
                        _ => {}
                    }
                }
                Self { $($field: $crate::FormValue::from_form($field),)+ }
            }
        }
    };
}

/// Defines a request that travels as a path and a query, from one list of its
/// fields. A field reads as in [`form_request`], without a sample, and one that
/// chooses a page of a list is marked: `"wire" in "row" of page => pub name: Type`.
/// A field that must be given has that as one of its rules.
macro_rules! query_request {
    (
        operation: $operation:expr,
        $(#[$docs:meta])*
        pub struct $name:ident {
            $(
                $(#[doc = $field_docs:literal])*
                $(#[serde($default:ident)])?
                $(#[validate($($rule:ident $(($($args:tt)*))?),+ $(,)?)])?
                $wire:literal in $row:literal $(of $page:ident)?
                    => pub $field:ident: $type:ident $(<$inner:ident>)?,
            )+
        }
    ) => {
        #[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, validator::Validate)]
        #[serde(deny_unknown_fields)]
        #[validate(context = $crate::Rules)]
        $(#[$docs])*
        pub struct $name {
            $(
                $(#[doc = $field_docs])*
                #[serde(rename = $wire $(, $default)?)]
                $(#[validate($($rule $(($($args)*))?),+)])?
                pub $field: $type $(<$inner>)?,
            )+
        }

        impl $crate::Request for $name {
            const OPERATION: &'static $crate::Operation = {
                const FIELDS: &[$crate::Field] = &[$({
                    const CONSTRAINTS: &[$crate::Constraint] =
                        $crate::derived::constraints!(
                            $type $(<$inner>)?; $($($rule $(($($args)*))?),+)?
                        );
                    $crate::Field {
                        wire: $wire,
                        rust: stringify!($field),
                        required: $crate::derived::is_required(CONSTRAINTS),
                        row: $row,
                        sample: None,
                        kind: <$type $(<$inner>)? as $crate::derived::Valued>::KIND,
                        // Ids, numbers and listed values travel in a path or a query.
                        is_sensitive: false,
                        is_page: $crate::request::is_page!($($page)?),
                        constraints: CONSTRAINTS,
                        docs: &[$($field_docs),*],
                    }
                }),+];
                &$crate::Operation { fields: FIELDS, ..$operation }
            };
        }
    };
}

/// `Some(sample)`, or `None` where the example sends nothing.
macro_rules! sample {
    () => {
        None
    };
    ($sample:literal) => {
        Some($sample)
    };
}

/// Whether a field is marked as one that chooses a page.
macro_rules! is_page {
    () => {
        false
    };
    (page) => {
        true
    };
}

pub(crate) use {form_request, is_page, query_request, sample};

//! A struct of documented fields: a request, or an object within one.

use validator::ValidateArgs;

use crate::found::Found;
use crate::operation::Field;
use crate::received::Reader;
use crate::rule::Rules;
use crate::value::Visitor;

/// A struct of documented fields: a request, or an object within one.
/// [`request!`](crate::request!) and [`object!`](crate::object!) implement it.
pub trait Record: for<'a> ValidateArgs<'a, Args = &'a Rules> + Sized {
    /// The rows of the fields, in the order of the document's table, those of an
    /// object's own fields behind the object's.
    const ROWS: &'static [Field];

    /// One of which nothing is given yet: texts are empty, numbers 0.
    #[doc(hidden)]
    fn absent() -> Self;

    /// Shows each field that has a value, in the order of the rows.
    fn visit<'a>(&'a self, visitor: &mut Visitor<'_, 'a>);

    /// Reads each field of what a server received.
    #[doc(hidden)]
    fn read(reader: &mut Reader<'_>) -> Self;

    /// Checks the fields, and those of its objects. `at` is its own wire name,
    /// which is empty for a request.
    #[doc(hidden)]
    fn check_at(&self, at: &'static str, rules: &Rules, found: &mut Found);
}

/// The first of some rows, and the others. There is one for each field.
#[doc(hidden)]
pub fn next(rows: &'static [Field]) -> (&'static Field, &'static [Field]) {
    (&rows[0], &rows[1..])
}

/// Defines a struct of documented fields from the list of them. See
/// [`request!`](crate::request!), which uses it as [`object!`](crate::object!)
/// does.
#[doc(hidden)]
#[macro_export]
macro_rules! __record {
    (
        path: $path:expr, place: $place:expr, at: $at:tt,
        $(#[doc = $docs:literal])*
        $(#[derive($($derived:ident),+)])?
        $(#[validate(schema(
            function = $schema:ident, skip_on_field_errors = false $(, $context:ident)?
        ))])*
        pub struct $name:ident {
            $(
                $(#[doc = $field_docs:literal])*
                $(#[serde($default:ident)])?
                $(#[validate($($rule:ident $(($($args:tt)*))?),+ $(,)?)])?
                $wire:literal in $row:literal $(sampled $sample:literal)? $(of $mark:ident)?
                    => pub $field:ident: $type:ident $(<$inner:ident>)?,
            )+
        }
        $(
            $(#[$new_docs:meta])*
            fn $new:ident($($given:ident: $given_type:ident),* $(,)?);
        )?
    ) => {
        #[derive(Clone, Debug, PartialEq, Eq)]
        $(#[derive($($derived),+)])?
        $(#[doc = $docs])*
        pub struct $name {
            $(
                $(#[doc = $field_docs])*
                pub $field: $type $(<$inner>)?,
            )+
        }

        const _: () = {
            #[derive(serde::Deserialize)]
            #[serde(deny_unknown_fields, expecting = "an object")]
            struct Given {
                $(
                    #[serde(rename = $wire $(, $default)?)]
                    $field: $type $(<$inner>)?,
                )+
            }

            /// Reads the fields by their wire names, and repeats none of their values in an error.
            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> Result<Self, D::Error> {
                    let Given { $($field),+ } = $crate::__macro::quiet(deserializer)?;
                    Ok(Self { $($field),+ })
                }
            }
        };

        impl<'rules> $crate::__macro::ValidateArgs<'rules> for $name {
            type Args = &'rules $crate::Rules;

            fn validate_with_args(
                &self,
                rules: &'rules $crate::Rules,
            ) -> Result<(), $crate::__macro::ValidationErrors> {
                let mut errors = $crate::__macro::ValidationErrors::new();
                let (this, found) = (self, &mut errors);
                $($($($crate::__check!(this.$field, found, rules; $rule $(($($args)*))?);)+)?)+
                $($crate::__check!(this, found, rules; $schema $(, $context)?);)*
                let _ = (this, found, rules);
                $crate::__macro::outcome(errors)
            }
        }

        const _: () = {
            const PATH: &str = $path;
            const PARTS: &[($crate::Field, &[$crate::Field])] = &[$({
                const KIND: $crate::Kind = <$type $(<$inner>)? as $crate::FieldValue>::KIND;
                const CONSTRAINTS: &[$crate::Constraint] = $crate::__field!(
                    @constraints $type $(<$inner>)?; $($($rule $(($($args)*))?),+)?
                );
                let row = $crate::Field {
                    wire: $crate::__field!(@wire $at $wire),
                    rust: stringify!($field),
                    place: $crate::__macro::place(
                        PATH,
                        $wire,
                        $crate::__field!(@place $($mark)?; $place),
                    ),
                    required: <$type $(<$inner>)? as $crate::FieldValue>::REQUIRED
                        || $crate::__macro::is_required(KIND, CONSTRAINTS),
                    row: $row,
                    sample: $crate::__field!(@sample $($sample)?),
                    kind: KIND,
                    sensitivity: <$type $(<$inner>)? as $crate::FieldValue>::SENSITIVITY,
                    is_page: $crate::__field!(@is_page $($mark)?),
                    constraints: CONSTRAINTS,
                    docs: &[$($field_docs),*],
                };
                (row, <$type $(<$inner>)? as $crate::FieldValue>::FIELDS)
            }),+];
            const OWN: &[$crate::Field] = &$crate::__macro::own::<{ PARTS.len() }>(PARTS);

            impl $crate::Record for $name {
                const ROWS: &'static [$crate::Field] =
                    &$crate::__macro::flat::<{ $crate::__macro::rows(PARTS) }>(PARTS);

                fn absent() -> Self {
                    Self { $($field: $crate::FieldValue::absent(),)+ }
                }

                fn visit<'a>(&'a self, visitor: &mut $crate::Visitor<'_, 'a>) {
                    let rows = OWN;
                    $(
                        let (row, rows) = $crate::__macro::next(rows);
                        $crate::FieldValue::visit(&self.$field, row, visitor);
                    )+
                    let _ = rows;
                }

                fn read(reader: &mut $crate::__macro::Reader<'_>) -> Self {
                    let rows = OWN;
                    $(
                        let (row, rows) = $crate::__macro::next(rows);
                        let $field = $crate::FieldValue::read(row, reader);
                    )+
                    let _ = rows;
                    Self { $($field),+ }
                }

                fn check_at(
                    &self,
                    at: &'static str,
                    rules: &$crate::Rules,
                    found: &mut $crate::__macro::Found,
                ) {
                    found.add(at, $crate::__macro::ValidateArgs::validate_with_args(self, rules));
                    let rows = OWN;
                    $(
                        let (row, rows) = $crate::__macro::next(rows);
                        $crate::FieldValue::check(&self.$field, row, rules, found);
                    )+
                    let _ = rows;
                }
            }
        };

        impl $name {
            $($crate::__field! {
                @new $(#[$new_docs])* fn $new($($given: $given_type),*)
            })?
            $($crate::__field! { @setter $field: $type $(<$inner>)? })+
        }
    };
}

/// Makes one thing of one field. See [`__record`](crate::__record).
#[doc(hidden)]
#[macro_export]
macro_rules! __field {
    (@wire [] $wire:literal) => { $wire };
    (@wire [$at:literal] $wire:literal) => { concat!($at, ".", $wire) };

    (@place query; $place:expr) => { $crate::Place::Query };
    (@place $(page)?; $place:expr) => { $place };

    (@is_page page) => { true };
    (@is_page $(query)?) => { false };

    (@sample) => { None };
    (@sample $sample:literal) => { Some($sample) };

    (@constraints $type:ty; $($rule:ident $(($($args:tt)*))?),*) => {
        &[$($crate::__field!(@constraint $type; $rule $(($($args)*))?)),*]
    };
    (@constraint $type:ty; required) => { $crate::Constraint::Required };
    (@constraint $type:ty; length(equal = $length:literal)) => {
        $crate::Constraint::Length { min: Some($length), max: Some($length) }
    };
    (@constraint $type:ty; length(min = $min:literal, max = $max:literal)) => {
        $crate::Constraint::Length { min: Some($min), max: Some($max) }
    };
    (@constraint $type:ty; length(min = $min:literal)) => {
        $crate::Constraint::Length { min: Some($min), max: None }
    };
    (@constraint $type:ty; length(max = $max:literal)) => {
        $crate::Constraint::Length { min: None, max: Some($max) }
    };
    (@constraint $type:ty; range(min = $min:literal, max = $max:literal)) => {
        $crate::Constraint::Range { min: Some($min), max: Some($max) }
    };
    (@constraint $type:ty; range(min = $min:literal)) => {
        $crate::Constraint::Range { min: Some($min), max: None }
    };
    // A rule without its function in `ConstraintOf` does not compile.
    (@constraint $type:ty; custom(function = rule::$rule:ident $(, use_context)?)) => {
        $crate::__macro::ConstraintOf::<$type>::$rule()
    };

    // Numbers are taken as they are: a literal would have no type otherwise.
    (@taken u32) => { u32 };
    (@taken u64) => { u64 };
    (@taken i64) => { i64 };
    (@taken bool) => { bool };
    (@taken $type:ident) => { impl Into<$type> };

    (@new $(#[$docs:meta])* fn $new:ident($($given:ident: $type:ident),*)) => {
        $(#[$docs])*
        pub fn $new($($given: $crate::__field!(@taken $type)),*) -> Self {
            #[allow(unused_mut, reason = "a request may need nothing to begin with")]
            let mut new = <Self as $crate::Record>::absent();
            $(
                let given: $type = $given.into();
                new.$given = given.into();
            )*
            new
        }
    };

    (@setter $field:ident: Option<$type:ident>) => {
        #[doc = concat!("Sets [`", stringify!($field), "`](Self::", stringify!($field), ").")]
        #[must_use]
        pub fn $field(mut self, $field: $crate::__field!(@taken $type)) -> Self {
            self.$field = Some($field.into());
            self
        }
    };
    (@setter $field:ident: Vec<$type:ident>) => {
        #[doc = concat!("Sets [`", stringify!($field), "`](Self::", stringify!($field), ").")]
        #[must_use]
        pub fn $field(mut self, $field: impl IntoIterator<Item = $type>) -> Self {
            self.$field = $field.into_iter().collect();
            self
        }
    };
    (@setter $field:ident: $type:ident) => {};
}

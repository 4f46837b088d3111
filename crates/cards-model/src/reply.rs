//! The declaration of what replies hold: the owned type, its checks and its view.

/// Defines a part of a reply, its checks, and its view, from one list of the fields.
///
/// A field whose type in the view is another one names it: `pub bin: Option<String> as
/// Option<Cow<'a, str>>`. What reads the one reads the other too, so that both take the
/// same replies. Where the view can read without a copy, `#[owned(...)]` and `#[view(...)]`
/// hold what serde is told of each beside the rest. The rules in `#[validate(...)]` are checked as
/// those of requests are.
macro_rules! reply {
    (
        $(#[doc = $all_docs:literal])*
        #[derive($($derived:ident),+)]
        $(#[serde($($all_serde:tt)*)])?
        $(#[validate(schema(function = $schema:ident, skip_on_field_errors = false))])*
        $(#[non_exhaustive $(($mark:tt))?])?
        pub struct $name:ident $(as $view:ident<$a:lifetime>)? {
            $(
                $(#[doc = $docs:literal])*
                $(#[serde($($serde:tt)*)])*
                $(#[owned($($owned:tt)*)] #[view($($lent:tt)*)])?
                $(#[validate($($rule:ident $(($($args:tt)*))?),+)])?
                pub $field:ident: $type:ty $(as $borrowed:ty)?,
            )+
        }
    ) => {
        $(#[doc = $all_docs])*
        #[derive($($derived),+)]
        $(#[serde($($all_serde)*)])?
        $(#[non_exhaustive] $($mark)?)?
        pub struct $name {
            $(
                $(#[doc = $docs])*
                $(#[serde($($serde)*)])* $(#[serde($($owned)*)])?
                pub $field: $type,
            )+
        }

        impl validator::Validate for $name {
            fn validate(&self) -> Result<(), validator::ValidationErrors> {
                let mut errors = validator::ValidationErrors::new();
                let (this, found) = (self, &mut errors);
                $($($($crate::__check!(this.$field, found, rules; $rule $(($($args)*))?);)+)?)+
                $($crate::__check!(this, found, rules; $schema);)*
                let _ = (this, found);
                $crate::__macro::outcome(errors)
            }
        }

        $crate::reply::reply! {
            @view $name $(as $view<$a>)? {
                $(
                    $(#[doc = $docs])* $(#[serde($($serde)*)])* $(#[serde($($lent)*)])?
                    pub $field: ($type $(as $borrowed)?),
                )+
            }
        }
    };
    // It borrows nothing.
    (@view $name:ident { $($fields:tt)* }) => { $crate::lent::own!($name); };
    (
        @view $name:ident as $view:ident<$a:lifetime> {
            $($(#[$attribute:meta])* pub $field:ident: ($($type:tt)+),)+
        }
    ) => {
        #[doc = concat!(
            "Views a [`", stringify!($name), "`] whose texts stand in the body that it was read from."
        )]
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
        #[non_exhaustive]
        pub struct $view<$a> {
            $($(#[$attribute])* pub $field: $crate::reply::reply!(@type $($type)+),)+
        }

        impl $view<'_> {
            /// A copy that outlives the body.
            pub fn into_owned(self) -> $name {
                $name {
                    $($field: $crate::lent::IntoOwned::into_owned(self.$field),)+
                }
            }
        }

        impl $crate::lent::IntoOwned for $view<'_> {
            type Owned = $name;

            fn into_owned(self) -> $name {
                self.into_owned()
            }
        }
    };
    (@type $type:ty) => { $type };
    (@type $type:ty as $borrowed:ty) => { $borrowed };
}

pub(crate) use reply;

//! The abilities of every request: to say what it is, be checked, show its fields.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::found::Found;
use crate::operation::{Operation, Place};
use crate::received::{Reader, Received, Unread};
use crate::record::Record;
use crate::rule::{Rules, Samples};
use crate::value::Value;
use crate::violation::{Violation, Violations};

/// A documented request, as [`request!`](crate::request!) defines it.
///
/// All that is sent of it comes from one list of its fields, [`Record::visit`].
pub trait Request: Record {
    /// The operation that it asks for.
    const OPERATION: &'static Operation;

    /// Checks every documented rule and reports all that is broken at once.
    ///
    /// A valid request is checked without an allocation.
    fn check(&self, rules: &Rules) -> Result<(), Violations> {
        let mut found = Found::default();
        self.check_at("", rules, &mut found);
        if found.is_empty() {
            return Ok(());
        }
        let violations = Violations::from_found(Self::OPERATION, &found);
        let is_sample = |v: &Violation| {
            let mut over_two = Self::OPERATION.dependents.iter();
            rules.samples == Samples::Accept
                && self.is_sample(&v.field)
                && !over_two
                    .any(|it| it.field == v.field && it.constraint.rules().contains(&v.rule))
        };
        violations.without(|v| rules.waivers.cover(Self::OPERATION, v) || is_sample(v))
    }

    /// Tells whether a field holds exactly what the document's own request example sends in it. See
    /// [`Samples`].
    fn is_sample(&self, wire: &str) -> bool {
        let mut is_sample = false;
        self.visit(&mut |field, value| {
            let sample = field.sample.filter(|_| field.wire == wire);
            is_sample |= sample.is_some() && value.into_text().as_deref() == sample;
        });
        is_sample
    }

    /// The fields of one part of the request as texts, before they are encoded,
    /// in the order of the document's table; absent ones left out.
    ///
    /// ```
    /// use cards_model::paysafe::ListPrepaidCards;
    /// use cards_model::{Place, Request};
    ///
    /// let list = ListPrepaidCards::new("12345678").limit(50);
    /// assert_eq!(list.pairs(Place::Path).as_slice(), [("customerId", "12345678".into())]);
    /// assert_eq!(list.pairs(Place::Query).as_slice(), [("limit", "50".into())]);
    /// ```
    fn pairs(&self, place: Place) -> Pairs<'_> {
        let mut pairs = Pairs::new();
        self.visit(&mut |field, value| {
            if field.place == place {
                pairs.extend(value.into_text().map(|text| (field.wire, text)));
            }
        });
        pairs
    }

    /// The JSON body, with secrets in the clear: the fields that travel in it, in
    /// the order of the document's table; absent ones left out.
    fn json(&self) -> String {
        crate::json::object(self)
    }

    /// A request from what a server received, or all that is wrong with it: the
    /// fields that are missing or of another kind, and the broken rules of the
    /// others. Unknown names are passed over.
    fn receive(received: &Received<'_>, rules: &Rules) -> Result<Self, Violations> {
        let mut reader = Reader::new(received);
        let request = Self::read(&mut reader);
        let found = request.check(rules);
        let is_waived = |v: &Violation| rules.waivers.cover(Self::OPERATION, v);
        Violations::with_unread(Self::OPERATION, found, &reader.into_unread(), is_waived)?;
        Ok(request)
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
    fn fields(&self) -> Fields<'_> {
        let mut fields = Fields::new();
        self.visit(&mut |field, value| {
            if let (Place::Form, Value::Text(text) | Value::Decimal(text)) = (field.place, value) {
                fields.push((field.wire, text));
            }
        });
        fields
    }

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
        let missing = fields.filter(|field| field.required && !came(field.wire));
        let missing: Vec<_> = missing.map(Unread::missing).collect();
        let is_waived = |v: &Violation| rules.waivers.cover(Self::OPERATION, v);
        Violations::with_unread(Self::OPERATION, self.check(rules), &missing, is_waived)
    }

    /// A request from decoded pairs, for servers. What is missing reads as
    /// empty, which [`Form::check_received`] tells from what came empty; of a
    /// name that comes twice the last one counts; unknown names are passed over.
    fn from_fields<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let received = Received::new().pairs(Place::Form, pairs);
        Self::read(&mut Reader::new(&received))
    }
}

/// The number of fields that are listed without an allocation: User Registration, the longest of
/// the documents' forms, has 21. A longer one goes to the heap.
const ON_THE_STACK: usize = 24;

/// A form's `(wire name, value)` pairs, borrowed.
pub type Fields<'a> = SmallVec<[(&'a str, &'a str); ON_THE_STACK]>;

/// The `(wire name, value)` pairs of a path, a query or a form, as texts.
pub type Pairs<'a> = SmallVec<[(&'static str, Cow<'a, str>); 6]>;

/// Defines a request from one list of its fields: the struct, the table of its
/// rows, samples and constraints, its setters, and both directions of its wire
/// form.
///
/// A field reads `"wire" in "row" sampled "value" => pub name: Type`. It travels
/// in the path, where that has a parameter of its name, or else in the body, or
/// where there is none in the query; `of query` and `of page` before the arrow
/// put it there with a body too, and mark one that chooses a page of a list. The
/// type is a text, a number, an [`Amount`](crate::Amount) or a truth value, the option of one, a list of
/// texts, a [`FileUpload`](crate::FileUpload), or an [`object!`](crate::object!). It is taken apart into identifiers
/// because the setters have to see the word `Option`, which a `ty` fragment would
/// hide. The rules in `#[validate(...)]` read as `validator`'s derive has them, and
/// are read twice: for the check, which is `validator`'s, and for [`Field::constraints`](crate::Field::constraints).
///
/// `body` is `none`, `json`, `multipart`, `form`, or for a signed form `form in [...]` with the
/// fields' names in the order of the document's example. The constructor, where
/// one is wanted, stands behind the struct, without its body.
///
/// ```
/// use cards_model::{Effect, Method, Operation, Personal, ProviderId, Request, object, request, rule};
///
/// request! {
///     operation: Operation::new(
///         ProviderId::PAYSAFE,
///         "move-customer",
///         Method::Patch,
///         "/customers/{customerId}",
///         Effect::Mutation,
///         "Paysafe Move customer",
///     ),
///     body: json,
///     /// Sends a customer's post elsewhere.
///     pub struct MoveCustomer {
///         /// The customer's id.
///         #[validate(custom(function = rule::required), custom(function = rule::path_segment))]
///         "customerId" in "Path Parameters" => pub customer_id: String,
///         /// Whether the old address stays known.
///         "keepOld" in "Body, keepOld" => pub keep_old: Option<bool>,
///         /// The new address.
///         "address" in "Body, address" => pub address: Option<Address>,
///     }
///     /// A change of nothing yet.
///     fn new(customer_id: String);
/// }
///
/// object! {
///     at: "address",
///     /// Where post goes.
///     pub struct Address {
///         /// City: at most 30 letters, spaces, hyphens and periods.
///         #[validate(length(max = 30), custom(function = rule::required), custom(function = rule::city))]
///         "city" in "Body, address.city" sampled "Sofia" => pub city: Personal,
///     }
///     /// An address in a city.
///     fn new(city: Personal);
/// }
///
/// let request = MoveCustomer::new("1").address(Address::new("Łódź")).keep_old(true);
/// assert_eq!(request.json(), r#"{"keepOld":true,"address":{"city":"Łódź"}}"#);
/// let rules = cards_model::Rules::on("2026-11-21".parse()?);
/// let wrong = MoveCustomer::new("1").address(Address::new("12")).check(&rules).unwrap_err();
/// assert_eq!(wrong.fields().collect::<Vec<_>>(), ["address.city"]);
/// # Ok::<(), cards_model::DateError>(())
/// ```
///
/// A wire name that comes twice does not compile:
///
/// ```compile_fail,E0080
/// # use cards_model::{Effect, Method, Operation, ProviderId, request};
/// request! {
///     operation: Operation::new(
///         ProviderId::AIRPAY, "twice", Method::Post, "/twice", Effect::Read, "Airpay Twice",
///     ),
///     body: json,
///     /// Has one name for two fields.
///     pub struct Twice {
///         /// One.
///         "same" in "Body, same" => pub one: Option<String>,
///         /// Another.
///         "same" in "Body, same" => pub other: Option<String>,
///     }
/// }
/// ```
///
/// nor does a parameter of the path that no field is for:
///
/// ```compile_fail,E0080
/// # use cards_model::{Effect, Method, Operation, ProviderId, request};
/// request! {
///     operation: Operation::new(
///         ProviderId::AIRPAY, "lost", Method::Post, "/lost/{cardId}", Effect::Read, "Airpay Lost",
///     ),
///     body: json,
///     /// Has a parameter without a field.
///     pub struct Lost {
///         /// One.
///         "card" in "Body, card" => pub card: Option<String>,
///     }
/// }
/// ```
#[macro_export]
macro_rules! request {
    (
        operation: $operation:expr,
        body: $body:ident $(in [$($example:literal),+ $(,)?])?,
        $($record:tt)+
    ) => {
        $crate::__record! {
            path: $operation.path,
            place: $crate::__request!(@place $body),
            at: [],
            $($record)+
        }

        $crate::__request!(@name $body, $operation, [$($($example),+)?]; $($record)+);
    };
}

/// Makes one thing of a request. See [`request!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __request {
    (@place none) => { $crate::Place::Query };
    (@place form) => { $crate::Place::Form };
    (@place json) => { $crate::Place::Json };
    (@place multipart) => { $crate::Place::Part };

    (@body none) => { $crate::Body::None };
    (@body form) => { $crate::Body::Form };
    (@body json) => { $crate::Body::Json };
    (@body multipart) => { $crate::Body::Multipart };

    // The struct's name stands behind its attributes.
    (
        @name $body:ident, $operation:expr, $example:tt;
        $(#[$($docs:tt)*])* pub struct $name:ident $($rest:tt)+
    ) => {
        impl $crate::Request for $name {
            const OPERATION: &'static $crate::Operation = &$crate::__macro::operation(
                $operation,
                $crate::__request!(@body $body),
                &$example,
                <$name as $crate::Record>::ROWS,
            );
        }

        // What nobody uses would not be checked.
        const _: &$crate::Operation = <$name as $crate::Request>::OPERATION;

        $crate::__request!(@form $body $name);
    };

    (@form form $name:ident) => {
        impl $crate::Form for $name {}
    };
    (@form $body:ident $name:ident) => {};
}

/// Defines an object within a request's JSON body. `at` is its wire name, with a
/// path where it is nested itself; the fields read as in [`request!`].
#[macro_export]
macro_rules! object {
    (
        at: $at:literal,
        $(#[$($docs:tt)*])*
        pub struct $name:ident $($rest:tt)+
    ) => {
        $crate::__record! {
            path: "",
            place: $crate::Place::Json,
            at: [$at],
            $(#[$($docs)*])*
            pub struct $name $($rest)+
        }

        impl $crate::FieldType for $name {
            const KIND: $crate::Kind = $crate::Kind::Object;
            const FIELDS: &'static [$crate::Field] = <$name as $crate::Record>::ROWS;

            fn empty() -> Self {
                <$name as $crate::Record>::absent()
            }

            fn value(&self) -> $crate::Value<'_> {
                $crate::Value::Object
            }

            fn from_text(_: &str) -> Option<Self> {
                None
            }

            fn from_json(
                json: &$crate::__macro::Json,
                reader: &mut $crate::__macro::Reader<'_>,
            ) -> Option<Self> {
                json.is_object().then(|| <$name as $crate::Record>::read(reader))
            }

            fn visit<'a>(&'a self, visitor: &mut $crate::Visitor<'_, 'a>) {
                $crate::Record::visit(self, visitor);
            }

            fn check(
                &self,
                at: &'static str,
                rules: &$crate::Rules,
                found: &mut $crate::__macro::Found,
            ) {
                $crate::Record::check_at(self, at, rules, found);
            }
        }
    };
}

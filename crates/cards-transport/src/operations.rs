//! The one list of operations, and the way of a visitor to one of them.

use bytes::Bytes;
use cards_model::airpay::{
    Acknowledged, AddCard, Balance, CardBalance, CardDetails, CardReplacement, CustomerCards,
    CustomerPreference, ForgotPassword, GenerateOtp, LockUnlock, LoggedIn, RegisterUser,
    Registered, ResetLink, SetPin, TopUp, ToppedUp, UpdateCustomer, UpdateKycStatus, UserLogin,
};
use cards_model::ibanera::{
    ActivateCard, CardReview, CardsByCustomer, CreateCard, CustomerCard, CustomerCardsReply,
    ListCardBalances, ListCardTransactions, ListCustomerCards, PaidIn, ReviewCreateCard,
    SimulatePayin, UploadDocument, Uploaded,
};
use cards_model::paysafe::{
    Card, CreatePrepaidCard, GetPrepaidCard, ListPrepaidCards, UpdatePrepaidCard, UpdatedCard,
};
use cards_model::{Operation, Request as _, Rules, Violations};
use http::Request;

use crate::airpay::about as about_airpay;
use crate::airpay::{
    Airpay, AtSetPath, Keys, Signed, Token, acknowledged, data, data_if_any, issued, part,
};
use crate::call::{Attempt, Call, Sealed, Way};
use crate::cause::ConfigError;
use crate::ibanera::about as about_ibanera;
use crate::ibanera::{
    BearerAndCode, Ibanera, LoginCall, created_card, customer_card, customers, paid_in, review,
    uploaded,
};
use crate::paging::Paged;
use crate::paysafe::about as about_paysafe;
use crate::paysafe::{Bearer, IssueAccessToken, Paysafe, card_or_nothing, object};
use crate::reply::Warning;
use crate::unreadable::Unreadable;

/// Lists the operations, and implements [`Call`] for those that have nothing of
/// their own.
///
/// Such a row reads `Request -> Reply: Way, reader;`: the [`Way`] makes the
/// request, the reader is a function that reads the body of a reply. Behind `of`
/// stands the function that makes its warnings, where it has some. A request
/// with its own impl of [`Call`], in a file of its own, stands here by its name.
/// A call that brings one page of a list ends with `in pages`.
macro_rules! operations {
    ($($provider:ident {
        $($call:ident
            $(-> $reply:ident: $way:ty, $reader:ident $(, of $about:ident::$warnings:ident)?)?
            $(in $pages:ident)?;)+
    })+) => {
        $($(
            impl Sealed for $call {}

            $(impl Call for $call {
                type Provider = $provider;
                type Reply = $reply;

                const NEEDS_TOKEN: bool = <$way as Way<Self>>::NEEDS_TOKEN;
                const NEEDS_CODE: bool = <$way as Way<Self>>::NEEDS_CODE;
                const PATH_VARIABLE: Option<&'static str> = <$way as Way<Self>>::PATH_VARIABLE;

                fn operation() -> &'static Operation {
                    Self::OPERATION
                }

                // Built where it is called only, and so for each call that a program makes
                // and no other: these two are most of what building this crate would take.
                #[inline]
                fn violations(&self, rules: &Rules) -> Result<(), Violations> {
                    self.check(rules)
                }

                #[inline]
                fn request(
                    &self,
                    attempt: &Attempt<'_, $provider>,
                ) -> Result<Request<Bytes>, ConfigError> {
                    <$way as Way<Self>>::request(self, attempt)
                }

                #[inline]
                fn parse(body: &[u8]) -> Result<$reply, Unreadable> {
                    $reader(body)
                }

                $(fn warnings(&self, reply: &$reply) -> Vec<Warning> {
                    $about::$warnings(self, reply)
                })?
            })?
        )+)+

        /// Lists the operations: each provider's in the order of its documents,
        /// and last the one that logs in.
        ///
        /// ```
        /// let signed = cards_transport::operations().filter(|operation| operation.is_signed());
        /// assert_eq!(signed.last().map(|operation| operation.name), Some("user-login"));
        /// ```
        pub fn operations() -> impl ExactSizeIterator<Item = &'static Operation> {
            [$($(operation_of::<$provider, $call>()),+),+].into_iter()
        }

        /// Takes a visitor to the operation of this name. `None`: there is none.
        ///
        /// No two operations have one name, whoever's they are.
        pub fn visit<V: Visit>(name: &str, visitor: V) -> Option<V::Output> {
            $($(
                if name == $call::operation().name {
                    return Some(met!(visitor, $call $($pages)?));
                }
            )+)+
            None
        }
    };
}

/// Calls the visitor's method for a call, or for one that brings a page.
macro_rules! met {
    ($visitor:ident, $call:ident) => {
        $visitor.visit::<$call>()
    };
    ($visitor:ident, $call:ident pages) => {
        $visitor.visit_paged::<$call>()
    };
}

operations! {
    Airpay {
        RegisterUser -> Registered: Signed<Keys>, data;
        UpdateCustomer -> Acknowledged: Signed<Token>, acknowledged;
        CustomerPreference -> Acknowledged: Signed<Token>, acknowledged;
        LockUnlock -> Acknowledged: Signed<Token>, acknowledged;
        SetPin -> Acknowledged: Signed<Token>, acknowledged;
        CardReplacement -> Acknowledged: Signed<Token>, acknowledged;
        UpdateKycStatus -> Acknowledged: Signed<Token>, acknowledged;
        ForgotPassword -> ResetLink: Signed<Keys>, data;
        GenerateOtp -> Acknowledged: AtSetPath<Keys>, acknowledged;
        AddCard -> Acknowledged: Signed<Token>, acknowledged;
        CardDetails -> CustomerCards: Signed<Token>, part;
        CardBalance -> Balance: Signed<Token>, data, of about_airpay::balance;
        TopUp -> ToppedUp: Signed<Token>, data_if_any;
        UserLogin -> LoggedIn: Signed<Keys>, issued;
    }
    Paysafe {
        ListPrepaidCards in pages;
        GetPrepaidCard -> Card: Bearer, object, of about_paysafe::shown;
        CreatePrepaidCard -> Card: Bearer, object, of about_paysafe::created;
        UpdatePrepaidCard -> UpdatedCard: Bearer, card_or_nothing, of about_paysafe::updated;
        IssueAccessToken;
    }
    Ibanera {
        ListCustomerCards in pages;
        CardsByCustomer -> CustomerCardsReply: BearerAndCode, customers, of about_ibanera::listed;
        CreateCard -> CustomerCard: BearerAndCode, created_card, of about_ibanera::created;
        ReviewCreateCard -> CardReview: BearerAndCode, review;
        UploadDocument -> Uploaded: BearerAndCode, uploaded;
        ActivateCard -> CustomerCard: BearerAndCode, customer_card, of about_ibanera::activated;
        ListCardBalances in pages;
        ListCardTransactions in pages;
        SimulatePayin -> PaidIn: BearerAndCode, paid_in;
        LoginCall;
    }
}

/// Does something with the type of an operation's request, of which only the
/// name is known. See [`visit`].
///
/// ```
/// use cards_transport::{Call, Visit, visit};
///
/// /// Tells whether a call carries a token.
/// struct NeedsToken;
///
/// impl Visit for NeedsToken {
///     type Output = bool;
///
///     fn visit<C: Call>(self) -> bool {
///         C::NEEDS_TOKEN
///     }
/// }
///
/// assert_eq!(visit("update-customer", NeedsToken), Some(true));
/// assert_eq!(visit("register-user", NeedsToken), Some(false));
/// assert_eq!(visit("register-users", NeedsToken), None);
/// ```
pub trait Visit {
    /// The value that a visit brings.
    type Output;

    /// Visits a request.
    fn visit<C: Call>(self) -> Self::Output;

    /// Visits a request for one page of a list.
    fn visit_paged<C: Paged>(self) -> Self::Output
    where
        Self: Sized,
    {
        self.visit::<C>()
    }
}

/// The operation of a request, which is this provider's.
fn operation_of<P, C: Call<Provider = P>>() -> &'static Operation {
    C::operation()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_lead_to_their_operations() {
        struct Visited;

        impl Visit for Visited {
            type Output = &'static Operation;

            fn visit<C: Call>(self) -> &'static Operation {
                C::operation()
            }
        }

        let names: BTreeSet<_> = operations().map(|operation| operation.name).collect();
        assert_eq!(names.len(), operations().len());
        for operation in operations() {
            assert_eq!(visit(operation.name, Visited), Some(operation));
        }
        assert_eq!(visit("", Visited), None);
    }

    #[test]
    fn an_operation_is_of_the_provider_that_it_is_listed_under() {
        struct IsOwn;

        impl Visit for IsOwn {
            type Output = bool;

            fn visit<C: Call>(self) -> bool {
                let login = <C::Provider as crate::call::Provider>::Login::operation();
                C::operation().provider == login.provider
            }
        }

        for operation in operations() {
            assert_eq!(visit(operation.name, IsOwn), Some(true), "{operation}");
        }
    }
}

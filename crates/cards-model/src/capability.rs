//! Names what an operation is for, in words that fit every provider, and where it is known from.

use std::fmt;

use serde::Serialize;

/// Defines an enum of words in a fixed order.
macro_rules! words {
    (
        $(#[$docs:meta])*
        pub enum $name:ident {
            $($(#[$word_docs:meta])* $word:ident = $text:literal,)+
        }
    ) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$word_docs])* #[serde(rename = $text)] $word,)+
        }

        impl $name {
            /// All of them, in the order of their definition.
            pub const ALL: &[Self] = &[$(Self::$word),+];

            /// The word for it, in small letters.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$word => $text),+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

words! {
    /// The purpose of an operation, whoever offers it.
    pub enum Capability {
        /// Gets a token for further calls.
        LogIn = "log in",
        /// Sends a one-time password to a customer.
        OneTimePassword = "one-time code",
        /// Makes somebody a customer.
        Register = "register",
        /// Changes what is known of a customer.
        UpdateCustomer = "customer data",
        /// Changes how well a customer is known (KYC).
        Kyc = "KYC level",
        /// Lets a customer choose a new password.
        ResetPassword = "password reset",
        /// Chooses the ways in which a customer's cards can be used.
        Preferences = "preferences",
        /// Tells what a customer has to hand in before a card is made.
        Review = "review",
        /// Hands in a document.
        Documents = "documents",
        /// Makes a card, or adds one.
        CreateCard = "create a card",
        /// Lists cards.
        ListCards = "list cards",
        /// Shows one card.
        ShowCard = "show a card",
        /// Changes the state of a card: activated, locked, ended.
        CardState = "card state",
        /// Sets the PIN of a card.
        Pin = "PIN",
        /// Puts a card in the place of another one.
        Replace = "replace",
        /// Brings money onto a card.
        Load = "load money",
        /// Tells balances.
        Balance = "balances",
        /// Lists what came onto a card and left it.
        Transactions = "transactions",
    }
}

words! {
    /// The source of what is known of an operation.
    pub enum Source {
        /// One of the five documents.
        Document = "document",
        /// Another public page of the provider.
        Reference = "reference",
        /// No page: its path or its fields are inferred from others.
        Assumption = "assumption",
    }
}

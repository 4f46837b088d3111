//! The facts of each provider that a new operation starts from.

use super::operation::Method;

/// The ways of one provider.
pub(super) struct Provider {
    /// `airpay`.
    pub(super) name: &'static str,
    /// The beginning of all paths, which the operation's name follows. `None`: the
    /// path has to be given.
    pub(super) paths: Option<&'static str>,
    /// The usual method.
    pub(super) method: Method,
    /// The rest of the row in `operations!`: the reply, the way of the request, and
    /// the reader, as those of an operation that there is.
    pub(super) row: &'static str,
    /// The credentials, as an `operation.toml` names them.
    pub(super) auth: &'static str,
    /// The template of the handler.
    pub(super) handler: &'static str,
    /// The template of the handler's test.
    pub(super) test: &'static str,
}

/// All providers.
pub(super) const PROVIDERS: [Provider; 3] = [
    Provider {
        name: "airpay",
        paths: Some("/airpay/ms/cards/api/"),
        method: Method::Post,
        row: "-> Acknowledged: Signed<Token>, acknowledged;",
        auth: "token",
        handler: include_str!("templates/airpay.rs.txt"),
        test: include_str!("templates/airpay_test.rs.txt"),
    },
    Provider {
        name: "paysafe",
        paths: None,
        method: Method::Get,
        row: "-> Card: Bearer, object;",
        auth: "bearer",
        handler: include_str!("templates/paysafe.rs.txt"),
        test: include_str!("templates/paysafe_test.rs.txt"),
    },
    Provider {
        name: "ibanera",
        paths: None,
        method: Method::Get,
        row: "-> CustomerCardsReply: BearerAndCode, customers;",
        auth: "ibanera",
        handler: include_str!("templates/ibanera.rs.txt"),
        test: include_str!("templates/ibanera_test.rs.txt"),
    },
];

/// The provider of this name.
pub(super) fn named(name: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.name == name)
}

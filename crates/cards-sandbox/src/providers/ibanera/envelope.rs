//! The failure side of the envelope; a success is each operation's own, since
//! the document gives each its own keys.

use axum::http::StatusCode;
use cards_model::{Request, Rule, Violations};
use schemars::JsonSchema;
use serde::Serialize;

use cards_sandbox_core::answer::{Answer, Rejection, UnmetRule};
use cards_sandbox_core::store::StoreError;

/// The body of every reply that is no success.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "IbaneraFailure")]
pub(crate) struct Failure<'a> {
    #[schemars(extend("const" = "0"))]
    status: &'static str,
    errors: &'a [ErrorItem],
    /// Not used.
    id: i64,
    #[schemars(with = "()")]
    details: Option<()>,
}

/// The body of a success that tells nothing more, and so has no `details`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "IbaneraDone")]
pub(super) struct Done {
    /// Not used.
    id: i64,
    #[schemars(extend("const" = "1"))]
    status: &'static str,
    errors: [ErrorItem; 0],
}

/// Says that a call did what was asked.
pub(super) const DONE: Done = Done {
    id: 0,
    status: "1",
    errors: [],
};

/// One thing that is wrong.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorItem {
    /// In the document's sample of byuser/list only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    error_type: Option<&'static str>,
    /// The field or the header at fault.
    field_name: &'static str,
    /// `Required`, `Invalid`, or another code.
    message_code: &'static str,
}

impl ErrorItem {
    pub(super) const fn new(field_name: &'static str, message_code: &'static str) -> Self {
        Self {
            error_type: None,
            field_name,
            message_code,
        }
    }

    pub(super) const fn required(field_name: &'static str) -> Self {
        Self::new(field_name, "Required")
    }

    pub(super) const fn invalid(field_name: &'static str) -> Self {
        Self::new(field_name, "Invalid")
    }
}

/// A call that is not carried out.
pub(super) struct Refusal {
    status: StatusCode,
    errors: Vec<ErrorItem>,
    why: String,
    violations: Option<Violations>,
    unmet: Vec<UnmetRule>,
    /// Holds the store's error for the log, which is told when the call is answered. To be made
    /// tells nobody anything: one may be made for a case that does not come.
    store: Option<Box<StoreError>>,
}

impl Refusal {
    fn new(status: StatusCode, errors: Vec<ErrorItem>, why: impl Into<String>) -> Self {
        Self {
            status,
            errors,
            why: why.into(),
            violations: None,
            unmet: Vec::new(),
            store: None,
        }
    }

    /// Refuses something about the request itself.
    pub(super) fn invalid(errors: Vec<ErrorItem>, why: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, errors, why)
    }

    /// The broken rules of a request, each field once: a value that is missing is
    /// `Required`, and every other one `Invalid`.
    pub(super) fn unmet<R: Request>(violations: Violations) -> Self {
        let mut errors: Vec<ErrorItem> = Vec::new();
        let mut each = Vec::new();
        for violation in &violations {
            each.push(format!("{}: {}", violation.field, violation.limit));
            // Only names of the operation's table come out of a check.
            let field = R::OPERATION.field(&violation.field);
            let name = field.map_or("request", |field| field.wire);
            let is_missing = violation.rule == Rule::Required;
            match errors.iter_mut().find(|error| error.field_name == name) {
                Some(error) if is_missing => *error = ErrorItem::required(name),
                Some(_) => {}
                None if is_missing => errors.push(ErrorItem::required(name)),
                None => errors.push(ErrorItem::invalid(name)),
            }
        }
        Self::invalid(errors, each.join("; ")).violations(Some(violations))
    }

    /// Refuses something that is no request at all.
    pub(super) fn rejected(rejection: Rejection) -> Self {
        let errors = vec![ErrorItem::invalid("request")];
        Self::new(rejection.status(), errors, rejection.why())
    }

    /// Refuses something about who calls.
    pub(super) fn unauthorized(error: ErrorItem, why: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, vec![error], why)
    }

    /// Makes one of the documented codes.
    pub(super) fn documented(status: StatusCode, error: ErrorItem) -> Self {
        Self::new(status, vec![error], "")
    }

    /// Makes the one that a fault orders.
    pub(super) fn ordered(status: StatusCode) -> Self {
        let errors = match status.as_u16() {
            401 => vec![ErrorItem::invalid("Authorization")],
            400..500 => vec![ErrorItem::invalid("request")],
            _ => Vec::new(),
        };
        Self::new(status, errors, "")
    }

    /// Sets the documented rules that the request breaks.
    pub(super) fn violations(mut self, violations: Option<Violations>) -> Self {
        self.violations = violations;
        self
    }

    /// Adds broken rules that the request's type cannot check.
    pub(super) fn breaks(mut self, unmet: impl IntoIterator<Item = UnmetRule>) -> Self {
        self.unmet.extend(unmet);
        self
    }

    /// Adds the key that byuser/list has in addition.
    pub(super) fn with_error_type(mut self) -> Self {
        let error_type = match self.status {
            StatusCode::UNAUTHORIZED => "Authorization",
            StatusCode::BAD_REQUEST => "Validation",
            _ => "Internal",
        };
        for error in &mut self.errors {
            error.error_type = Some(error_type);
        }
        self
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        if let StoreError::OverQuota(limit) = error {
            let errors = vec![ErrorItem::invalid("request")];
            return Self::new(StatusCode::CONFLICT, errors, limit.to_string());
        }
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        let verdict = error.verdict();
        Self {
            store: Some(Box::new(error)),
            ..Self::new(status, Vec::new(), verdict)
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        if let Some(error) = &refusal.store {
            tracing::error!(%error, "the store failed");
        }
        let body = Failure {
            status: "0",
            errors: &refusal.errors,
            id: 0,
            details: None,
        };
        let answer = Self::refused(refusal.status, &body, refusal.why).unmet(refusal.unmet);
        match refusal.violations {
            Some(violations) => answer.violations(&violations),
            None => answer,
        }
    }
}

/// The failed envelope under any status, ordered.
pub(super) fn failure(status: StatusCode) -> Answer {
    Refusal::ordered(status).into()
}

pub(super) fn rejected(rejection: Rejection) -> Answer {
    Refusal::rejected(rejection).into()
}

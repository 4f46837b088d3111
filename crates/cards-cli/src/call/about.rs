//! Tells of a command what the field tables cannot: what it is for, and examples.

use cards_transport::model::Operation;

use super::field;
use crate::input;

/// Describes the command of one operation.
pub(super) struct About {
    /// The operation's name.
    operation: &'static str,
    /// The line of the list of commands.
    pub(super) about: &'static str,
    /// The end of its help, without what is told by its fields.
    after_help: &'static str,
}

const ABOUTS: &[About] = &[
    About {
        operation: "register-user",
        about: "Register a customer and allocate a card",
        after_help: "\
Examples:
  cards airpay register-user --json customer.json --otp @otp.txt
  cards airpay register-user --json - --dry-run < customer.json",
    },
    About {
        operation: "update-customer",
        about: "Change a customer's contact and address",
        after_help: "\
What is not given stays as it is.

Examples:
  cards airpay update-customer --entity-id ID --city Kochi --pincode 682308
  cards airpay update-customer --json change.json --backend reqwest",
    },
    About {
        operation: "customer-preference",
        about: "Allow or forbid a card's use in one kind of place",
        after_help: "\
Example:
  cards airpay customer-preference --entity-id ID --status NOTALLOWED --type ATM",
    },
    About {
        operation: "lock-unlock",
        about: "Lock or unlock a card, or block it for good",
        after_help: "\
A block (BL) is permanent. That a blocked card can no longer be unlocked, and
that a card may be locked twice, is a guess: Airpay's page says neither. So no
lock is sent again by itself.

Example:
  cards airpay lock-unlock --entity-id ID --kit-no KIT --flag L --reason Lost",
    },
    About {
        operation: "set-pin",
        about: "Set a card's PIN",
        after_help: "\
That --expiry-date is the card's expiry, and not the PIN's, is a guess: Airpay's
page says neither.

Example:
  cards airpay set-pin --entity-id ID --kit-no KIT --pin @pin.txt \\
    --expiry-date 1249",
    },
    About {
        operation: "card-replacement",
        about: "Replace a card",
        after_help: "\
Airpay's page requires neither kit, and does not say whether the old card has to
be blocked first. A second call may replace a second card, so that none is sent
again by itself.

Example:
  cards airpay card-replacement --entity-id ID --old-kit-no KIT --new-kit-no KIT",
    },
    About {
        operation: "update-kyc-status",
        about: "Change a customer's KYC level",
        after_help: "\
That MIN is what a registration calls MIN_KYC is a guess.

Example:
  cards airpay update-kyc-status --entity-id ID --doc-type PAN \\
    --doc-number @pan.txt --kyc-type FULL --reg-date 2026-11-20 \\
    --reason-desc Verified",
    },
    About {
        operation: "forgot-password",
        about: "Get a link to set a new password",
        after_help: "\
Whoever has the link sets the customer's password, so that it is not printed: a
program reads it with the library. Airpay says that it is sent to the mobile
number too.

Example:
  cards airpay forgot-password --mobile-no @mobile.txt --dob 1990-01-31",
    },
    About {
        operation: "generate-otp",
        about: "Have a one-time password sent for a registration",
        after_help: "\
A document names this call, and no public page tells its path or its fields: all
of it is a guess. It is not sent before its path is set, by --path, by
CARDS_AIRPAY_GENERATE_OTP_PATH or in a profile.

Example:
  cards airpay generate-otp --mobile-no 9000000777 \\
    --path /airpay/ms/cards/api/generate-otp",
    },
    About {
        operation: "add-card",
        about: "Attach a further card to a customer",
        after_help: "\
The expiry has all four digits of the year here.

Example:
  cards airpay add-card --entity-id ID --card-type V --kit-no 100000001236 \\
    --card-no @card.txt --card-expiry 12/2030",
    },
    About {
        operation: "card-details",
        about: "Show a customer's cards",
        after_help: "\
Airpay's page has two shapes for the reply; either is read. That L and B are a
locked card and one blocked for good is a guess: the page has A alone.

Example:
  cards airpay card-details --entity-id ID",
    },
    About {
        operation: "card-balance",
        about: "Show a customer's balance",
        after_help: "\
One balance for all cards. Airpay's page has two names for each field; either is
read. That the balance is in rupees is a guess: the page names no currency.

Example:
  cards airpay card-balance --entity-id ID",
    },
    About {
        operation: "topup",
        about: "Load a customer's card",
        after_help: "\
Each call loads: there is no reference by which Airpay could tell a repetition,
so none is sent again by itself. Where the outcome is unknown, look at the
balance first. The amount is sent as it is given. That it may have no decimals,
as in the page's example, or one or two is a guess: the page's format is 00.00.

Example:
  cards airpay topup --entity-id ID --amount 99.50",
    },
    About {
        operation: "list-prepaid-cards",
        about: "List a customer's prepaid cards",
        after_help: "\
Examples:
  cards paysafe prepaid-cards --customer-id 12345678 --status ACTIVE,LOCKED
  cards paysafe prepaid-cards --customer-id 12345678 --all --output csv
  cards paysafe prepaid-cards --customer-id 12345678 \\
    --include TOKENIZATIONS,AVAILABLE_ACTIONS --output json",
    },
    About {
        operation: "get-prepaid-card",
        about: "Show one prepaid card of a customer",
        after_help: "\
Example:
  cards paysafe get-prepaid-card --customer-id 12345678 \\
    --card-id f16ba382-eb42-481a-b08f-c57bdc9aae24 --include TOKENIZATIONS \\
    --output json",
    },
    About {
        operation: "create-prepaid-card",
        about: "Create a prepaid card for a customer",
        after_help: "\
Of this call only the request's fields are public: its path, that of the list,
and its reply, a card, are inferred from the calls beside it. A second call
creates a second card.

Examples:
  cards paysafe create-prepaid-card --customer-id 12345678 \\
    --program-name BRAND-VIRTUAL-MC --currency EUR --card-pin @pin.txt
  cards paysafe create-prepaid-card --customer-id 12345678 --json card.json",
    },
    About {
        operation: "update-prepaid-card",
        about: "Bring a prepaid card into another status",
        after_help: "\
A VIRTUAL card takes ACTIVE and CANCELLED; of a PHYSICAL one the page says both
that and that it takes all. CANCELLED is final. PINs are not changed by this
API. What the reply holds is a guess: the card, or nothing, which is printed as
accepted.

Example:
  cards paysafe update-prepaid-card --customer-id 12345678 \\
    --card-id f16ba382-eb42-481a-b08f-c57bdc9aae24 \\
    --status CANCELLED --status-reason lost",
    },
    About {
        operation: "list-customer-cards",
        about: "List all managed customers with their cards",
        after_help: "\
Examples:
  cards ibanera customer-cards --page-size 25
  cards ibanera customer-cards --all --output csv > cards.csv",
    },
    About {
        operation: "cards-by-customer",
        about: "List one customer's cards",
        after_help: "\
Example:
  cards ibanera cards-by-customer --customers-id 11057",
    },
    About {
        operation: "create-card",
        about: "Create a card for a customer",
        after_help: "\
The card is deactivated: activate-card ends that. Older copies of the provider's
page have other currencies than USD, and the shipping method Priority: --waive
currency:allowed,shippingMethod:allowed sends them. Details of a customer of
more than six months have to be told again: see review-create-card. A second
call creates a second card, and creating may have to be approved, so that a
success need not name one.

Examples:
  cards ibanera create-card --customers-id 11057 --currency USD \\
    --card-reference-id CARD-REF-001 --shipping-method Standard \\
    --card-program-id 1002 \\
    --shipping-address-shipping-address-line1 'Suite 500' \\
    --shipping-address-shipping-address-city 'New York' \\
    --shipping-address-shipping-address-state Texas \\
    --shipping-address-shipping-address-postcode 55050 \\
    --shipping-address-shipping-address-country USA
  cards ibanera create-card --json card.json",
    },
    About {
        operation: "review-create-card",
        about: "Show what a customer has to tell again before a card is made",
        after_help: "\
Of a business only the documents are read: the form of its details was not seen.
The list of documents is left out of the reply where none of a business is
missing.

Example:
  cards ibanera review-create-card --customers-id 11078 --output json",
    },
    About {
        operation: "activate-card",
        about: "Activate a card",
        after_help: "\
A new card is deactivated, and only an active one can pay; a physical card is
meant to be activated when it has arrived. That a card which is active already
is refused with Card_Active is a reading of that code, which the page does not
explain.

Example:
  cards ibanera activate-card --cards-id 1002",
    },
    About {
        operation: "list-card-balances",
        about: "List the balances of all cards, or of one customer's",
        after_help: "\
That a customer's id which is nobody's is refused is a guess.

Examples:
  cards ibanera card-balances --customers-id 11057
  cards ibanera card-balances --all --output csv > balances.csv",
    },
    About {
        operation: "list-card-transactions",
        about: "List a card's transactions",
        after_help: "\
That the newest come first, and that both ends of a span are in it, are guesses:
the page says neither. With --all, give a --to-date that has passed: a
transaction that comes meanwhile would move the others to later pages.

Examples:
  cards ibanera card-transactions --cards-id 1001
  cards ibanera card-transactions --cards-id 1001 --all \\
    --from-date 2025-07-01T00:00:00Z --to-date 2025-07-31T23:59:59.999Z",
    },
    About {
        operation: "simulate-payin",
        about: "Pay an amount onto a card, in the provider's sandbox alone",
        after_help: "\
Ibanera has this call in its own sandbox only. That an account has its card's id
is a guess. Every call pays in: a second one does so once more, so that none is
sent again by itself.

Example:
  cards ibanera simulate-payin --destination-account-id 1001 \\
    --transfer-type ACH --amount 25.50",
    },
    About {
        operation: "upload-document",
        about: "Upload a document of a customer, such as a scan",
        after_help: "\
The page was not seen to its end: that the part with the file is called \"file\"
is a guess, which CARDS_IBANERA_FILE_PART or a profile changes, and so are the
limit of 10 MiB and what the reply says. The name of the file stays here; its
kind is told by its first bytes (PDF, PNG, JPEG).

Example:
  cards ibanera upload-document --customers-id 11079 --document-side Front \\
    --type \"Corporate Authorization Document\" --file authorization.pdf",
    },
];

/// Tells of the flags whose values may be in files.
const ABOUT_FILES: &str = "\
@FILE has a value read from the file, and @- from standard input, so that
neither the shell's history nor the list of processes holds it; @@ begins a
value that starts with @. Where no @FILE is named, an @ is a character of the
value.";

/// The end of the help of an operation's command.
pub(super) fn end(operation: &Operation, about: &About) -> String {
    let mut fields = field::with_flags(operation);
    match fields.any(input::may_be_in_file) {
        true => format!("{ABOUT_FILES}\n\n{}", about.after_help),
        false => about.after_help.to_owned(),
    }
}

/// The names of the operations that are described.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ABOUTS.iter().map(|about| about.operation)
}

/// The description of an operation's command. `None`: nobody has written one.
pub(super) fn of(operation: &Operation) -> Option<&'static About> {
    let is_its = |about: &&About| about.operation == operation.name;
    ABOUTS.iter().find(is_its)
}

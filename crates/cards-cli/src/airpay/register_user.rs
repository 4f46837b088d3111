//! `cards airpay register-user`

use cards_transport::model::DocExpiry;
use cards_transport::model::airpay::RegisterUser;
use serde::Serialize;

use crate::call::{self, CallArgs, Setup};
use crate::error::Error;
use crate::input;

#[derive(clap::Args)]
#[command(after_help = "\
A value @FILE is read from the file, so that neither the shell's history nor
the list of processes holds it; @@ begins a text that starts with @.

Examples:
  cards airpay register-user --json customer.json --otp @otp.txt
  cards airpay register-user --json - --dry-run < customer.json")]
pub(crate) struct Args {
    #[command(flatten)]
    fields: Fields,

    /// Let an empty --doc-expiry pass, for documents that do not expire
    #[arg(long, help_heading = "Call")]
    doc_expiry_may_be_empty: bool,

    #[command(flatten)]
    call: CallArgs,
}

/// By wire name.
#[derive(Default, clap::Args, Serialize)]
#[command(next_help_heading = "Fields (all required)")]
struct Fields {
    /// Mobile number, up to 10 digits
    #[arg(long, value_name = "DIGITS")]
    mobile_no: Option<String>,
    /// The proxy for the card number, up to 16 characters
    #[arg(long, value_name = "TEXT")]
    kit_no: Option<String>,
    /// P (physical) or V (virtual)
    #[arg(long, value_name = "P|V")]
    card_type: Option<String>,
    /// Card number, 16 digits; better as @FILE
    #[arg(long, value_name = "DIGITS")]
    card_no: Option<String>,
    /// Expiry of the card, 1 month to 25 years ahead
    #[arg(long, value_name = "MM/YY")]
    card_expiry: Option<String>,
    /// First name, up to 30 letters
    #[arg(long, value_name = "LETTERS")]
    first_name: Option<String>,
    /// Last name, up to 30 letters
    #[arg(long, value_name = "LETTERS")]
    last_name: Option<String>,
    /// Form of address
    #[arg(long, value_name = "Mr|Mrs|Ms")]
    title: Option<String>,
    /// M, F or T
    #[arg(long, value_name = "M|F|T")]
    gender: Option<String>,
    /// Date of birth
    #[arg(long, value_name = "YYYY-MM-DD")]
    dob: Option<String>,
    /// E-mail address that no other customer has, up to 50 characters
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Address, up to 100 letters, digits and spaces
    #[arg(long, value_name = "TEXT")]
    address: Option<String>,
    /// City, up to 20 letters
    #[arg(long, value_name = "LETTERS")]
    city: Option<String>,
    /// State, up to 20 letters and spaces
    #[arg(long, value_name = "TEXT")]
    state: Option<String>,
    /// Pincode, up to 15 digits; exactly 6 for a document from India
    #[arg(long, value_name = "DIGITS")]
    pincode: Option<String>,
    /// Kind of identity document: AADHAAR, PAN, VOTERID, DL or PASSPORT
    #[arg(long, value_name = "KIND")]
    doc_type: Option<String>,
    /// Number of the identity document, up to 20 characters
    #[arg(long, value_name = "TEXT")]
    doc_number: Option<String>,
    /// Expiry of the identity document; may be left out only with
    /// --doc-expiry-may-be-empty
    #[arg(long, value_name = "YYYY-MM-DD")]
    doc_expiry: Option<String>,
    /// Country that issued the identity document, up to 20 letters and spaces
    #[arg(long, value_name = "NAME")]
    doc_country_issue: Option<String>,
    /// The one-time password that the customer received, up to 4 digits;
    /// better as @FILE
    #[arg(long, value_name = "DIGITS")]
    otp: Option<String>,
    /// The customer's password, 7 to 20 characters: upper and lower case, a
    /// digit and a special character; better as @FILE
    #[arg(long, value_name = "TEXT")]
    password: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    let request: RegisterUser = input::request(&args.fields, args.call.json.as_deref())?;
    let doc_expiry = match args.doc_expiry_may_be_empty {
        true => DocExpiry::MayBeEmpty,
        false => DocExpiry::Required,
    };
    let setup = Setup::from(&args.call).settings(|settings| settings.doc_expiry(doc_expiry));
    call::run(request, setup)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_for_every_field() {
        input::assert_flags_are_the_fields::<RegisterUser, Fields>();
    }
}

//! Prints how often each step allocates, beside the goals. It never fails, so
//! that it does not keep `cargo bench` from the benches after it.

use std::hint::black_box;
use std::io::{self, Write};

use allocation_counter::measure;
use benches::{FORM, PAGE, SECRET, TODAY, ibanera_page, paysafe_page};
use cards_model::airpay::RegisterUser;
use cards_model::ibanera::ListCustomerCards;
use cards_model::paysafe::ListPrepaidCards;
use cards_model::{Date, Form, Request, Rules};
use cards_sign::{checksum, verify};
use cards_transport::{Call, encode_form};

fn main() -> io::Result<()> {
    let (year, month, day) = TODAY;
    let rules = Rules::on(Date::new(year, month, day).expect("a day of the calendar"));
    let request = RegisterUser::from_fields(FORM);
    let values = || FORM.iter().map(|(_, value)| *value);
    let header = checksum(values(), SECRET).to_hex();
    let (paysafe, ibanera) = (paysafe_page(), ibanera_page());

    let steps = [
        ("fields", 1, 0, count(|| request.fields())),
        ("checksum", 1, 0, count(|| checksum(values(), SECRET))),
        ("hex", 1, 0, count(|| checksum(values(), SECRET).to_hex())),
        ("verify", 1, 0, count(|| verify(values(), SECRET, &header))),
        ("encode", 1, 1, count(|| encode_form(&FORM))),
        ("validate", 1, 0, count(|| request.check(&rules))),
        (
            "decode Paysafe, a card",
            PAGE,
            22,
            count(|| ListPrepaidCards::parse(paysafe.as_bytes())),
        ),
        (
            "decode Ibanera, a card",
            PAGE,
            3,
            count(|| ListCustomerCards::parse(ibanera.as_bytes())),
        ),
    ];

    let mut out = io::stdout().lock();
    writeln!(out, "{:<24} {:>11}  goal", "step", "allocations")?;
    for (step, items, goal, counted) in steps {
        let each = counted as f64 / items as f64;
        // The allocations that a page makes once are no card's.
        let is_met = counted / items as u64 <= goal;
        let verdict = if is_met { "met" } else { "missed" };
        writeln!(out, "{step:<24} {each:>11.1}  <= {goal} {verdict}")?;
    }
    Ok(())
}

fn count<T>(step: impl Fn() -> T) -> u64 {
    measure(|| drop(black_box(step()))).count_total
}

//! The tests that need no test program of their own: each took longer to link than to run.

mod airpay_cards;
mod airpay_life;
mod airpay_rules;
mod amounts;
mod constraints;
mod days;
mod dependents;
mod errors;
mod events;
mod files;
mod ibanera_cards;
mod ibanera_ledger;
mod list_or_object;
mod lock_unlock;
mod operations;
mod paysafe_and_ibanera;
mod quiet;
mod requests;
mod summaries;
mod waivers;

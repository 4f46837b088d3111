//! The tests that need no process of their own, in one program: linking takes longer than they do.

mod airpay_cards;
mod airpay_life;
mod airpay_rules;
mod amounts;
mod constraints;
mod days;
mod events;
mod files;
mod ibanera_cards;
mod ibanera_ledger;
mod list_or_object;
mod lock_unlock;
mod paysafe_and_ibanera;
mod requests;
mod waivers;

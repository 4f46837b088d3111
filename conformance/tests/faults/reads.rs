//! Reads that meet a fault, at each provider that has any.

use std::fmt::Debug;
use std::thread;

use cards_model::ibanera::{CardsByCustomer, CustomerCardsReply, ListCustomerCards};
use cards_model::paysafe::{CardPage, ListPrepaidCards};
use cards_sandbox::{Fault, Running, world};
use cards_transport::ibanera::{Ibanera, OtpReuse};
use cards_transport::paysafe::Paysafe;
use cards_transport::{Call, Provider};

use crate::common::clients::{AnyClient, Backend};
use crate::setup::{Patience, reached, sandbox, told};

/// A provider whose tokens the sandbox gives out.
pub(crate) trait Issuer: Provider {
    /// Makes the provider with neither a token nor a login.
    fn of(sandbox: &Running) -> Self;

    /// Adds the token that the sandbox starts with.
    fn with_token(self) -> Self;

    /// Adds what a token is given out for.
    fn with_login(self) -> Self;
}

impl Issuer for Paysafe {
    fn of(sandbox: &Running) -> Self {
        Self::new(sandbox.paysafe_url().parse().unwrap())
    }

    fn with_token(self) -> Self {
        self.token(world::paysafe::TOKEN)
    }

    fn with_login(self) -> Self {
        use world::paysafe::{BRAND, CLIENT_ID, CLIENT_SECRET};
        self.client(BRAND, CLIENT_ID, CLIENT_SECRET)
    }
}

impl Issuer for Ibanera {
    /// Its codes may be used again, or each attempt would wait for the next.
    fn of(sandbox: &Running) -> Self {
        Self::new(sandbox.ibanera_url().parse().unwrap())
            .totp_base32(world::ibanera::TOTP_SECRET)
            .unwrap()
            .otp_reuse(OtpReuse::Allowed)
    }

    fn with_token(self) -> Self {
        self.token(world::ibanera::TOKEN)
    }

    fn with_login(self) -> Self {
        self.login(world::ibanera::USERNAME, world::ibanera::PASSWORD)
    }
}

/// A read, and how much it finds where nothing goes wrong.
pub(crate) trait Lookup: Call<Provider: Issuer, Reply: Debug> {
    const FINDS: usize;

    fn call() -> Self;

    fn found(reply: &Self::Reply) -> usize;
}

impl Lookup for ListPrepaidCards {
    const FINDS: usize = 10;

    fn call() -> Self {
        Self::new(world::paysafe::CUSTOMER)
    }

    fn found(page: &CardPage) -> usize {
        page.cards.len()
    }
}

impl Lookup for ListCustomerCards {
    const FINDS: usize = 10;

    fn call() -> Self {
        Self::new()
    }

    fn found(reply: &CustomerCardsReply) -> usize {
        reply.customers.len()
    }
}

impl Lookup for CardsByCustomer {
    const FINDS: usize = 1;

    fn call() -> Self {
        Self::new(world::ibanera::CUSTOMER)
    }

    fn found(reply: &CustomerCardsReply) -> usize {
        reply.customers.len()
    }
}

/// Requires that every read brings the same from a sandbox with a fault that
/// never ends. All at once, since with some faults they wait.
pub(crate) fn reads<B: Backend>(fault: &Fault, patience: &Patience, expected: &str) {
    thread::scope(|scope| {
        scope.spawn(|| read::<B, ListPrepaidCards>(fault, patience, expected));
        scope.spawn(|| read::<B, ListCustomerCards>(fault, patience, expected));
        scope.spawn(|| read::<B, CardsByCustomer>(fault, patience, expected));
    });
}

fn read<B: Backend, C: Lookup>(fault: &Fault, patience: &Patience, expected: &str) {
    let (sandbox, call) = (sandbox(), C::call());
    let name = C::operation().name;
    let of_this = fault.clone().operation(name);
    sandbox.faults().add(of_this).unwrap();
    let client = patience.client::<B, _>(C::Provider::of(&sandbox).with_token());
    let (sent, line) = match client.send(&call) {
        Ok(reply) => {
            assert_eq!(C::found(&reply), C::FINDS, "{name} by {}", B::NAME);
            let sent = reply.attempts();
            (sent, format!("value, {sent} sent"))
        }
        Err(error) => (error.attempts(), told(&error)),
    };
    assert_eq!(line, expected, "{name} by {}", B::NAME);
    reached(&sandbox, name, sent as usize);
    assert_eq!(sandbox.faults().list()[0].fired, u64::from(sent));

    // A read that is tried again comes through a fault that passes.
    if sent == 3 {
        sandbox.faults().clear();
        sandbox.faults().add(fault.clone().times(2)).unwrap();
        let reply = client.send(&call).unwrap();
        assert_eq!(reply.attempts(), 3, "{name} by {}", B::NAME);
        assert_eq!(C::found(&reply), C::FINDS, "{name} by {}", B::NAME);
    }
}

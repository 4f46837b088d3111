//! Worlds beside the first one, as clients reach them that were made for the providers' own
//! addresses: a path stands before every call, and nothing else is different.

use std::collections::BTreeMap;
use std::sync::Arc;

use cards_sandbox::{PaysafeSignatures, Running, RunningWorld, Sandbox, world};
use cards_transport::{Call, Provider, Visit, operations, visit};
use serde_json::Value;

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::fake::FakeClock;
use crate::common::operations::{from_input, nested, shown, valid};
use crate::common::{noon, sandbox::vars_of};
use crate::setup::{quick, told};

for_both_backends! { every_operation_is_answered_in_a_world_as_in_the_first }

/// Starts a sandbox that wants bodies and paths signed, of which the prefix of a world is no part.
fn start() -> Running {
    let sandbox = Sandbox::builder().clock(Arc::new(noon));
    let signed = sandbox.paysafe_signatures(PaysafeSignatures::BodiesAndPaths);
    signed.start_blocking().unwrap()
}

fn every_operation_is_answered_in_a_world_as_in_the_first<B: Backend>() {
    struct Answered<'a, B>(&'a RunningWorld, std::marker::PhantomData<B>);

    impl<B: Backend> Visit for Answered<'_, B> {
        type Output = Result<Value, String>;

        fn visit<C: Call>(self) -> Result<Value, String> {
            let mut vars: BTreeMap<_, _> = vars_of(self.0);
            let key = world::paysafe::SIGNATURE_KEY.to_owned();
            vars.insert("CARDS_PAYSAFE_SIGNATURE_KEY", key);
            let scope = "bodies-and-paths".to_owned();
            vars.insert("CARDS_PAYSAFE_SIGNATURE_SCOPE", scope);
            let provider = C::Provider::from_vars(|name| vars.get(name).cloned()).unwrap();
            let client = B::client(provider, &quick(), FakeClock::new().unchecked());
            // Other calls log in.
            let Ok(input) = valid(C::operation().name) else {
                assert!(C::is_login(), "{}", C::operation());
                return Err("not called".to_owned());
            };
            let call: C = from_input(&nested(&input)).unwrap();
            let answer = client.send(&call);
            let exchanges = self.0.exchanges();
            let last = exchanges.last().unwrap();
            assert_eq!(last.operation, Some(C::operation().name));
            match answer {
                Ok(reply) => Ok(without_what_is_made_up(shown(reply.value()))),
                Err(error) => Err(format!("{}: {}", told(&error), last.verdict)),
            }
        }
    }

    /// Leaves out ids and tokens that are drawn anew each time.
    fn without_what_is_made_up(mut reply: Value) -> Value {
        const DRAWN: [&str; 7] = [
            "transaction_id",
            "accountId",
            "cardId",
            "card_id",
            "token",
            "accessToken",
            "lastFour",
        ];
        match &mut reply {
            Value::Object(members) => {
                members.retain(|name, _| !DRAWN.contains(&&**name));
                for value in members.values_mut() {
                    *value = without_what_is_made_up(value.take());
                }
            }
            Value::Array(items) => {
                for item in items {
                    *item = without_what_is_made_up(item.take());
                }
            }
            _ => {}
        }
        reply
    }

    let (first, sandbox) = (start(), start());
    let of = std::marker::PhantomData::<B>;
    let mut answered = 0;
    for operation in operations() {
        first.reset_blocking().unwrap();
        let beside = sandbox.beside(operation.name).unwrap();
        let there = visit(operation.name, Answered(&first, of)).unwrap();
        let here = visit(operation.name, Answered(&beside, of)).unwrap();
        assert_eq!(here, there, "{operation} by {}", B::NAME);
        answered += usize::from(here.is_ok());
    }
    // A code of the document's example is for nobody, and the like.
    assert!(answered >= 25, "{answered}");
    assert!(sandbox.exchanges().is_empty());
}

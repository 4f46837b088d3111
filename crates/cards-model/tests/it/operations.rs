//! Builds an operation step by step, and looks whether it keeps each.

use cards_model::airpay::UpdateCustomer;
use cards_model::{Body, Capability, Effect, Method, Operation, ProviderId, Request as _, Source};

#[test]
fn an_operation_keeps_all_that_it_is_given() {
    let pair = UpdateCustomer::OPERATION.dependents;
    assert!(!pair.is_empty());
    let plain = || {
        Operation::new(
            ProviderId::PAYSAFE,
            "melt-card",
            Method::Post,
            "/cards/{cardId}/melt",
            Effect::Mutation,
            "Paysafe Melt card",
        )
    };
    let is_plain = |it: &Operation| {
        (it.provider, it.name, it.method) == (ProviderId::PAYSAFE, "melt-card", Method::Post)
            && (it.path, it.effect) == ("/cards/{cardId}/melt", Effect::Mutation)
            && (it.document, it.body) == ("Paysafe Melt card", Body::None)
            && it.fields.is_empty()
            && !it.is_signed()
    };
    let first = plain();
    assert!(is_plain(&first) && first.capabilities.is_empty());
    assert_eq!(
        (first.dependents, first.source),
        (&[][..], Source::Document)
    );
    assert_eq!(first.to_string(), "paysafe melt-card");

    // In any order, each says one thing more and takes nothing back.
    let offers = |it: Operation| it.offers(&[Capability::ListCards]);
    let known_from = |it: Operation| it.known_from(Source::Assumption);
    let dependents = |it: Operation| it.dependents(pair);
    let steps: [&dyn Fn(Operation) -> Operation; 3] = [&offers, &known_from, &dependents];
    for first in 0..3 {
        let full = (first..first + 3).fold(plain(), |it, step| steps[step % 3](it));
        assert!(is_plain(&full));
        assert_eq!(full.capabilities, [Capability::ListCards]);
        assert_eq!((full.dependents, full.source), (pair, Source::Assumption));
    }
}

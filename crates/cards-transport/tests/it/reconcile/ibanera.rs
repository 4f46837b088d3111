//! Ibanera's mutations.

use cards_transport::model::Decimal;
use cards_transport::model::ibanera::{
    ActivateCard, CardCurrency, CreateCard, DocumentType, ShippingAddress, ShippingMethod,
    SimulatePayin, TransferType, UploadDocument,
};

use super::{TOLD, UNTOLD, answers};

const CUSTOMER: i64 = 11057;

pub(crate) fn create() -> CreateCard {
    let address = ShippingAddress::new("Suite 500", "New York", "Texas", "55050", "USA");
    let (usd, standard) = (CardCurrency::Usd, ShippingMethod::Standard);
    CreateCard::new(CUSTOMER, usd, "CARD-REF-001", standard, 1002, address)
}

pub(crate) fn all() {
    answers(&create(), &UNTOLD);
    answers(&ActivateCard::new(1004), &TOLD);
    let upload = UploadDocument::new(CUSTOMER, DocumentType::TaxDocument, *b"%PDF-1.7 ...");
    answers(&upload, &UNTOLD);
    let payin = SimulatePayin::new(1001, TransferType::Ach, Decimal::new(550, 2));
    answers(&payin, &UNTOLD);
}

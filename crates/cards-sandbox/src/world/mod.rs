//! The fixed world that every new sandbox starts with: credentials, customers
//! and cards to call it with. None of it is secret, none of it is anybody's.

pub mod airpay;
pub mod ibanera;
pub mod paysafe;

/// The environment variables of [`crate::Running::env`].
pub(crate) fn credentials(base_urls: [(&'static str, String); 3]) -> Vec<(&'static str, String)> {
    let [airpay_url, paysafe_url, ibanera_url] = base_urls;
    let fixed = |pairs: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        pairs
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect()
    };
    let mut all = vec![airpay_url];
    all.extend(fixed(&[
        ("CARDS_AIRPAY_AFFILIATE", airpay::AFFILIATE),
        ("CARDS_AIRPAY_PROCESSOR_KEY", airpay::PROCESSOR_KEY),
        ("CARDS_AIRPAY_SECRET_KEY", airpay::SECRET_KEY),
        ("CARDS_AIRPAY_TOKEN", airpay::TOKEN),
    ]));
    all.push(paysafe_url);
    all.extend(fixed(&[
        ("CARDS_PAYSAFE_BRAND", paysafe::BRAND),
        ("CARDS_PAYSAFE_CLIENT_ID", paysafe::CLIENT_ID),
        ("CARDS_PAYSAFE_CLIENT_SECRET", paysafe::CLIENT_SECRET),
        ("CARDS_PAYSAFE_TOKEN", paysafe::TOKEN),
    ]));
    all.push(ibanera_url);
    all.extend(fixed(&[
        ("CARDS_IBANERA_USERNAME", ibanera::USERNAME),
        ("CARDS_IBANERA_PASSWORD", ibanera::PASSWORD),
        ("CARDS_IBANERA_TOTP_SECRET", ibanera::TOTP_SECRET),
        ("CARDS_IBANERA_TOKEN", ibanera::TOKEN),
    ]));
    all
}

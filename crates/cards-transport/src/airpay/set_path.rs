//! The way of a call whose path no document tells, so that somebody has to set it.

use std::marker::PhantomData;

use bytes::Bytes;
use cards_model::Form;
use http::Request;

use super::{Access, Airpay, Signed};
use crate::call::{Attempt, Call, Provider as _, Way};
use crate::cause::ConfigError;

/// The variable of [`Airpay::generate_otp_path`].
pub(super) const GENERATE_OTP_PATH: &str = "CARDS_AIRPAY_GENERATE_OTP_PATH";

/// As [`Signed`], to the path that is set for Generate OTP: it is the one call whose path no document
/// tells.
pub(crate) struct AtSetPath<A>(PhantomData<A>);

impl<C: Call<Provider = Airpay> + Form, A: Access> Way<C> for AtSetPath<A> {
    const NEEDS_TOKEN: bool = A::NEEDS_TOKEN;
    const PATH_VARIABLE: Option<&'static str> = Some(GENERATE_OTP_PATH);

    fn request(form: &C, attempt: &Attempt<'_, Airpay>) -> Result<Request<Bytes>, ConfigError> {
        let airpay = attempt.provider;
        let path = airpay.generate_otp_path.as_deref().ok_or_else(|| {
            ConfigError::new(format!(
                "no document tells the path of {}: set Airpay::generate_otp_path or \
                 {GENERATE_OTP_PATH}",
                C::operation().name,
            ))
        })?;
        let uri = airpay.address(C::is_login()).join_set(path)?;
        let mut request = Signed::<A>::request(form, attempt)?;
        *request.uri_mut() = uri;
        Ok(request)
    }
}

//! Adds decimals by their digits: exact, of any length, with the zeros that they have.
//!
//! A store keeps amounts of money as text. No float touches them, and no type of so many
//! bits, which would round what does not fit.

/// Adds up decimals such as `-12.50`. `None`: a text among them is no plain decimal.
///
/// ```
/// use cards_sandbox_core::decimal::sum;
///
/// assert_eq!(sum(["0.1", "0.20"]).as_deref(), Some("0.30"));
/// assert_eq!(sum(["1e3"]), None);
/// ```
pub fn sum<'a>(decimals: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let zero = Digits::read("0")?;
    let add = |sum: Digits, text| Some(sum.plus(&Digits::read(text)?));
    Some(decimals.into_iter().try_fold(zero, add)?.to_text())
}

/// Takes `other` away from a decimal. `None`: one of them is no plain decimal.
pub fn difference(decimal: &str, other: &str) -> Option<String> {
    let mut other = Digits::read(other)?;
    other.is_negative = !other.is_negative;
    Some(Digits::read(decimal)?.plus(&other).to_text())
}

/// Tells whether all of a decimal's digits are zeros.
pub fn is_zero(decimal: &str) -> bool {
    !decimal.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
}

/// Counts the digits of a decimal.
pub fn digits(decimal: &str) -> usize {
    decimal.bytes().filter(u8::is_ascii_digit).count()
}

/// A decimal by its digits, each 0 to 9.
struct Digits {
    is_negative: bool,
    /// The last first.
    digits: Vec<u8>,
    /// The number of them that stand behind the point.
    scale: usize,
}

impl Digits {
    fn read(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix('-');
        let (whole, fraction) = match unsigned.unwrap_or(text).split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return None,
            None => (unsigned.unwrap_or(text), ""),
        };
        let all = fraction.bytes().rev().chain(whole.bytes().rev());
        let digits = all.map(|byte| byte.is_ascii_digit().then(|| byte - b'0'));
        let digits: Vec<u8> = digits.collect::<Option<_>>()?;
        (!whole.is_empty()).then_some(Self {
            is_negative: unsigned.is_some(),
            digits,
            scale: fraction.len(),
        })
    }

    /// The digit at a place, counted from the last of so many behind the point.
    fn at(&self, place: usize, scale: usize) -> u8 {
        let of_own = place.checked_sub(scale - self.scale);
        of_own.map_or(0, |at| self.digits.get(at).copied().unwrap_or(0))
    }

    fn plus(&self, other: &Self) -> Self {
        let scale = self.scale.max(other.scale);
        let whole = |one: &Self| one.digits.len() - one.scale;
        let places = scale + whole(self).max(whole(other));
        let order = (0..places).rev().map(|place| self.at(place, scale));
        let is_less = order.lt((0..places).rev().map(|place| other.at(place, scale)));
        let (larger, smaller) = if is_less {
            (other, self)
        } else {
            (self, other)
        };
        let is_sum = self.is_negative == other.is_negative;
        let mut carry = 0;
        let mut digits: Vec<u8> = Vec::with_capacity(places + 1);
        for place in 0..places {
            let (more, less) = (larger.at(place, scale), smaller.at(place, scale) + carry);
            let digit = if is_sum {
                more + less
            } else {
                10 + more - less
            };
            carry = u8::from((digit >= 10) == is_sum);
            digits.push(digit % 10);
        }
        if is_sum {
            digits.push(carry);
        }
        while digits.len() > scale + 1 && digits.last() == Some(&0) {
            digits.pop();
        }
        let is_zero = digits.iter().all(|&digit| digit == 0);
        Self {
            is_negative: larger.is_negative && !is_zero,
            digits,
            scale,
        }
    }

    fn to_text(&self) -> String {
        let mut text = String::with_capacity(self.digits.len() + 2);
        if self.is_negative {
            text.push('-');
        }
        for (place, digit) in self.digits.iter().enumerate().rev() {
            text.push(char::from(b'0' + digit));
            if place == self.scale && place > 0 {
                text.push('.');
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use cards_model::Decimal;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_stay_that_a_number_of_96_bits_would_lose() {
        let long = "9999999999999999999999999999";
        let short = "0.0000000000000000000000000001";
        let sum = sum([long, short]).unwrap();
        assert_eq!(sum, format!("{long}.0000000000000000000000000001"));
        let back = difference(&sum, short).unwrap();
        assert_eq!(back, format!("{long}.0000000000000000000000000000"));
        assert_eq!(
            difference("1", short).unwrap(),
            "0.9999999999999999999999999999"
        );
    }

    #[test]
    fn zeros_signs_and_carries() {
        for (one, other, both) in [
            ("0", "0", "0"),
            ("0", "0.00", "0.00"),
            ("-0.50", "0.5", "0.00"),
            ("99.99", "0.01", "100.00"),
            ("-99.99", "-0.01", "-100.00"),
            ("100", "-0.01", "99.99"),
            ("0.01", "-100", "-99.99"),
            ("007", "1", "8"),
        ] {
            assert_eq!(sum([one, other]).as_deref(), Some(both), "{one} {other}");
            assert_eq!(sum([other, one]).as_deref(), Some(both), "{one} {other}");
        }
        assert!(is_zero("-0.00") && !is_zero("0.01"));
        assert_eq!(digits("-12.50"), 4);
    }

    #[test]
    fn other_texts_are_no_decimals() {
        for text in [
            "", "-", ".", "1.", ".5", "+1", "1e3", "1.2.3", "--1", " 1", "é",
        ] {
            assert_eq!(sum([text]), None, "{text}");
            assert_eq!(difference("1", text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn sums_are_those_of_decimals_that_fit(
            one in any::<i64>(), other in any::<i64>(), scales in (0_u32..9, 0_u32..9),
        ) {
            let (one, other) = (Decimal::new(one, scales.0), Decimal::new(other, scales.1));
            let texts = (one.to_string(), other.to_string());
            let sum = sum([&*texts.0, &*texts.1]).unwrap();
            prop_assert_eq!(sum.parse::<Decimal>().unwrap(), one + other);
            let difference = difference(&texts.0, &texts.1).unwrap();
            prop_assert_eq!(difference.parse::<Decimal>().unwrap(), one - other);
            let scale = sum.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            prop_assert_eq!(scale, one.scale().max(other.scale()) as usize);
        }
    }
}

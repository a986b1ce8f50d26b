//! Integers in requests, which have as many digits as it pleases whoever asks.

use std::num::IntErrorKind;

/// The integer, or the nearest that fits; `None` where the text is none.
pub fn parse(text: &str) -> Option<i64> {
    match text.trim().parse() {
        Ok(integer) => Some(integer),
        Err(error) => match error.kind() {
            IntErrorKind::PosOverflow => Some(i64::MAX),
            IntErrorKind::NegOverflow => Some(i64::MIN),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_may_be_too_long_and_nothing_else_is_one() {
        for (text, integer) in [
            (" 7 ", Some(7)),
            ("-7", Some(-7)),
            ("+7", Some(7)),
            ("99999999999999999999", Some(i64::MAX)),
            ("-99999999999999999999", Some(i64::MIN)),
            ("7.0", None),
            ("seven", None),
            ("", None),
        ] {
            assert_eq!(parse(text), integer, "{text:?}");
        }
    }
}

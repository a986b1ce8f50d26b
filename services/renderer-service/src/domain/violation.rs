//! One thing that is wrong with a request, and where.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The codes that stand beside a pointer.
///
/// All but the last three can be told from the request alone and are reported together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    Required,
    UnknownField,
    WrongType,
    OutOfRange,
    TooLong,
    BadCharacter,
    BidiControl,
    BadDate,
    BadLocale,
    BadPage,
    BadUrl,
    BadImageRef,
    UnknownAsset,
    BadImage,
    BadBackground,
    UnknownTemplate,
    UnknownOutput,
    MissingGlyph,
    TextOverflow,
    NoSigningKey,
}

impl Code {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::UnknownField => "unknown_field",
            Self::WrongType => "wrong_type",
            Self::OutOfRange => "out_of_range",
            Self::TooLong => "too_long",
            Self::BadCharacter => "bad_character",
            Self::BidiControl => "bidi_control",
            Self::BadDate => "bad_date",
            Self::BadLocale => "bad_locale",
            Self::BadPage => "bad_page",
            Self::BadUrl => "bad_url",
            Self::BadImageRef => "bad_image_ref",
            Self::UnknownAsset => "unknown_asset",
            Self::BadImage => "bad_image",
            Self::BadBackground => "bad_background",
            Self::UnknownTemplate => "unknown_template",
            Self::UnknownOutput => "unknown_output",
            Self::MissingGlyph => "missing_glyph",
            Self::TextOverflow => "text_overflow",
            Self::NoSigningKey => "no_signing_key",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A violated rule of the contract. The message never repeats the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// JSON Pointer into the request.
    pub pointer: String,
    pub code: Code,
    pub message: String,
}

/// Collects what is wrong, so that all of it is reported at once.
#[derive(Debug, Default)]
pub struct Report(Vec<Violation>);

impl Report {
    pub fn add(&mut self, pointer: impl Into<String>, code: Code, message: impl Into<String>) {
        self.0.push(Violation { pointer: pointer.into(), code, message: message.into() });
    }

    /// Adds all that is wrong with one value.
    pub fn add_all(&mut self, pointer: &str, faults: Vec<(Code, String)>) {
        for (code, message) in faults {
            self.add(pointer, code, message);
        }
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn into_violations(self) -> Vec<Violation> {
        self.0
    }
}

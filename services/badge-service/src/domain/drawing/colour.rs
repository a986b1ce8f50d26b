//! The colours of a badge: one is given or chosen, the others follow from it.

use std::{fmt, str::FromStr};

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// The text is no colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a colour is written #rrggbb")]
pub struct InvalidColour;

/// Colours that white text can be read on, and that look well beside gold.
const PALETTE: [Colour; 12] = [
    Colour([0x1f, 0x3a, 0x6e]),
    Colour([0x7a, 0x1f, 0x35]),
    Colour([0x1d, 0x5c, 0x4b]),
    Colour([0x4b, 0x2a, 0x6b]),
    Colour([0x0f, 0x5f, 0x7a]),
    Colour([0x8a, 0x3b, 0x12]),
    Colour([0x2e, 0x4d, 0x1f]),
    Colour([0x5d, 0x1f, 0x5c]),
    Colour([0x23, 0x2f, 0x4f]),
    Colour([0x6b, 0x2b, 0x1e]),
    Colour([0x12, 0x55, 0x5a]),
    Colour([0x33, 0x3a, 0x7d]),
];

const WHITE: Colour = Colour([255; 3]);
const BLACK: Colour = Colour([0; 3]);

/// The colours of one badge.
pub struct Shades {
    /// The field, at its light and its dark end.
    pub light: Colour,
    pub dark: Colour,
    /// Text on the ribbon.
    pub ink: Colour,
    pub gold: Colour,
}

impl Colour {
    pub fn of_palette(number: u8) -> Self {
        PALETTE[usize::from(number) % PALETTE.len()]
    }

    /// This much (0 to 1) of the way to another colour.
    fn towards(self, other: Self, share: f32) -> Self {
        let mix = |from: u8, to: u8| {
            let mixed = f32::from(from) + (f32::from(to) - f32::from(from)) * share;
            // The cast saturates.
            mixed.round() as u8
        };
        Self([0, 1, 2].map(|channel| mix(self.0[channel], other.0[channel])))
    }

    /// Source: WCAG 2.2, "relative luminance".
    fn luminance(self) -> f32 {
        let [red, green, blue] = self.0.map(|channel| {
            let value = f32::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Source: WCAG 2.2, "contrast ratio".
    fn contrast_to_white(self) -> f32 {
        1.05 / (self.luminance() + 0.05)
    }

    /// The first darker tone that white text can be read on with this contrast.
    fn darkened_to(self, contrast: f32) -> Self {
        (0..=20)
            .map(|step| self.towards(BLACK, step as f32 / 20.0))
            .find(|tone| tone.contrast_to_white() >= contrast)
            .unwrap_or(BLACK)
    }
}

impl Shades {
    /// Derives all tones; a given colour that is too light for white text is darkened.
    pub fn of(colour: Colour) -> Self {
        let field = colour.darkened_to(5.5);
        Self {
            light: field.towards(WHITE, 0.14).darkened_to(4.6),
            dark: field.towards(BLACK, 0.42),
            ink: field.towards(BLACK, 0.35).darkened_to(9.0),
            gold: Colour([0xf0, 0xcf, 0x7a]),
        }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl FromStr for Colour {
    type Err = InvalidColour;

    fn from_str(text: &str) -> Result<Self, InvalidColour> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        let digits = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let [_, channels @ ..] = number.ok_or(InvalidColour)?.to_be_bytes();
        Ok(Self(channels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_reads_back_and_nonsense_is_refused() {
        assert_eq!("#0A0b0C".parse::<Colour>().unwrap().to_string(), "#0a0b0c");
        for wrong in ["", "#fff", "0a0b0c", "#gg0000", "#+12345", "#éé12"] {
            assert_eq!(wrong.parse::<Colour>(), Err(InvalidColour), "{wrong}");
        }
    }

    #[test]
    fn white_text_can_be_read_on_every_colour() {
        let given = ["#ffffff", "#ffff00", "#00ff00", "#000000", "#808080"];
        let given = given.map(|text| text.parse().unwrap());
        for colour in PALETTE.into_iter().chain(given) {
            let shades = Shades::of(colour);

            assert!(shades.light.contrast_to_white() >= 4.5, "{colour}");
            assert!(shades.dark.contrast_to_white() >= 4.5, "{colour}");
            assert!(shades.ink.contrast_to_white() >= 7.0, "{colour}");
        }
    }
}

//! Where lines break: words into pieces, pieces into lines of much the same length.

use unicode_segmentation::UnicodeSegmentation;

use super::lettering::{Area, EM, LEADING};

/// Words longer than this are broken where nothing else helps, in characters.
const LONG_WORD: usize = 22;

/// What stays together in one line.
pub struct Piece {
    pub text: String,
    after_space: bool,
    /// What its ink takes at a font size of [`EM`].
    pub width: f32,
}

/// Words; Chinese and Japanese by the character; very long words in parts.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for word in text.split_whitespace() {
        let mut parts: Vec<String> = Vec::new();
        let long = word.graphemes(true).count() > LONG_WORD;
        let mut length = 0;
        let mut after_ideograph = false;
        for grapheme in word.graphemes(true) {
            let c = grapheme.chars().next().unwrap_or(' ');
            let opens = parts.is_empty()
                || ((is_ideographic(c) || after_ideograph) && c.is_alphanumeric())
                || (long && length >= LONG_WORD / 2);
            after_ideograph = is_ideographic(c);
            if opens {
                parts.push(String::new());
                length = 0;
            }
            length += 1;
            if let Some(part) = parts.last_mut() {
                part.push_str(grapheme);
            }
        }
        pieces.extend(parts.into_iter().enumerate().map(|(index, text)| Piece {
            text,
            after_space: index == 0,
            width: 0.0,
        }));
    }
    pieces
}

/// Whether a line may be broken before the character, without a space. Words of katakana stay
/// together.
fn is_ideographic(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{309f}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// The line that these pieces make.
pub fn join(pieces: &[Piece]) -> String {
    let mut line = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        if index > 0 && piece.after_space {
            line.push(' ');
        }
        line.push_str(&piece.text);
    }
    line
}

/// Where the lines begin, and how large they can be.
pub struct Broken {
    pub starts: Vec<usize>,
    pub size: f32,
}

/// The number of lines that allows the largest size; fewer lines if they are almost as large.
///
/// `None` without pieces.
pub fn fit(pieces: &[Piece], area: &Area) -> Option<Broken> {
    let widths = Widths::of(pieces);
    let mut best: Option<Broken> = None;
    for count in 1..=area.max_lines.min(pieces.len()) {
        let (starts, widest) = widths.balance(count);
        let by_height = area.height / (LEADING * count as f32);
        let size = (area.width / widest.max(1.0) * EM).min(by_height).min(area.max_size);
        if best.as_ref().is_none_or(|best| size > best.size * 1.06) {
            best = Some(Broken { starts, size });
        }
    }
    best
}

/// How wide runs of pieces are.
struct Widths {
    /// Up to each piece, all that is before it.
    before: Vec<f32>,
    /// The space before each piece, which counts only inside a line.
    space: Vec<f32>,
}

impl Widths {
    fn of(pieces: &[Piece]) -> Self {
        // A space is about a quarter of the font size; ink leaves some room around itself too.
        let space: Vec<_> =
            pieces.iter().map(|piece| if piece.after_space { 26.0 } else { 0.0 }).collect();
        let mut before = vec![0.0];
        let mut total = 0.0;
        for (piece, space) in pieces.iter().zip(&space) {
            total += piece.width + 4.0 + space;
            before.push(total);
        }
        Self { before, space }
    }

    fn run(&self, start: usize, end: usize) -> f32 {
        self.before[end] - self.before[start] - self.space[start]
    }

    /// Where `count` lines begin so that the widest is as narrow as can be, and how wide it is.
    ///
    /// The classic table: for each number of lines and pieces, the narrowest widest line.
    /// Pieces are at most some hundred, lines at most three.
    fn balance(&self, count: usize) -> (Vec<usize>, f32) {
        let total = self.space.len();
        let mut best = vec![vec![(f32::MAX, 0); total + 1]; count + 1];
        best[0][0] = (0.0, 0);
        for lines in 1..=count {
            for end in lines..=total {
                for start in (lines - 1)..end {
                    let widest = best[lines - 1][start].0.max(self.run(start, end));
                    if widest < best[lines][end].0 {
                        best[lines][end] = (widest, start);
                    }
                }
            }
        }
        let mut starts = vec![0; count];
        let mut end = total;
        for lines in (1..=count).rev() {
            end = best[lines][end].1;
            starts[lines - 1] = end;
        }
        (starts, best[count][total].0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: Area = Area {
        x: 0.0,
        y: 0.0,
        width: 100.0,
        height: 60.0,
        max_lines: 3,
        max_size: 40.0,
        min_size: 10.0,
    };

    /// The lines of a text whose every character is half a font size wide.
    fn lines(text: &str) -> Vec<String> {
        let mut pieces = pieces(text);
        for piece in &mut pieces {
            piece.width = piece.text.chars().count() as f32 * 50.0;
        }
        let starts = fit(&pieces, &AREA).unwrap().starts;
        let ends = starts.iter().skip(1).copied().chain([pieces.len()]);
        starts.iter().zip(ends).map(|(start, end)| join(&pieces[*start..end])).collect()
    }

    #[test]
    fn lines_break_at_spaces_into_much_the_same_lengths() {
        assert_eq!(lines("Tides"), ["Tides"]);
        assert_eq!(lines("Foundations of Data Science"), ["Foundations", "of Data", "Science"]);
    }

    #[test]
    fn chinese_breaks_between_characters_but_not_before_a_comma() {
        assert_eq!(lines("数据科学，机器学习"), ["数据科学，", "机器学习"]);
        assert_eq!(pieces("科学，").len(), 2);
    }

    #[test]
    fn words_of_katakana_and_foreign_words_stay_together() {
        assert_eq!(lines("データサイエンス入門"), ["データサイエンス", "入門"]);
        assert_eq!(lines("学习Python编程"), ["学习", "Python编程"]);
    }

    #[test]
    fn an_endless_word_is_broken_and_nothing_is_lost() {
        let word = "x".repeat(70);

        assert_eq!(lines(&word).concat(), word);
        assert_eq!(lines(&word).len(), 3);
        assert!(fit(&pieces(" "), &AREA).is_none());
    }
}

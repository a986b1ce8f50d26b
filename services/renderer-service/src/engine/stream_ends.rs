//! Keeps stream data and the line feed before `endstream` apart.
//!
//! Compressed data may end in a carriage return. The writer puts a single line feed after it, and
//! a reader then takes both for the end-of-line marker: the stream seems one byte short of its
//! `/Length`, which breaks PDF/A rule 6.1.7.1 in about two of a hundred documents. A carriage
//! return of its own makes the marker whole; a second line feed would count as data.

const TAIL: &[u8] = b"\nendstream\nendobj\n";

/// Makes the line feed before `endstream` a carriage return and a line feed wherever the data ends
/// in a carriage return, and moves the offsets of the cross-reference table.
///
/// The file must have one classic table, as the writer makes it; anything else is returned as it
/// is, since it cannot be told where objects end.
pub fn separate(pdf: Vec<u8>) -> Vec<u8> {
    match Table::find(&pdf) {
        Some(table) => table.rewrite(&pdf).unwrap_or(pdf),
        None => pdf,
    }
}

/// Where the cross-reference table is, and the objects it lists.
struct Table {
    /// Offset of the keyword `xref`.
    start: usize,
    /// Offset of the first entry, 20 bytes each.
    entries: usize,
    /// Offsets of all objects in use, ascending.
    objects: Vec<usize>,
}

impl Table {
    fn find(pdf: &[u8]) -> Option<Self> {
        let mark = rfind(pdf, b"startxref\n")?;
        let start = number(pdf.get(mark + 10..)?)?;
        let header = pdf.get(start..)?.strip_prefix(b"xref\n0 ")?;
        let count = number(header)?;
        let entries = start + 7 + header.iter().position(|&byte| byte == b'\n')? + 1;
        let mut objects = Vec::with_capacity(count);
        for index in 0..count {
            let entry = pdf.get(entries + index * 20..entries + index * 20 + 20)?;
            if entry[17] == b'n' {
                objects.push(number(entry)?);
            }
        }
        objects.sort_unstable();
        Some(Self { start, entries, objects })
    }

    fn rewrite(&self, pdf: &[u8]) -> Option<Vec<u8>> {
        let ends = self.objects.iter().skip(1).copied().chain([self.start]);
        let cuts: Vec<usize> = ends
            .filter(|&end| {
                let object = &pdf[..end];
                object.ends_with(TAIL) && object[..object.len() - TAIL.len()].ends_with(b"\r")
            })
            .map(|end| end - TAIL.len())
            .collect();
        if cuts.is_empty() {
            return None;
        }
        let moved = |offset: usize| offset + cuts.partition_point(|&cut| cut < offset);
        let mut out = Vec::with_capacity(pdf.len() + cuts.len());
        let mut from = 0;
        for &cut in &cuts {
            out.extend_from_slice(&pdf[from..cut]);
            out.push(b'\r');
            from = cut;
        }
        out.extend_from_slice(&pdf[from..self.entries]);
        let trailer =
            self.entries + pdf[self.entries..].windows(7).position(|w| w == b"trailer")?;
        for entry in pdf[self.entries..trailer].chunks(20) {
            if entry.get(17) == Some(&b'n') {
                out.extend_from_slice(format!("{:010}", moved(number(entry)?)).as_bytes());
                out.extend_from_slice(&entry[10..]);
            } else {
                out.extend_from_slice(entry);
            }
        }
        let mark = rfind(pdf, b"startxref\n")?;
        out.extend_from_slice(&pdf[trailer..mark]);
        out.extend_from_slice(format!("startxref\n{}\n%%EOF", moved(self.start)).as_bytes());
        Some(out)
    }
}

/// The decimal number at the start.
fn number(bytes: &[u8]) -> Option<usize> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&bytes[..digits]).ok()?.parse().ok()
}

fn rfind(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).rposition(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of two streams, the first of which ends in a carriage return.
    fn pdf(first: &str) -> Vec<u8> {
        let mut pdf = b"%PDF-1.7\n".to_vec();
        let mut offsets = Vec::new();
        for (id, data) in [first, "plain"].iter().enumerate() {
            offsets.push(pdf.len());
            let object = format!(
                "{} 0 obj\n<</Length {}>>\nstream\n{data}\nendstream\nendobj\n",
                id + 1,
                data.len()
            );
            pdf.extend_from_slice(object.as_bytes());
        }
        let start = pdf.len();
        pdf.extend_from_slice(b"xref\n0 3\n0000000000 65535 f\r\n");
        for offset in offsets {
            pdf.extend_from_slice(format!("{offset:010} 00000 n\r\n").as_bytes());
        }
        pdf.extend_from_slice(
            format!("trailer\n<</Size 3>>\nstartxref\n{start}\n%%EOF").as_bytes(),
        );
        pdf
    }

    #[test]
    fn a_stream_that_ends_in_a_carriage_return_gets_its_own_line_end() {
        let fixed = separate(pdf("data\r"));
        assert!(rfind(&fixed, b"data\r\r\nendstream").is_some());
        let table = Table::find(&fixed).unwrap();
        for (id, offset) in table.objects.iter().enumerate() {
            assert!(fixed[*offset..].starts_with(format!("{} 0 obj", id + 1).as_bytes()));
        }
    }

    #[test]
    fn other_files_are_left_alone() {
        assert_eq!(separate(pdf("data")), pdf("data"));
        assert_eq!(separate(b"no pdf".to_vec()), b"no pdf");
    }
}

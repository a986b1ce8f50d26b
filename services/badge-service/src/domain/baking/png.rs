//! PNG: badge data is a text chunk; every other byte of the file stays as it was.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::{BakingError, MAX_IMAGE_BYTES, MAX_TEXT_BYTES, Slot, Unbaked};

/// The first eight bytes of every PNG.
pub const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Writes `text` right after `IHDR`, and drops earlier chunks of the same slot.
///
/// Never compressed and never with a language tag: the reference unbaker strips keyword and
/// zero bytes, and takes what is left for the text.
pub fn bake(picture: &[u8], slot: Slot, text: &str) -> Result<Vec<u8>, BakingError> {
    if text.len() > MAX_TEXT_BYTES || picture.len() > MAX_IMAGE_BYTES {
        return Err(BakingError::TooLarge);
    }
    let mut data = slot.keyword().as_bytes().to_vec();
    data.extend_from_slice(&[0; 5]);
    data.extend_from_slice(text.as_bytes());

    let mut baked = Vec::with_capacity(picture.len() + data.len() + 12);
    baked.extend_from_slice(SIGNATURE);
    for (index, chunk) in chunks(picture)?.into_iter().enumerate() {
        if slot_of(&chunk) != Some(slot) {
            baked.extend_from_slice(chunk.whole);
        }
        if index == 0 {
            push_chunk(&mut baked, *b"iTXt", &data)?;
        }
    }
    Ok(baked)
}

/// All badge data in the picture, of all forms that were ever written.
pub fn unbake(picture: &[u8]) -> Result<Vec<Unbaked>, BakingError> {
    let mut found = Vec::new();
    for chunk in chunks(picture)? {
        let Some(slot) = slot_of(&chunk) else { continue };
        let rest = &chunk.data[slot.keyword().len() + 1..];
        if let Some(text) = read_text(chunk.kind, rest)? {
            found.push(Unbaked { slot, text });
        }
    }
    Ok(found)
}

/// One chunk: its parts, and all its bytes with length and checksum.
struct Chunk<'a> {
    kind: [u8; 4],
    data: &'a [u8],
    whole: &'a [u8],
}

/// The chunks from `IHDR` to `IEND`; whatever follows `IEND` is no picture and is left behind.
fn chunks(picture: &[u8]) -> Result<Vec<Chunk<'_>>, BakingError> {
    let mut rest = picture.strip_prefix(SIGNATURE).ok_or(BakingError::BrokenPng)?;
    let mut chunks = Vec::new();
    loop {
        let (length, after) = rest.split_first_chunk::<4>().ok_or(BakingError::BrokenPng)?;
        let (kind, after) = after.split_first_chunk::<4>().ok_or(BakingError::BrokenPng)?;
        let length = u32::from_be_bytes(*length) as usize;
        let data = after.get(..length).ok_or(BakingError::BrokenPng)?;
        // Length, kind and checksum are four bytes each.
        let whole = rest.get(..length + 12).ok_or(BakingError::BrokenPng)?;
        rest = &rest[length + 12..];
        chunks.push(Chunk { kind: *kind, data, whole });
        if kind == b"IEND" {
            break;
        }
    }
    if chunks[0].kind == *b"IHDR" { Ok(chunks) } else { Err(BakingError::BrokenPng) }
}

fn slot_of(chunk: &Chunk<'_>) -> Option<Slot> {
    if !matches!(&chunk.kind, b"tEXt" | b"zTXt" | b"iTXt") {
        return None;
    }
    [Slot::OpenBadges, Slot::OpenBadgeCredential].into_iter().find(|slot| {
        chunk
            .data
            .strip_prefix(slot.keyword().as_bytes())
            .is_some_and(|rest| rest.starts_with(&[0]))
    })
}

/// The text of a chunk, after its keyword. `None` if it is not UTF-8 or misses its parts.
fn read_text(kind: [u8; 4], rest: &[u8]) -> Result<Option<String>, BakingError> {
    let text = match &kind {
        b"tEXt" => Some(rest.to_vec()),
        b"zTXt" => match rest.split_first() {
            Some((0, packed)) => Some(inflate(packed)?),
            _ => None,
        },
        _ => international_text(rest)?,
    };
    match text {
        Some(text) if text.len() > MAX_TEXT_BYTES => Err(BakingError::TooLarge),
        text => Ok(text.and_then(|text| String::from_utf8(text).ok())),
    }
}

/// `iTXt`: flag, method, language, 0, translated keyword, 0, text.
fn international_text(rest: &[u8]) -> Result<Option<Vec<u8>>, BakingError> {
    let [flag, _method, tagged @ ..] = rest else { return Ok(None) };
    let mut parts = tagged.splitn(3, |byte| *byte == 0);
    let Some(text) = parts.nth(2) else { return Ok(None) };
    if *flag == 0 { Ok(Some(text.to_vec())) } else { inflate(text).map(Some) }
}

/// Unpacks at most one byte more than is allowed, whatever the packed data promises.
fn inflate(packed: &[u8]) -> Result<Vec<u8>, BakingError> {
    let mut text = Vec::new();
    ZlibDecoder::new(packed)
        .take(MAX_TEXT_BYTES as u64 + 1)
        .read_to_end(&mut text)
        .map_err(|_| BakingError::BrokenPng)?;
    if text.len() > MAX_TEXT_BYTES { Err(BakingError::TooLarge) } else { Ok(text) }
}

fn push_chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) -> Result<(), BakingError> {
    let length = u32::try_from(data.len()).map_err(|_| BakingError::TooLarge)?;
    let mut checksum = crc32fast::Hasher::new();
    checksum.update(&kind);
    checksum.update(data);
    png.extend_from_slice(&length.to_be_bytes());
    png.extend_from_slice(&kind);
    png.extend_from_slice(data);
    png.extend_from_slice(&checksum.finalize().to_be_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    /// A PNG of one grey dot, with the given chunks between header and pixels.
    fn dot(extra: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut png = SIGNATURE.to_vec();
        push_chunk(&mut png, *b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]).unwrap();
        for (kind, data) in extra {
            push_chunk(&mut png, **kind, data).unwrap();
        }
        push_chunk(&mut png, *b"IDAT", &pack(&[0, 128])).unwrap();
        push_chunk(&mut png, *b"IEND", &[]).unwrap();
        png
    }

    fn pack(data: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn texts(png: &[u8]) -> Vec<String> {
        unbake(png).unwrap().into_iter().map(|unbaked| unbaked.text).collect()
    }

    #[test]
    fn a_baked_chunk_stands_after_the_header_and_all_else_stays() {
        let plain = dot(&[(b"tEXt", b"Author\0Pat")]);
        let baked = bake(&plain, Slot::OpenBadges, r#"{"a":"é"}"#).unwrap();

        let header = SIGNATURE.len() + 25;
        let expected = [&b"iTXtopenbadges\0\0\0\0\0"[..], r#"{"a":"é"}"#.as_bytes()].concat();
        assert_eq!(baked[..header], plain[..header]);
        assert_eq!(baked[header + 4..][..expected.len()], expected);
        assert_eq!(baked[header + expected.len() + 8..], plain[header..]);
        assert_eq!(texts(&baked), [r#"{"a":"é"}"#]);
        // Another reader, which checks every checksum.
        let mut reader = ::png::Decoder::new(std::io::Cursor::new(&baked)).read_info().unwrap();
        reader.next_frame(&mut [0; 1]).unwrap();
        assert_eq!(reader.info().utf8_text[0].get_text().unwrap(), r#"{"a":"é"}"#);
    }

    #[test]
    fn baking_again_replaces_every_older_chunk_of_its_slot_and_no_other() {
        let old = dot(&[
            (b"tEXt", b"openbadges\0https://a.example/1"),
            (b"iTXt", b"openbadges\0\0\0\0\0{}"),
            (b"iTXt", b"openbadgecredential\0\0\0\0\0jws"),
        ]);

        let baked = bake(&old, Slot::OpenBadges, "new").unwrap();

        assert_eq!(texts(&baked), ["new", "jws"]);
        assert_eq!(bake(&baked, Slot::OpenBadges, "new").unwrap(), baked);
    }

    #[test]
    fn all_forms_are_read_packed_and_with_language_tags_too() {
        let packed = [b"openbadges\0\x01\0en\0odznaka\0".as_slice(), &pack(b"packed")].concat();
        let ztxt = [b"openbadges\0\0".as_slice(), &pack(b"old and packed")].concat();
        let picture = dot(&[
            (b"tEXt", b"openbadges\0https://a.example/1"),
            (b"iTXt", b"openbadges\0\0\0en-GB\0badge\0tagged"),
            (b"iTXt", &packed),
            (b"zTXt", &ztxt),
            (b"tEXt", b"openbadgesque\0no badge"),
        ]);

        assert_eq!(texts(&picture), ["https://a.example/1", "tagged", "packed", "old and packed"]);
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_unpacked() {
        let bomb = [b"openbadges\0\x01\0\0\0".as_slice(), &pack(&vec![b' '; 8 << 20])].concat();

        assert_eq!(unbake(&dot(&[(b"iTXt", &bomb)])), Err(BakingError::TooLarge));
    }

    #[test]
    fn a_broken_file_is_an_error_wherever_it_breaks() {
        let whole = bake(&dot(&[]), Slot::OpenBadges, "{}").unwrap();

        for length in 0..whole.len() {
            assert_eq!(unbake(&whole[..length]), Err(BakingError::BrokenPng), "cut at {length}");
        }
        let mut endless = whole.clone();
        endless[SIGNATURE.len()..][..4].copy_from_slice(&[0xff; 4]);
        assert_eq!(bake(&endless, Slot::OpenBadges, "{}"), Err(BakingError::BrokenPng));
        let short = dot(&[(b"iTXt", b"openbadges\0"), (b"iTXt", b"openbadges\0\0\0en")]);
        assert_eq!(unbake(&short), Ok(Vec::new()));
    }
}

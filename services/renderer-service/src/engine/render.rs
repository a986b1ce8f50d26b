//! One job from beginning to end, in the process that runs it.

use std::time::Instant;

use crate::domain::image::Picture;
use crate::domain::{Fault, FaultCode, Output, RenderRequest};

use super::blame::missing_glyphs;
use super::conformance::Conformance;
use super::export;
use super::job::{Artifacts, Timings};
use super::layout::{Entry, PreparedTemplate, lay_out};
use super::sheet::{compose, printed_texts};

/// What a worker knows of the limits; time and memory are watched from outside.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub pages: usize,
    pub output_bytes: usize,
}

/// Makes the files that the request asks for.
///
/// # Errors
///
/// The codes that only rendering can tell.
pub fn render(
    request: &RenderRequest,
    template: &PreparedTemplate,
    pictures: &[Picture],
    conformance: Conformance,
    bounds: Bounds,
) -> Result<Artifacts, Fault> {
    let started = Instant::now();
    let fonts = &template.fonts;
    if printed_texts(&request.data).iter().any(|(_, text)| !fonts.missing(text).is_empty()) {
        return Err(missing_glyphs(&request.data, |text| fonts.missing(text)));
    }
    let (sheet, warning) = compose(request, template, pictures)
        .map_err(|detail| Fault::new(FaultCode::TemplateError, detail))?;
    let max_pages = bounds.pages.min(template.package.manifest.max_pages);
    let set = |entry| lay_out(template, entry, &sheet, pictures, max_pages);
    let needs_main = request.outputs.iter().any(|output| *output != Output::Card);
    let main = if needs_main { Some(set(Entry::Main)?) } else { None };
    let card = if request.outputs.contains(&Output::Card) {
        if !template.has_card() {
            return Err(Fault::new(FaultCode::NotSupported, "the template has no card.typ"));
        }
        Some(set(Entry::Card)?)
    } else {
        None
    };
    let laid_out = Instant::now();
    let mut files = Vec::new();
    for output in &request.outputs {
        let file = match (output, &main, &card) {
            (Output::Pdf, Some(main), _) => export::pdf(main, request, conformance)?,
            (Output::Png, Some(main), _) => export::png(main, request.options.png_width)?,
            (Output::Svg, Some(main), _) => export::svg(main)?,
            (Output::Card, _, Some(card)) => export::png(card, export::CARD.0)?,
            _ => continue,
        };
        if file.len() > bounds.output_bytes {
            let detail =
                format!("bytes: {} has more than {}", output.as_str(), bounds.output_bytes);
            return Err(Fault::new(FaultCode::TemplateLimit, detail));
        }
        files.push((*output, file));
    }
    let timings = Timings {
        wait_us: 0,
        layout_us: micros(laid_out - started),
        export_us: micros(laid_out.elapsed()),
    };
    Ok(Artifacts { files, warnings: warning.into_iter().collect(), timings })
}

fn micros(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

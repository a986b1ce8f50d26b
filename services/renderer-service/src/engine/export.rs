//! Writes a document that has been set as PDF, PNG or SVG.

use image::DynamicImage;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst::layout::{Frame, FrameItem};
use typst::utils::Scalar;
use typst_layout::{Page, PagedDocument};
use typst_pdf::{PdfOptions, Timestamp};
use typst_render::RenderOptions;
use typst_svg::SvgOptions;

use crate::domain::{Fault, FaultCode, RenderRequest};

use super::conformance::Conformance;
use super::stream_ends;

/// The social card's width and height in pixels.
pub const CARD: (u32, u32) = (1200, 630);

/// The PDF. Its `/ID` and dates come from the request.
///
/// # Errors
///
/// `conformance` with the rule that the document breaks.
pub fn pdf(
    document: &PagedDocument,
    request: &RenderRequest,
    conformance: Conformance,
) -> Result<Vec<u8>, Fault> {
    let options = PdfOptions {
        ident: Smart::Custom(request.public_digest()),
        creator: Smart::Custom(Some("Testamur renderer".to_owned())),
        timestamp: document_date(request).map(Timestamp::new_utc),
        page_ranges: None,
        standards: conformance.standards(request.data.credential.is_some()),
        tagged: true,
        pretty: false,
    };
    let pdf = typst_pdf::pdf(document, &options).map_err(|errors| {
        let message = errors.first().map_or("", |error: &SourceDiagnostic| error.message.as_str());
        Fault::new(FaultCode::Conformance, message.replace(&request.data.recipient.name, "…"))
    })?;
    Ok(stream_ends::separate(pdf))
}

/// Midnight UTC of the day of issue.
///
/// PDF/A wants a date in every file. Where the day is only known as text, a date that nobody takes
/// for the day of issue stands in.
fn document_date(request: &RenderRequest) -> Option<Datetime> {
    let issued = request.data.issued_on.filter(|_| request.data.issued_text.is_none());
    let (year, month, day) = issued.map_or((1970, 1, 1), |day| day.parts());
    Datetime::from_ymd_hms(year, month, day, 0, 0, 0)
}

/// The first page, `width` pixels across, opaque.
pub fn png(document: &PagedDocument, width: u32) -> Result<Vec<u8>, Fault> {
    let page = first_page(document)?;
    let options = RenderOptions {
        pixel_per_pt: Scalar::new(f64::from(width) / page.frame.width().to_pt()),
        render_bleed: false,
    };
    let picture = typst_render::render(page, &options);
    let (width, height) = (picture.width(), picture.height());
    // The page is white where nothing is drawn, so that no pixel is transparent.
    image::RgbaImage::from_raw(width, height, picture.take())
        .map(|rgba| DynamicImage::from(rgba).into_rgb8())
        .and_then(|rgb| encode(rgb.as_raw(), width, height))
        .ok_or_else(|| Fault::new(FaultCode::Internal, "the picture cannot be written"))
}

/// The first page as a drawing without links, scripts or references.
pub fn svg(document: &PagedDocument) -> Result<Vec<u8>, Fault> {
    let mut page = first_page(document)?.clone();
    drop_links(&mut page.frame);
    Ok(typst_svg::svg(&page, &SvgOptions::default()).into_bytes())
}

fn first_page(document: &PagedDocument) -> Result<&Page, Fault> {
    let none = || Fault::new(FaultCode::TemplateError, "the template makes no page");
    document.pages().first().ok_or_else(none)
}

fn drop_links(frame: &mut Frame) {
    let items: Vec<_> = frame.items().cloned().collect();
    frame.clear();
    for (position, mut item) in items {
        match &mut item {
            FrameItem::Link(..) => continue,
            FrameItem::Group(group) => drop_links(&mut group.frame),
            _ => {}
        }
        frame.push(position, item);
    }
}

fn encode(rgb: &[u8], width: u32, height: u32) -> Option<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    // Choosing a filter line by line takes longer than drawing, and drawings gain little by it.
    encoder.set_filter(png::Filter::Up);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(rgb).ok()?;
    writer.finish().ok()?;
    Some(file)
}

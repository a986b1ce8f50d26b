//! Whether a document shows all that its template set: nothing dropped, nothing beyond the sheet.

use typst::diag::SourceDiagnostic;
use typst::layout::{Abs, Frame, FrameItem, Point, Size, Transform};
use typst_layout::PagedDocument;

/// Rounding may take a text this far over the edge.
const TOLERANCE_PT: f64 = 0.5;

/// What the typesetter says of a content that it left out.
pub fn dropped(warnings: &[SourceDiagnostic]) -> Option<&SourceDiagnostic> {
    warnings.iter().find(|warning| warning.message.contains("was ignored"))
}

/// The first text that runs over an edge of its page.
pub fn beyond_the_sheet(document: &PagedDocument) -> Option<String> {
    document.pages().iter().find_map(|page| {
        let sheet = page.frame.size();
        beyond(&page.frame, Transform::identity(), sheet)
    })
}

fn beyond(frame: &Frame, placed: Transform, sheet: Size) -> Option<String> {
    frame.items().find_map(|(position, item)| {
        let here = placed.pre_concat(Transform::translate(position.x, position.y));
        match item {
            FrameItem::Group(group) => {
                beyond(&group.frame, here.pre_concat(group.transform), sheet)
            }
            FrameItem::Text(text) => {
                let ends = [Point::zero(), Point::with_x(text.width())];
                let is_inside = |end: &Point| is_on(end.transform(here), sheet);
                (!ends.iter().all(is_inside)).then(|| text.text.to_string())
            }
            _ => None,
        }
    })
}

fn is_on(point: Point, sheet: Size) -> bool {
    let tolerance = Abs::pt(TOLERANCE_PT);
    let within = |at: Abs, end: Abs| -tolerance <= at && at <= end + tolerance;
    within(point.x, sheet.x) && within(point.y, sheet.y)
}

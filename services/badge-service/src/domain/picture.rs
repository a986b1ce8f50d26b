//! Pictures as PNG of the two sizes that preview cards want.

use std::sync::Arc;

use ::image::RgbaImage;
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{ImageHrefResolver, ImageKind, Options, Tree},
};

use crate::domain::{
    fonts::{FAMILY, Fonts},
    image::{self, BadgeImage},
    stub::{CARD_HEIGHT, WIDE_CARD_WIDTH},
};

/// The shape of a converted picture; `fmt` in its address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Frame {
    /// 400 by 400.
    #[default]
    Square,
    /// 764 by 400, with transparent sides.
    Wide,
}

/// What an address of a picture asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The stored file as it is.
    Original,
    Png(Frame),
}

/// The parameters make no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("invalid image type or format")]
pub struct UnknownFormat;

/// The picture cannot be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the picture cannot be drawn")]
pub struct CannotDraw;

/// The largest raster picture inside an SVG that is drawn, in pixels a side.
const MAX_INNER_SIDE: u32 = 2_048;

impl Wanted {
    /// Reads the parameters `type` and `fmt`, both without regard to case.
    pub fn from_query(kind: Option<&str>, format: Option<&str>) -> Result<Self, UnknownFormat> {
        let is = |given: Option<&str>, default: &str, wanted: &str| {
            given.unwrap_or(default).eq_ignore_ascii_case(wanted)
        };
        let (original, png) = (is(kind, "original", "original"), is(kind, "original", "png"));
        let (square, wide) = (is(format, "square", "square"), is(format, "square", "wide"));
        match (original, png, square, wide) {
            (true, _, true, _) => Ok(Self::Original),
            (_, true, true, _) => Ok(Self::Png(Frame::Square)),
            (true, _, _, true) | (_, true, _, true) => Ok(Self::Png(Frame::Wide)),
            _ => Err(UnknownFormat),
        }
    }
}

/// The picture as PNG in a frame, centred, without badge data.
pub fn to_png(picture: &BadgeImage, frame: Frame, fonts: &Fonts) -> Result<Vec<u8>, CannotDraw> {
    let drawn = match picture {
        BadgeImage::Svg(svg) => draw(svg, CARD_HEIGHT, fonts)?,
        BadgeImage::Png(png) => {
            let picture = image::decode(png).map_err(|_| CannotDraw)?;
            image::fit(&picture, CARD_HEIGHT, CARD_HEIGHT)
        }
    };
    let width = match frame {
        Frame::Square => CARD_HEIGHT,
        Frame::Wide => WIDE_CARD_WIDTH,
    };
    image::encode(image::centred(&drawn, width, CARD_HEIGHT)).map_err(|_| CannotDraw)
}

/// A square PNG of an SVG, `size` pixels a side (at most 2,048).
pub fn rasterise(svg: &str, size: u32, fonts: &Fonts) -> Result<Vec<u8>, CannotDraw> {
    image::encode(draw(svg, size, fonts)?).map_err(|_| CannotDraw)
}

/// Whether the text is an SVG that can be drawn at all.
pub fn check(svg: &str) -> Result<(), CannotDraw> {
    parse(svg, &Fonts::none()).map(|_| ())
}

/// Reads an SVG, which gets at no file and no network, however it asks.
pub(super) fn parse(svg: &str, fonts: &Fonts) -> Result<Tree, CannotDraw> {
    let options = Options {
        font_family: FAMILY.to_owned(),
        fontdb: fonts.database(),
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|kind, bytes, _| inner_raster(kind, bytes)),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    Tree::from_str(svg, &options).map_err(|_| CannotDraw)
}

/// A raster picture inside an SVG, if its size is what a badge needs.
fn inner_raster(kind: &str, bytes: Arc<Vec<u8>>) -> Option<ImageKind> {
    let format = ::image::guess_format(&bytes).ok()?;
    let reader = ::image::ImageReader::with_format(std::io::Cursor::new(bytes.as_slice()), format);
    let (width, height) = reader.into_dimensions().ok()?;
    if width.max(height) > MAX_INNER_SIDE {
        return None;
    }
    match (kind, format) {
        (_, ::image::ImageFormat::Png) => Some(ImageKind::PNG(bytes)),
        (_, ::image::ImageFormat::Jpeg) => Some(ImageKind::JPEG(bytes)),
        _ => None,
    }
}

fn draw(svg: &str, size: u32, fonts: &Fonts) -> Result<RgbaImage, CannotDraw> {
    let tree = parse(svg, fonts)?;
    let size = size.clamp(1, 2_048);
    let mut pixels = Pixmap::new(size, size).ok_or(CannotDraw)?;
    let side = size as f32;
    let scale = (side / tree.size().width()).min(side / tree.size().height());
    let left = (side - tree.size().width() * scale) / 2.0;
    let top = (side - tree.size().height() * scale) / 2.0;
    let place = Transform::from_scale(scale, scale).post_translate(left, top);
    resvg::render(&tree, place, &mut pixels.as_mut());
    let straight = pixels.pixels().iter().flat_map(|pixel| {
        let pixel = pixel.demultiply();
        [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
    });
    RgbaImage::from_raw(size, size, straight.collect()).ok_or(CannotDraw)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><path fill="#804020" d="M0 0h10v10H0z"/></svg>"##;

    fn png(picture: &BadgeImage, frame: Frame) -> RgbaImage {
        image::decode(&to_png(picture, frame, &Fonts::none()).unwrap()).unwrap()
    }

    #[test]
    fn a_wide_picture_is_764_by_400_with_transparent_sides() {
        let drawn = png(&BadgeImage::Svg(SQUARE.to_owned()), Frame::Wide);

        assert_eq!(drawn.dimensions(), (764, 400));
        assert_eq!(drawn.get_pixel(181, 200)[3], 0);
        assert_eq!(drawn.get_pixel(182, 200).0, [0x80, 0x40, 0x20, 255]);
        assert_eq!(
            png(&BadgeImage::Svg(SQUARE.to_owned()), Frame::Square).dimensions(),
            (400, 400)
        );
    }

    #[test]
    fn a_png_is_fitted_into_the_frame_as_well() {
        let small = BadgeImage::Png(rasterise(SQUARE, 30, &Fonts::none()).unwrap());

        assert_eq!(png(&small, Frame::Square).get_pixel(399, 399).0, [0x80, 0x40, 0x20, 255]);
        assert_eq!(png(&small, Frame::Wide).dimensions(), (764, 400));
    }

    #[test]
    fn an_svg_gets_at_no_file() {
        let file = tempfile::Builder::new().suffix(".png").tempfile().unwrap();
        std::fs::write(&file, rasterise(SQUARE, 10, &Fonts::none()).unwrap()).unwrap();
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><image width="10" height="10" href="{}"/></svg>"#,
            file.path().display()
        );

        let drawn = png(&BadgeImage::Svg(svg), Frame::Square);

        assert!(drawn.pixels().all(|pixel| pixel[3] == 0));
    }

    #[test]
    fn the_parameters_of_a_picture_are_read_without_case_and_nonsense_is_refused() {
        for (kind, format, wanted) in [
            (None, None, Ok(Wanted::Original)),
            (Some("PNG"), None, Ok(Wanted::Png(Frame::Square))),
            (None, Some("Wide"), Ok(Wanted::Png(Frame::Wide))),
            (Some("png"), Some("wide"), Ok(Wanted::Png(Frame::Wide))),
            (Some("gif"), None, Err(UnknownFormat)),
            (Some("png"), Some("tall"), Err(UnknownFormat)),
        ] {
            assert_eq!(Wanted::from_query(kind, format), wanted);
        }
    }
}

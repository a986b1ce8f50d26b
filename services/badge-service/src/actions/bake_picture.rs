//! Writes an assertion into its picture, when somebody asks for it.

use crate::{
    app::App,
    domain::{
        baking,
        image::BadgeImage,
        open_badges::{self, AssertionContext, Version},
        origin::Kind,
        picture::Frame,
    },
    error::Error,
    store::{self, assertions::KeptAssertion},
};

/// The file format of a baked picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Png,
    Svg,
}

/// The picture of an assertion with the assertion in it; `None` where there is no such format, or
/// the picture is lost.
pub async fn bake_picture(
    app: &App,
    kept: KeptAssertion,
    version: Version,
    format: Format,
) -> Result<Option<BadgeImage>, Error> {
    let name = match (format, kept.picture.is_svg()) {
        (Format::Svg, true) | (Format::Png, false) => Some(kept.picture.clone()),
        (Format::Png, true) => Some(app.pictures.converted(&kept.picture, Frame::Square).await?),
        (Format::Svg, false) => None,
    };
    let Some(name) = name else { return Ok(None) };
    let Some(picture) = app.pictures.find(&name).await? else { return Ok(None) };
    let assertion = kept.assertion;
    let (class_id, issuer_id) = (assertion.badge_class_id, assertion.issuer_id);
    let (class, issuer) = app
        .db
        .read(move |conn| {
            let class = store::badge_classes::get(conn, class_id)?;
            Ok::<_, Error>((class, store::issuers::get(conn, issuer_id)?))
        })
        .await?;
    let context = AssertionContext { badge_class: &class, issuer: &issuer };
    let json = open_badges::assertion_json(&app.origin, version, &assertion, context);
    let verify = version.reference(app.origin.public(Kind::Assertion, assertion.id));
    let baked =
        tokio::task::spawn_blocking(move || baking::bake(&picture, &json, &verify)).await??;
    Ok(Some(baked))
}

//! The cards that social networks show of a link.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ContentType, REFERRER_POLICY},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use super::documents;
use crate::{
    app::App,
    domain::{
        entity_id::EntityId,
        negotiation::Preview,
        origin::Kind,
        stub::{Stub, StubImage},
    },
    error::Error,
};

/// What a card says of its object.
struct Card {
    title: String,
    description: String,
    /// Whose picture is shown.
    image_of: Option<(Kind, EntityId)>,
    revoked: bool,
}

/// The card's HTML; `None` if there is no such object.
pub(super) async fn of(
    app: &App,
    kind: Kind,
    id: EntityId,
    preview: Preview,
) -> Result<Option<HttpResponse>, Error> {
    let Some(card) = card(app, kind, id).await? else { return Ok(None) };
    let url = app.origin.public(kind, id);
    let png = card.image_of.map(|(kind, id)| format!("{}?type=png", app.origin.image(kind, id)));
    let image = png.as_deref().map(|png_url| StubImage { png_url, wide: preview.wide });
    let embeds = kind == Kind::Assertion && preview.oembed && !card.revoked;
    let oembed = embeds.then(|| app.origin.oembed(&url));
    let stub = Stub {
        title: &card.title,
        description: &card.description,
        url: &url,
        image,
        site_name: &app.settings.public.name,
        locale: &app.settings.public.locale,
        oembed: oembed.as_deref(),
        revoked: card.revoked,
    };
    let html = stub.html();
    let cache_control = if card.revoked { "no-cache" } else { "public, max-age=60" };
    let policy = policy(&html);
    Ok(Some(
        HttpResponse::Ok()
            .insert_header(ContentType::html())
            .insert_header((CACHE_CONTROL, cache_control))
            .insert_header((CONTENT_SECURITY_POLICY, policy))
            .insert_header((REFERRER_POLICY, "no-referrer"))
            .body(html),
    ))
}

async fn card(app: &App, kind: Kind, id: EntityId) -> Result<Option<Card>, Error> {
    Ok(match kind {
        Kind::Issuer => documents::issuer(app, id).await?.map(|issuer| Card {
            title: issuer.name.into(),
            description: issuer.description.into(),
            image_of: issuer.image.map(|_| (kind, id)),
            revoked: false,
        }),
        Kind::BadgeClass => documents::badge_class(app, id).await?.map(|(class, _)| Card {
            title: class.name.into(),
            description: class.description.into(),
            image_of: Some((kind, id)),
            revoked: false,
        }),
        Kind::Assertion => documents::assertion(app, id).await?.map(|whole| Card {
            title: whole.class.name.into(),
            description: whole.class.description.into(),
            image_of: Some((Kind::BadgeClass, whole.class.id)),
            revoked: whole.kept.assertion.is_revoked(),
        }),
    })
}

/// Allows the picture and the one script, which is known by its hash.
fn policy(html: &str) -> String {
    let script = html.rsplit_once("<script>").and_then(|(_, rest)| rest.split_once("</script>"));
    let hash = STANDARD.encode(Sha256::digest(script.map_or("", |(script, _)| script)));
    format!(
        "default-src 'none'; img-src 'self' https: http:; script-src 'sha256-{hash}'; \
         base-uri 'none'; form-action 'none'"
    )
}

//! The picture that social networks show of a certificate.

use std::time::{Duration, Instant};

use ::web::Refusal;
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use model::Id;

use super::{Seen, later, leads_to, missing, seen, site_of};
use crate::{
    actions,
    app::App,
    domain::{
        document::{DocumentState, PREVIEW_PATIENCE_S, Preview},
        user_credential::UserCredential,
    },
    error::Error,
    store,
};

/// How soon is looked whether the preview came; each look waits twice as long as the one before.
const FIRST_LOOK: Duration = Duration::from_millis(25);

/// The longest time between two looks.
const LONGEST_LOOK: Duration = Duration::from_millis(400);

/// Fetch a certificate's preview
///
/// Leads to the picture that social networks show of a certificate. It is made when somebody first
/// asks for it, who waits for it: 503 with the seconds after which to ask again, if it takes longer.
#[utoipa::path(
    get,
    path = "/credentials/{id}/preview.png",
    tag = "pages",
    params(("id" = String, Path, description = "32 hexadecimal digits")),
    responses(
        (status = 302, description = "Where the preview is"),
        (status = 404), (status = 410), (status = 503)
    )
)]
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let site = site_of(&app, &request).await?;
    let (uuid, document) = match seen(&app, &site, &id).await? {
        Seen::Certificate(uuid, document) => (uuid, document),
        Seen::Nothing(answer) => return Ok(answer),
    };
    let preview = match document {
        Some(_) if !app.settings.documents.enabled => return Ok(missing(&app, &site)),
        Some(DocumentState::Ready { preview, .. }) => awaited(&app, uuid, preview).await?,
        Some(DocumentState::Waiting) => return Ok(later(&app, &site, StatusCode::NOT_FOUND)),
        Some(DocumentState::Failed { .. }) | None => return Ok(missing(&app, &site)),
    };
    Ok(match preview {
        Preview::Ready { url } => leads_to(url),
        Preview::Failed { .. } => missing(&app, &site),
        Preview::Unasked | Preview::Awaited { .. } => {
            later(&app, &site, StatusCode::SERVICE_UNAVAILABLE)
        }
    })
}

/// The preview, once it is there; or as it is, if it does not come soon after it was asked for, or if
/// too many wait.
async fn awaited(
    app: &App,
    uuid: Id<UserCredential>,
    mut preview: Preview,
) -> Result<Preview, Error> {
    if !preview.is_worth_waiting_for(app.clock.now()) {
        return Ok(preview);
    }
    let Ok(_place) = app.waiting_for_previews.try_acquire() else { return Ok(preview) };
    if preview == Preview::Unasked {
        actions::ask_for_preview(app, uuid).await?;
    }
    let until = Instant::now() + Duration::from_secs(PREVIEW_PATIENCE_S.unsigned_abs());
    let mut look = FIRST_LOOK;
    while preview.is_to_come() && Instant::now() < until {
        tokio::time::sleep(look).await;
        look = (look * 2).min(LONGEST_LOOK);
        let now = app.db.read(move |conn| store::documents::preview_of(conn, uuid)).await?;
        // A document that went away meanwhile has no preview any more.
        let Some(now) = now else { break };
        preview = now;
    }
    Ok(preview)
}

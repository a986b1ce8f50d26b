//! Reads and checks a request, with the pictures it names.

use std::sync::Arc;

use serde_json::Value;

use super::store_asset::asset_bytes;
use crate::app::App;
use crate::domain::certificate::MOST_SIGNATORIES;
use crate::domain::image::{Assets, asset_hashes};
use crate::domain::{Fault, FaultCode, Parsed, RenderRequest, Surroundings};
use crate::error::Error;

/// Where pictures may stand in a request; signatures stand beside them.
const PICTURES: [&str; 3] = ["/data/issuer/logo", "/data/platform/logo", "/data/background"];

/// Reads a request, off the threads that answer others: pictures are decoded to see whether they
/// are whole.
///
/// # Errors
///
/// What is wrong with the request, all together; or the store cannot be reached.
pub async fn read_request(app: &App, request: Value) -> Result<Parsed, Error> {
    let stopping = || Fault::new(FaultCode::Internal, "the service is stopping");
    let _permit = app.readers.acquire().await.map_err(|_| stopping())?;
    let mut assets = Assets::new();
    for sha256 in asset_hashes(&pictures_of(&request)) {
        if let Some((_, bytes)) = asset_bytes(app, &sha256).await? {
            assets.insert(sha256, Arc::from(&bytes[..]));
        }
    }
    let app = app.clone();
    let read = tokio::task::spawn_blocking(move || {
        RenderRequest::parse(
            request,
            &Surroundings {
                templates: &*app.templates,
                assets: &assets,
                secret: &app.secret,
                default_locale: &app.settings.i18n.default_locale,
                public_base_url: Some(&app.public_base_url),
                can_sign: false,
            },
        )
    });
    let broken = |_| Fault::new(FaultCode::Internal, "the request could not be read");
    Ok(read.await.map_err(broken)??)
}

/// Only what stands where pictures stand: a request may say "asset:" a thousand times elsewhere.
fn pictures_of(request: &Value) -> Value {
    let signatures = (0..MOST_SIGNATORIES).map(|n| format!("/data/signatories/{n}/image"));
    let places = PICTURES.iter().map(|&place| place.to_owned()).chain(signatures);
    let references =
        places.filter_map(|place| request.pointer(&place)?.as_str().map(str::to_owned));
    // A picture in place is not a reference, and large.
    references.filter(|text| text.starts_with("asset:")).map(Value::String).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::pictures_of;

    #[test]
    fn only_references_where_pictures_stand_are_fetched() {
        let request = json!({"data": {
            "issuer": {"logo": "asset:1", "name": "asset:2"},
            "background": "data:image/png;base64,AA",
            "signatories": [{"image": "asset:3"}, {"name": "asset:4"}],
            "custom": {"a": "asset:5"},
        }});
        assert_eq!(pictures_of(&request), json!(["asset:1", "asset:3"]));
    }
}

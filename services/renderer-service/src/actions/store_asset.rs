//! Keeps a picture that requests may then name, and gives it back.

use bytes::Bytes;

use crate::app::App;
use crate::domain::ids::sha256_hex;
use crate::domain::image::{self, MAX_BYTES};
use crate::domain::{Fault, FaultCode, Violation};
use crate::error::Error;
use crate::store::assets::{self, Asset};

/// Keeps a picture. Whether it is new.
///
/// # Errors
///
/// If it is too large, or no picture that can be drawn.
pub async fn store_asset(app: &App, bytes: Bytes) -> Result<(Asset, bool), Error> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::PictureTooLarge);
    }
    let media_type = checked(app, bytes.clone()).await?;
    let asset = Asset {
        sha256: sha256_hex(&bytes),
        media_type: media_type.to_owned(),
        bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
    };
    // Nobody may remove the object between its being there and its being named.
    let _naming = app.naming.read().await;
    app.objects.put(bytes).await?;
    let kept = asset.clone();
    let is_new = app.db.write(move |conn| assets::keep(conn, &kept)).await?;
    Ok((asset, is_new))
}

/// A stored picture with its media type.
///
/// # Errors
///
/// If the database or the store cannot be reached.
pub async fn asset_bytes(app: &App, sha256: &str) -> Result<Option<(Asset, Bytes)>, Error> {
    let wanted = sha256.to_owned();
    let asset = app.db.read(move |conn| assets::find(conn, &wanted)).await?;
    let Some(asset) = asset else { return Ok(None) };
    let length = usize::try_from(asset.bytes).unwrap_or(0);
    let bytes = app.objects.get(sha256, length).await?;
    Ok(bytes.map(|bytes| (asset, bytes)))
}

/// The media type of a picture that can be drawn. Decoding is kept off the threads that answer.
async fn checked(app: &App, bytes: Bytes) -> Result<&'static str, Error> {
    let broken = || Fault::new(FaultCode::Internal, "the picture could not be read");
    let _permit = app.readers.acquire().await.map_err(|_| broken())?;
    let check = tokio::task::spawn_blocking(move || {
        image::check(&bytes).map(|()| image::media_type(&bytes).unwrap_or_default())
    });
    check.await.map_err(|_| broken())?.map_err(|(code, message)| {
        let violation = Violation { pointer: String::new(), code, message: message.to_owned() };
        Fault::invalid(vec![violation]).into()
    })
}

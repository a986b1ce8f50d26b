//! Reads the picture of a signature.

use serde_json::Value;
use web::{Body, Refusal};

use crate::{
    actions::Image,
    domain::media::{LARGEST_SIGNATURE, MEDIA_PATH, Picture, PictureError},
};

const TOO_LARGE: &str = "The image file size must be less than 250KB.";

const NO_PNG: &str = "Upload a PNG image.";

/// What a client is told of a picture that is not taken.
type Read<T> = Result<T, &'static str>;

/// A file of the form, a `data:` URI, or the address of a picture that is kept here.
///
/// # Errors
///
/// Only for reasons of ours; what is wrong with the picture is inside.
pub async fn read(body: &Body, base: &str) -> Result<Read<Image>, Refusal> {
    if let Some(file) = body.files.get("image") {
        let (bytes, file_name) = (file.bytes.clone(), file.file_name.clone());
        let picture = png(move || Picture::read(bytes.to_vec(), LARGEST_SIGNATURE)).await?;
        return Ok(picture.map(|picture| Image::Replace { picture, file_name }));
    }
    Ok(match body.value.get("image") {
        None => Ok(Image::Keep),
        Some(Value::Null) => Ok(Image::Remove),
        Some(Value::String(text)) if text.is_empty() => Ok(Image::Remove),
        Some(Value::String(text)) if text.starts_with("data:") => {
            let uri = text.clone();
            let picture = png(move || Picture::from_data_uri(&uri, LARGEST_SIGNATURE)).await?;
            picture.map(|picture| Image::Replace { picture, file_name: None })
        }
        Some(Value::String(text)) => kept(text, base),
        Some(_) => Err("Not a valid string."),
    })
}

/// Looks at a picture beside the threads that serve requests: a small file can hold a large one.
async fn png(
    look: impl FnOnce() -> Result<Picture, PictureError> + Send + 'static,
) -> Result<Read<Picture>, Refusal> {
    let seen = actix_web::web::block(look).await.map_err(|error| Refusal::internal(&error))?;
    Ok(match seen {
        Ok(picture) if picture.content_type == "image/png" => Ok(picture),
        Ok(_) | Err(PictureError::NoPicture) => Err(NO_PNG),
        Err(PictureError::TooLarge) => Err(TOO_LARGE),
    })
}

fn kept(text: &str, base: &str) -> Read<Image> {
    let path = text.strip_prefix(base).unwrap_or(text);
    let path = path.strip_prefix(MEDIA_PATH).unwrap_or(path).trim_start_matches('/');
    let stays = path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    if !stays || path.contains(['\0', '\\']) {
        return Err("The file does not exist.");
    }
    Ok(Image::Kept { path: format!("{MEDIA_PATH}{path}") })
}

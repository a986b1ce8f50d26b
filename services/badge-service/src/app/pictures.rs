//! The pictures of issuers and badge classes: files named by their content, some of them in memory.
//!
//! Pictures with an assertion baked into them are no files. They are made from these when somebody
//! asks, so that an award writes no file, and a revoked badge has no picture from the moment at
//! which its row says so.

use std::sync::Arc;

use files::Files;
use moka::future::Cache;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutPayload, path::Path as Place};
use sha2::{Digest, Sha256};

use crate::{
    domain::{
        drawing::{self, Badge},
        fonts::Fonts,
        image::BadgeImage,
        issuer::ImageName,
        picture::{self, Frame},
    },
    error::Error,
};

/// Stored pictures. Cheap to clone.
#[derive(Clone)]
pub struct Pictures {
    files: Files,
    /// By name; weighed in bytes.
    kept: Cache<String, Arc<BadgeImage>>,
    /// Names of drawn pictures, by title and organization: a drawing takes long, and many may ask
    /// for it at once.
    drawn: Cache<(String, String), ImageName>,
    /// The same for conversions, by name of the original and frame.
    converted: Cache<(String, Frame), ImageName>,
    fonts: Fonts,
}

/// How many drawings, and how many conversions, are remembered.
const NAMES: u64 = 1_000;

impl Pictures {
    /// Pictures in this place, of which so many bytes may be in memory.
    pub fn new(files: Files, bytes_in_memory: u64) -> Self {
        let weight = |_: &String, image: &Arc<BadgeImage>| {
            u32::try_from(image.bytes().len()).unwrap_or(u32::MAX)
        };
        Self {
            files,
            kept: Cache::builder().max_capacity(bytes_in_memory).weigher(weight).build(),
            drawn: Cache::new(NAMES),
            converted: Cache::new(NAMES),
            fonts: Fonts::bundled(),
        }
    }

    /// Where they are kept.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Keeps a picture under a name that follows from its content. Kept twice, it is kept once.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub async fn keep(&self, image: BadgeImage) -> Result<ImageName, Error> {
        let hash = Sha256::digest(image.bytes());
        let stem: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        self.keep_as(&stem, image).await
    }

    /// The picture of this name, if there is one.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub async fn find(&self, name: &ImageName) -> Result<Option<Arc<BadgeImage>>, Error> {
        if let Some(image) = self.kept.get(name.as_str()).await {
            return Ok(Some(image));
        }
        let found = match self.files.store().get(&Place::from(name.as_str())).await {
            Ok(found) => found.bytes().await?,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let image = if name.is_svg() {
            let text = String::from_utf8(found.to_vec());
            BadgeImage::Svg(text.map_err(|_| Error::Undrawable(name.as_str().to_owned()))?)
        } else {
            BadgeImage::Png(found.to_vec())
        };
        let image = Arc::new(image);
        self.kept.insert(name.as_str().to_owned(), Arc::clone(&image)).await;
        Ok(Some(image))
    }

    /// The name of this picture's PNG in a frame, which is made when it is asked for first.
    ///
    /// # Errors
    ///
    /// If there is no such picture, it cannot be drawn, or the file not be written.
    pub async fn converted(&self, name: &ImageName, frame: Frame) -> Result<ImageName, Error> {
        let wanted = (name.as_str().to_owned(), frame);
        let made = self.converted.try_get_with(wanted, self.convert(name, frame)).await;
        made.map_err(|error: Arc<Error>| match &*error {
            Error::Files(failure) => Error::Files(failure.clone()),
            error => Error::Undrawable(format!("{}: {error}", name.as_str())),
        })
    }

    async fn convert(&self, name: &ImageName, frame: Frame) -> Result<ImageName, Error> {
        let undrawable = || Error::Undrawable(name.as_str().to_owned());
        let stem = name.as_str().rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        let stem = match frame {
            Frame::Square => format!("{stem}-square"),
            Frame::Wide => format!("{stem}-wide"),
        };
        let made = ImageName::try_from(format!("{stem}.png")).map_err(|_| undrawable())?;
        if self.find(&made).await?.is_some() {
            return Ok(made);
        }
        let image = self.find(name).await?.ok_or_else(undrawable)?;
        let fonts = self.fonts.clone();
        let png =
            tokio::task::spawn_blocking(move || picture::to_png(&image, frame, &fonts)).await?;
        self.keep_as(&stem, BadgeImage::Png(png.map_err(|_| undrawable())?)).await
    }

    /// Draws a badge, once for each title and organization.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub async fn drawn(&self, title: &str, organization: &str) -> Result<ImageName, Error> {
        let words = (title.to_owned(), organization.to_owned());
        let draw = async {
            let (fonts, (title, organization)) = (self.fonts.clone(), words.clone());
            let svg = tokio::task::spawn_blocking(move || {
                let badge = Badge { title: &title, organization: &organization, colour: None };
                drawing::draw(&badge, &fonts)
            })
            .await?;
            self.keep(BadgeImage::Svg(svg)).await
        };
        let drawn = self.drawn.try_get_with(words.clone(), draw).await;
        drawn.map_err(|error: Arc<Error>| match &*error {
            Error::Files(failure) => Error::Files(failure.clone()),
            error => Error::Undrawable(format!("{title:?}: {error}")),
        })
    }

    async fn keep_as(&self, stem: &str, image: BadgeImage) -> Result<ImageName, Error> {
        let name = ImageName::try_from(format!("{stem}.{}", image.extension()))
            .map_err(|error| Error::Undrawable(format!("{stem}: {error}")))?;
        let payload = PutPayload::from(image.bytes().to_vec());
        let place = Place::from(name.as_str());
        match self.files.store().put_opts(&place, payload, PutMode::Create.into()).await {
            Ok(_) => {}
            // S3 answers so as well while another writes the same file, and may yet fail.
            Err(object_store::Error::AlreadyExists { .. }) => {
                self.files.store().head(&place).await?;
            }
            Err(error) => return Err(error.into()),
        }
        self.kept.insert(name.as_str().to_owned(), Arc::new(image)).await;
        Ok(name)
    }
}

//! What a template sees: the one value in `/data.json`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::domain::RenderRequest;
use crate::domain::certificate::Certificate;
use crate::domain::image::{Picture, media_type};
use crate::domain::locale::{Direction, direction_of, direction_of_language, lookup_chain};
use crate::domain::record::Warning;

use super::fonts::Style;
use super::layout::PreparedTemplate;
use super::localise::Localiser;
use super::qr::{self, Matrix};
use super::wording::{Values, Wording, fill};

/// All values are plain text; the template never parses one.
#[derive(Debug, Serialize)]
pub struct Sheet<'a> {
    pub data: &'a Certificate,
    /// The filled sentences; `null` where a sentence has nothing to say.
    pub t: BTreeMap<String, Option<String>>,
    pub issued: Option<String>,
    pub expires: Option<String>,
    /// Language of the wording, and its region where that is known.
    pub lang: String,
    pub region: Option<String>,
    pub dir: Direction,
    pub name_dir: Direction,
    pub title_dir: Direction,
    /// Language of the name: only where the request gives it.
    pub name_lang: Option<String>,
    pub page: Sides,
    pub fonts: Fonts,
    pub name_fonts: Vec<String>,
    pub qr: Option<Matrix>,
    /// The verify URL without its scheme, as people type it.
    pub verify_text: Option<String>,
    /// Paths of the pictures by slot.
    pub images: BTreeMap<String, String>,
    /// Alternative texts of the signature images, in order.
    pub signature_alts: Vec<String>,
    /// `<heading>: <name>`
    pub document_title: String,
}

/// Width and height of the page in millimetres.
#[derive(Debug, Serialize)]
pub struct Sides {
    pub width: f64,
    pub height: f64,
}

/// Families by style, each with the fallbacks that this document needs.
#[derive(Debug, Serialize)]
pub struct Fonts {
    pub display: Vec<String>,
    pub serif: Vec<String>,
    pub sans: Vec<String>,
}

/// Composes the sheet.
///
/// # Errors
///
/// The template's file and what is wrong with it.
pub fn compose<'a>(
    request: &'a RenderRequest,
    template: &PreparedTemplate,
    pictures: &[Picture],
) -> Result<(Sheet<'a>, Option<Warning>), String> {
    let (data, fonts) = (&request.data, &template.fonts);
    let wording = template.wording(&request.locale)?;
    let speaking = speaking_tag(&request.locale, &wording);
    let localiser = Localiser::new(&speaking);
    let dir = wording.locale.direction.unwrap_or_else(|| direction_of_language(&wording.tag));
    let issued = match (&data.issued_text, data.issued_on) {
        (Some(text), _) => Some(text.clone()),
        (None, Some(day)) => localiser.date(day),
        (None, None) => None,
    };
    let expires = data.expires_on.and_then(|day| localiser.date(day));
    let t = sentences(data, &wording, &localiser, issued.as_deref(), expires.as_deref())?;
    let spoken = |key: &str| t.get(key).cloned().flatten();
    let name = spoken("name").unwrap_or_else(|| data.recipient.name.clone());
    let signature_alts = data
        .signatories
        .iter()
        .map(|signatory| {
            signatory.image_alt.clone().or_else(|| {
                let values = Values::from([("name", signatory.name.clone())]);
                fill(wording.locale.labels.get("signature")?, "other", &values)
            })
        })
        .map(Option::unwrap_or_default)
        .collect();
    let everything = printed_texts(data).into_iter().map(|(_, text)| text);
    let everything: String = everything
        .chain(t.values().flatten().cloned())
        .chain(issued.clone())
        .chain(expires.clone())
        .collect();
    let lang = lookup_chain(&wording.tag).pop().unwrap_or_else(|| "en".to_owned());
    let name_lang = data.recipient.lang.clone();
    let language_of_name = name_lang.as_deref().unwrap_or(&wording.tag);
    let url = data.verify.as_ref().and_then(|verify| verify.url.as_deref());
    let (width, height) = request.page.size_mm();
    let sheet = Sheet {
        issued,
        expires,
        region: region_of(&speaking),
        dir,
        name_dir: direction_of(&data.recipient.name, dir),
        title_dir: direction_of(&data.achievement.title, dir),
        page: Sides { width, height },
        fonts: Fonts {
            display: fonts.families(Style::Display, &wording.tag, &everything),
            serif: fonts.families(Style::Serif, &wording.tag, &everything),
            sans: fonts.families(Style::Sans, &wording.tag, &everything),
        },
        name_fonts: fonts.families(Style::Display, language_of_name, &name),
        qr: url.and_then(qr::matrix),
        verify_text: url.map(|url| url.split_once("://").map_or(url, |(_, rest)| rest).to_owned()),
        images: pictures.iter().filter_map(|it| Some((it.slot.clone(), path(it)?))).collect(),
        signature_alts,
        document_title: match spoken("heading") {
            Some(heading) => format!("{heading}: {}", data.recipient.name),
            None => data.recipient.name.clone(),
        },
        name_lang: name_lang.map(|tag| tag.split('-').next().unwrap_or("und").to_owned()),
        lang,
        data,
        t,
    };
    Ok((sheet, wording.warning))
}

/// The virtual path of a picture.
pub fn path(picture: &Picture) -> Option<String> {
    let extension = match media_type(&picture.bytes)? {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        _ => "svg",
    };
    Some(format!("/images/{}.{extension}", picture.slot))
}

/// Each text a template may print, with its pointer.
pub fn printed_texts(data: &Certificate) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    let mut add = |pointer: &str, text: Option<&String>| {
        texts.extend(text.map(|text| (format!("/data{pointer}"), text.clone())));
    };
    add("/recipient/name", Some(&data.recipient.name));
    add("/recipient/designation", data.recipient.designation.as_ref());
    add("/achievement/title", Some(&data.achievement.title));
    add("/achievement/code", data.achievement.code.as_ref());
    add("/achievement/grade", data.achievement.grade.as_ref());
    add("/achievement/statement", data.achievement.statement.as_ref());
    let credits = data.achievement.credits.as_ref().and_then(Value::as_str);
    add("/achievement/credits", credits.map(str::to_owned).as_ref());
    add("/issuer/name", Some(&data.issuer.name));
    add("/issuer/short_name", data.issuer.short_name.as_ref());
    if let Some(platform) = &data.platform {
        add("/platform/name", Some(&platform.name));
        add("/platform/short_name", platform.short_name.as_ref());
    }
    add("/issued_text", data.issued_text.as_ref());
    add("/disclaimer", data.disclaimer.as_ref());
    for (index, signatory) in data.signatories.iter().enumerate() {
        add(&format!("/signatories/{index}/name"), Some(&signatory.name));
        add(&format!("/signatories/{index}/title"), signatory.title.as_ref());
        add(&format!("/signatories/{index}/organization"), signatory.organization.as_ref());
    }
    for (key, value) in &data.custom {
        add(&format!("/custom/{key}"), value.as_str().map(str::to_owned).as_ref());
    }
    texts
}

fn sentences(
    data: &Certificate,
    wording: &Wording,
    localiser: &Localiser,
    issued: Option<&str>,
    expires: Option<&str>,
) -> Result<BTreeMap<String, Option<String>>, String> {
    let kind = &data.achievement.kind;
    let own = wording
        .locale
        .types
        .get(kind)
        .ok_or_else(|| format!("locales/{}.toml: has no wording for {kind}", wording.tag))?;
    let mut values = Values::from([
        ("name", data.recipient.name.clone()),
        ("title", data.achievement.title.clone()),
        ("issuer", data.issuer.name.clone()),
    ]);
    values.extend(data.achievement.code.clone().map(|code| ("code", code)));
    values.extend(data.achievement.grade.clone().map(|grade| ("grade", grade)));
    values.extend(data.platform.as_ref().map(|platform| ("platform", platform.name.clone())));
    let credits = data.achievement.credits.as_ref().map(|credits| match credits {
        Value::Number(number) => localiser.number(number),
        other => other.as_str().unwrap_or_default().to_owned(),
    });
    values.extend(credits.map(|credits| ("credits", credits)));
    let hours = data.achievement.hours.as_ref();
    values.extend(hours.map(|hours| ("hours", localiser.number(hours))));
    let plural = hours.map_or("other", |hours| localiser.plural(hours));
    let mut sentences = BTreeMap::new();
    for (key, sentence) in wording.locale.labels.iter().chain(own) {
        let date = if key == "expires" { expires } else { issued };
        match date {
            Some(date) => values.insert("date", date.to_owned()),
            None => values.remove("date"),
        };
        let text = if key == "signature" { None } else { fill(sentence, plural, &values) };
        sentences.insert(key.clone(), text.filter(|text| !text.is_empty()));
    }
    Ok(sentences)
}

/// The locale in which dates and numbers are written: the one asked for where the wording is in
/// its language, else that of the wording.
fn speaking_tag(locale: &str, wording: &Wording) -> String {
    if wording.warning.is_some() { wording.tag.clone() } else { locale.to_owned() }
}

fn region_of(tag: &str) -> Option<String> {
    let chain = lookup_chain(tag);
    let tag = chain.first()?;
    tag.split('-')
        .skip(1)
        .find(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_alphabetic()))
        .map(str::to_ascii_uppercase)
}

//! Requests and pools to test with.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use renderer_service::domain::ids::IdSecret;
use renderer_service::domain::{Fault, Output, Parsed, RenderRequest, Surroundings};
use renderer_service::engine::fonts::FontSet;
use renderer_service::engine::layout::PreparedTemplate;
use renderer_service::engine::package::Files;
use renderer_service::engine::render::{Bounds, render};
use renderer_service::engine::{
    Artifacts, Conformance, Job, Limits, Package, Pool, PoolSettings, Templates,
};
use serde_json::{Value, json};

/// A name in each script that the suite's demo and the contract speak of.
pub const NAMES: [(&str, &str); 13] = [
    ("latin", "Zoë van der Straaten"),
    ("vietnamese", "Nguyễn Quang Khải"),
    ("arabic", "فاطمة الزهراء"),
    ("hebrew", "שירה כהן־לוי"),
    ("devanagari", "प्रिया शर्मा"),
    ("chinese", "欧阳晓明"),
    ("japanese", "佐藤 さくら"),
    ("korean", "김민준"),
    ("cyrillic", "Наталія Ївженко"),
    ("thai", "สมชาย ใจดี"),
    ("greek", "Ελένη Παπαδοπούλου"),
    ("emoji", "Ada 🎓 Lovelace ❤️"),
    ("mixed", "Li 李 Müller مريم"),
];

pub fn signature(seed: u32) -> String {
    use base64::Engine as _;

    let mut picture = image::RgbaImage::new(300, 100);
    for x in 0..300_u32 {
        let y = 50.0 + 35.0 * (f64::from(x + seed * 40) / 17.0).sin();
        for thickness in 0..4 {
            picture.put_pixel(x, y as u32 + thickness, image::Rgba([20, 30, 90, 255]));
        }
    }
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, image::ImageFormat::Png).unwrap();
    let body = base64::engine::general_purpose::STANDARD.encode(file.into_inner());
    format!("data:image/png;base64,{body}")
}

pub fn logo(colour: &str) -> String {
    use base64::Engine as _;

    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 120 40\">\
         <circle cx=\"20\" cy=\"20\" r=\"18\" fill=\"{colour}\"/><path d=\"M50 14h60v12H50z\"/></svg>"
    );
    let body = base64::engine::general_purpose::STANDARD.encode(svg);
    format!("data:image/svg+xml;base64,{body}")
}

/// A request with everything a certificate usually has.
pub fn request(name: &str) -> Value {
    json!({
        "kind": "certificate",
        "template": "classic",
        "data": {
            "recipient": {"name": name},
            "achievement": {
                "title": "Introduction to Computational Thinking",
                "code": "CS101x",
                "type": "certificate-of-achievement",
                "grade": "Distinction",
                "hours": 40
            },
            "issuer": {"name": "Université Example", "logo": logo("#7a1f2b")},
            "platform": {
                "name": "Example Open Campus",
                "url": "https://campus.example.org",
                "logo": logo("#0b6e6e")
            },
            "issued_on": "2026-03-14",
            "signatories": [
                {"name": "Dr. Ada Byron", "title": "Professor", "image": signature(1)},
                {"name": "Émilie du Châtelet", "title": "Dean", "image": signature(2)}
            ]
        }
    })
}

pub fn parse(request: Value, templates: &Templates) -> Result<Parsed, Fault> {
    parse_at("https://certs.example.org", request, templates)
}

/// Reads a request as the service at this address does.
pub fn parse_at(base: &str, request: Value, templates: &Templates) -> Result<Parsed, Fault> {
    let around = Surroundings {
        templates,
        assets: &HashMap::new(),
        secret: &IdSecret::zero(),
        default_locale: "en",
        public_base_url: Some(base),
        can_sign: false,
    };
    RenderRequest::parse(request, &around)
}

/// Renders in this process.
pub fn rendered(request: Value) -> Result<Artifacts, Fault> {
    rendered_with(Package::new(Package::classic().files.clone()).unwrap(), request)
}

/// Renders in this process, with any template.
pub fn rendered_with(package: Package, request: Value) -> Result<Artifacts, Fault> {
    let mut templates = Templates::bundled();
    templates.add(Package::new(package.files.clone()).unwrap());
    let parsed = parse(request, &templates)?;
    let template = PreparedTemplate::new(package, &FontSet::bundled());
    let bounds = Bounds { pages: 10, output_bytes: 20 << 20 };
    render(&parsed.request, &template, &parsed.pictures, Conformance::default(), bounds)
}

/// Renders with a template that is this one file.
pub fn rendered_by(source: &str, mut request: Value) -> Result<Artifacts, Fault> {
    request["template"] = json!("trial");
    request["data"]["achievement"]["type"] = json!("award");
    rendered_with(template(source), request)
}

pub fn pdf(request: Value) -> Vec<u8> {
    let artifacts = rendered(request).unwrap();
    artifacts.files.into_iter().find(|(output, _)| *output == Output::Pdf).unwrap().1
}

pub fn pool(workers: usize, limits: Limits) -> Pool {
    Pool::start(&PoolSettings {
        executable: PathBuf::from(env!("CARGO_BIN_EXE_renderer-service")),
        workers,
        limits,
        font_dirs: Vec::new(),
    })
}

pub fn job(request: Value) -> Job {
    let templates = Templates::bundled();
    let parsed = parse(request, &templates).unwrap();
    let package = templates.package(&parsed.request.template).unwrap();
    Job {
        request: parsed.request,
        package,
        pictures: parsed.pictures,
        conformance: Conformance::default(),
    }
}

/// A job whose template is this one file.
pub fn job_of_template(source: &str, name: &str) -> Job {
    let mut templates = Templates::bundled();
    templates.add(template(source));
    let mut request = request(name);
    request["template"] = json!("trial");
    request["data"]["achievement"]["type"] = json!("award");
    let parsed = parse(request, &templates).unwrap();
    let package = templates.package(&parsed.request.template).unwrap();
    Job { request: parsed.request, package, pictures: Vec::new(), conformance: Conformance::None }
}

pub fn template(source: &str) -> Package {
    let manifest = "id = \"trial\"\nversion = 1\ntitle = \"Trial\"\nkinds = [\"certificate\"]\n\
                    pages = [\"a4-portrait\"]\nmax_pages = 10\ntypes = [\"award\"]\n";
    let locale = "[types.award]\nheading = \"Award\"\n";
    let files = [("template.toml", manifest), ("main.typ", source), ("locales/en.toml", locale)];
    let files: Files = files
        .into_iter()
        .map(|(path, text)| (path.to_owned(), Arc::from(text.as_bytes())))
        .collect();
    Package::new(files).unwrap()
}

/// The text of a PDF, or nothing where pdftotext is not installed.
pub fn text_of(pdf: &[u8]) -> Option<String> {
    let mut child = Command::new("pdftotext")
        .args(["-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(pdf).ok()?;
    let text = String::from_utf8(child.wait_with_output().ok()?.stdout).ok()?;
    // Marks of direction are the tool's own.
    Some(text.chars().filter(|c| !matches!(c, '\u{200E}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')).collect())
}

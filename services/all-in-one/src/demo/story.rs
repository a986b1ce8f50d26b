//! Who awards what to whom in the demo.

use anyhow::Context;
use reqwest::Method;
use serde_json::{Value, json};

use crate::demo::{client::Client, summary::Award};

/// One completion that the LMS posts.
pub struct Completion {
    username: &'static str,
    learner: &'static str,
    of: Of,
}

enum Of {
    Course(&'static str),
    Program(&'static str),
}

const STATISTICS: &str = "course-v1:Northlake+DS101+2026";
const ETHICS: &str = "course-v1:Northlake+DS205+2026";
const HEALTH: &str = "course-v1:Northlake+PH300+2026";
const BIOSTATISTICS: &str = "course-v1:AlNoor+HD110+2026";

/// A program credential is visible once a course credential of it is: courses come first.
pub const AWARDS: [Completion; 9] = [
    course("zoe.marlowe", "Zoë Marlowe", STATISTICS),
    program("zoe.marlowe", "Zoë Marlowe", "masters-in-data-science"),
    course("layla.haddad", "ليلى الحداد", BIOSTATISTICS),
    program("layla.haddad", "ليلى الحداد", "masters-in-health-data"),
    course("wang.xiuying", "王秀英", STATISTICS),
    course("priya.sharma", "प्रिया शर्मा", ETHICS),
    course("nguyen.phuong", "Nguyễn Thị Phương", HEALTH),
    program("nguyen.phuong", "Nguyễn Thị Phương", "micromasters-public-health"),
    course("noa.levi", "נועה לוי", ETHICS),
];

const fn course(username: &'static str, learner: &'static str, key: &'static str) -> Completion {
    Completion { username, learner, of: Of::Course(key) }
}

const fn program(username: &'static str, learner: &'static str, key: &'static str) -> Completion {
    Completion { username, learner, of: Of::Program(key) }
}

/// One who signs, with a PNG of the signature.
struct Signatory {
    name: &'static str,
    title: &'static str,
    organization: &'static str,
    image: &'static [u8],
}

const SIGNATORIES: [Signatory; 3] = [
    Signatory {
        name: "Prof. Eleanor Whitfield",
        title: "Vice-Chancellor",
        organization: "Northlake University",
        image: include_bytes!("signatures/eleanor-whitfield.png"),
    },
    Signatory {
        name: "Dr. Tomás Herrera",
        title: "Dean of Science",
        organization: "Northlake University",
        image: include_bytes!("signatures/tomas-herrera.png"),
    },
    Signatory {
        name: "أ.د. يوسف الأمين",
        title: "عميد كلية العلوم",
        organization: "جامعة النور",
        image: include_bytes!("signatures/yusuf-al-amin.png"),
    },
];

/// Configures what can be awarded, as the LMS's operator.
pub async fn configure(client: &Client<'_>) -> anyhow::Result<()> {
    let token = client.operator_token()?;
    let api = format!("{}/api/v1", client.credentials());
    let mut ids = Vec::new();
    for signatory in SIGNATORIES {
        let body = json!({
            "name": signatory.name,
            "title": signatory.title,
            "organization_name_override": signatory.organization,
            "image": format!("data:image/png;base64,{}", base64(signatory.image)),
        });
        let made = client.send(Method::POST, &format!("{api}/signatories/"), &token, &body).await?;
        ids.push(made["id"].clone());
    }
    let western = json!([ids[0], ids[1]]);
    let eastern = json!([ids[2], ids[0]]);
    for (key, signatories) in
        [(STATISTICS, &western), (ETHICS, &western), (HEALTH, &western), (BIOSTATISTICS, &eastern)]
    {
        let body = json!({ "course_id": key, "certificate_type": "verified", "is_active": true,
                           "signatories": signatories });
        client.send(Method::POST, &format!("{api}/course-certificates/"), &token, &body).await?;
    }
    for (key, signatories, language) in [
        ("masters-in-data-science", &western, "en"),
        ("masters-in-health-data", &eastern, "ar"),
        ("micromasters-public-health", &western, "en"),
    ] {
        let body = json!({ "program_uuid": program_uuid(key)?, "is_active": true, "use_org_name": true,
                           "include_hours_of_effort": true, "language": language,
                           "signatories": signatories });
        client.send(Method::POST, &format!("{api}/program-certificates/"), &token, &body).await?;
    }
    Ok(())
}

/// Enrols the learners, as their schools.
pub async fn enrol(client: &Client<'_>, secret: &str) -> anyhow::Result<()> {
    let token = client.school_token(secret).await?;
    let programs = format!("{}/api/v2/programs", client.registrar());
    let northlake: Vec<Value> = (1001..=1005).map(|n| enrolment(&format!("S-{n}"))).collect();
    for (program, learners) in [
        ("masters-in-data-science", json!(northlake)),
        ("masters-in-health-data", json!([enrolment("N-2001")])),
    ] {
        let url = format!("{programs}/{program}/enrollments");
        client.send(Method::POST, &url, &token, &learners).await?;
    }
    Ok(())
}

fn enrolment(student_key: &str) -> Value {
    json!({ "student_key": student_key, "status": "enrolled" })
}

/// Posts one completion, as the LMS.
pub async fn complete(client: &Client<'_>, completion: Completion) -> anyhow::Result<Award> {
    let (credential, what) = match completion.of {
        Of::Course(key) => (json!({ "course_run_key": key, "mode": "verified" }), key),
        Of::Program(key) => (json!({ "program_uuid": program_uuid(key)? }), key),
    };
    let body = json!({
        "username": completion.username,
        "credential": credential,
        "attributes": [{ "name": "grade", "value": "0.93" }],
    });
    let url = format!("{}/api/v2/credentials/", client.credentials());
    let made = client.send(Method::POST, &url, &client.operator_token()?, &body).await?;
    let page = made["certificate_url"].as_str().context("an award has a page")?.to_owned();
    Ok(Award {
        learner: completion.learner.to_owned(),
        username: completion.username.to_owned(),
        of: what.to_owned(),
        uuid: made["uuid"].as_str().unwrap_or_default().to_owned(),
        page,
        pdf: String::new(),
        badge: String::new(),
    })
}

/// The award with the links that its page shows; `None` while PDF or badge are missing.
pub async fn documents(client: &Client<'_>, award: &Award) -> anyhow::Result<Option<Award>> {
    let Some(page) = client.page(&award.page).await? else { return Ok(None) };
    let pdf = format!("{}certificate.pdf", award.page);
    let badge = link_to(&page, "/badge/assertions/");
    Ok(match badge {
        Some(badge) if page.contains("certificate.pdf\"") => {
            Some(Award { pdf, badge, ..award.clone() })
        }
        _ => None,
    })
}

/// The first link of the page whose address contains `part`.
fn link_to(page: &str, part: &str) -> Option<String> {
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.into_iter().find(|link| link.contains(part)).map(str::to_owned)
}

fn program_uuid(key: &str) -> anyhow::Result<String> {
    let catalog: Value = serde_json::from_str(super::CATALOG)?;
    let programs = catalog["programs"].as_array().context("the catalog has programs")?;
    let program = programs.iter().find(|program| program["key"] == key);
    let uuid = program.and_then(|program| program["discovery_uuid"].as_str());
    Ok(uuid.with_context(|| format!("the catalog gives {key} no uuid"))?.to_owned())
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

//! `/api/v1/signatories/`.

use serde_json::json;

use crate::given::{DOT, app, created};

const SIGNATORIES: &str = "/api/v1/signatories/";

/// The bytes of the smallest PNG.
fn dot() -> Vec<u8> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    STANDARD.decode(DOT.split_once(',').unwrap().1).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signatory_comes_with_a_picture_as_a_file_or_as_text() {
    let app = app().await;
    let designer = app.administrator();

    let body = json!({"name": "Ada", "title": "Dean", "image": DOT});
    let by_text = created(designer.post(SIGNATORIES, body.clone()).await);
    let mut form = b"--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nAda\r\n--x\r\n\
          Content-Disposition: form-data; name=\"title\"\r\n\r\nDean\r\n--x\r\n\
          Content-Disposition: form-data; name=\"image\"; filename=\"../my sign.png\"\r\n\
          Content-Type: image/png\r\n\r\n"
        .to_vec();
    form.extend(dot());
    form.extend(b"\r\n--x--\r\n");
    let request = designer
        .request(reqwest::Method::POST, SIGNATORIES)
        .header("Content-Type", "multipart/form-data; boundary=x")
        .body(form);
    let by_file = created(designer.send(request).await);

    assert_ne!(by_text["id"], by_file["id"]);
    for made in [by_text, by_file] {
        let image = made["image"].as_str().unwrap();
        assert!(image.starts_with(&format!("{}/media/signatories/{}/", app.url, made["id"])));
        let picture = app.anonymous().get(image.strip_prefix(&app.url).unwrap()).await;
        assert_eq!((picture.status, picture.bytes), (200, dot()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_stays_is_replaced_and_removed() {
    let app = app().await;
    let designer = app.administrator();
    let body = json!({"name": "Ada", "title": "Dean", "image": DOT});
    let made = created(designer.post(SIGNATORIES, body).await);
    let one = format!("{SIGNATORIES}{}/", made["id"]);

    let kept = designer.put(&one, json!({"name": "Ada B.", "title": "Dean"})).await;
    assert_eq!((kept.status, &kept.json["image"]), (200, &made["image"]));
    let body = json!({"id": made["id"], "name": "Ada", "title": "Dean", "image": made["image"]});
    let same = designer.put(SIGNATORIES, body).await;
    assert_eq!((same.status, &same.json["image"]), (200, &made["image"]));
    let gone = designer.put(&one, json!({"name": "A", "title": "D", "image": null})).await;
    assert_eq!(gone.json["image"], json!(null));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_small_png_is_refused() {
    let app = app().await;
    let designer = app.administrator();

    for (image, said) in [
        (json!("data:image/png;base64,aGVsbG8="), "Upload a PNG image."),
        (
            json!(
                "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSIxIiBoZWlnaHQ9IjEiLz4="
            ),
            "Upload a PNG image.",
        ),
        (json!("../../etc/passwd"), "The file does not exist."),
        (json!("nothing/here.png"), "The file does not exist."),
        (json!(5), "Not a valid string."),
        (
            json!(format!("data:image/png;base64,{}", "A".repeat(400_000))),
            "The image file size must be less than 250KB.",
        ),
    ] {
        let body = json!({"name": "Ada", "title": "Dean", "image": image});
        let answer = designer.post(SIGNATORIES, body).await;
        assert_eq!((answer.status, &answer.json["image"]), (400, &json!([said])));
    }
    let empty = designer.post(SIGNATORIES, json!({"name": "Ada"})).await;
    assert_eq!(empty.json, json!({"title": ["This field is required."]}));
    assert_eq!(designer.put(SIGNATORIES, json!({"name": "A", "title": "B"})).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_signs_certificates_is_not_removed() {
    let app = app().await;
    let designer = app.administrator();
    let made = crate::given::program_configuration(&app).await;
    let one = format!("{SIGNATORIES}{}", made["signatories"][0]);

    assert_eq!(designer.delete(&one).await.status, 409);
    let free = json!({"program_uuid": crate::given::PROGRAM});
    designer.post("/api/v1/program-certificates", free).await;
    assert_eq!(designer.delete(&one).await.status, 204);
    assert_eq!(designer.delete(&one).await.status, 404);
    assert_eq!(designer.get(SIGNATORIES).await.json, json!([]));
}

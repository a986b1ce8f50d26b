use super::*;
use crate::domain::picture;

/// A title in each script of the demo, and an organization.
const SCRIPTS: [(&str, &str, &str); 8] = [
    ("latin", "Foundations of Data Science", "Hanseatic University"),
    ("arabic", "أساسيات علم البيانات", "جامعة الإسكندرية"),
    ("chinese", "数据科学基础与机器学习实践", "江南理工大学"),
    ("devanagari", "आधुनिक भारतीय साहित्य का परिचय", "काशी विद्यापीठ"),
    ("vietnamese", "Nhập môn Trí tuệ nhân tạo ứng dụng", "Đại học Bách khoa Thành phố Hồ Chí Minh"),
    ("hebrew", "מבוא ל-Python ולמדעי המחשב", "האוניברסיטה הפתוחה"),
    ("japanese", "データサイエンス入門", "東京技術大学"),
    ("thai", "การเขียนโปรแกรมเบื้องต้น", "มหาวิทยาลัยเชียงใหม่"),
];

fn badge<'a>(title: &'a str, organization: &'a str) -> Badge<'a> {
    Badge { title, organization, colour: None }
}

fn drawn(title: &str, organization: &str) -> String {
    draw(&badge(title, organization), &Fonts::bundled())
}

/// How many lines of text the drawing has: paths that are moved and scaled, but not the stars.
fn lines(svg: &str) -> usize {
    let moved = svg.split("<path transform=\"translate(").skip(1);
    moved.filter(|path| path.split('"').next().is_some_and(|at| at.contains("scale"))).count()
        - stars(svg)
}

fn stars(svg: &str) -> usize {
    svg.matches("scale(0.36)").count() + svg.matches("scale(0.26)").count()
}

#[test]
fn the_same_words_give_the_same_bytes_and_other_words_others() {
    assert_eq!(drawn("Tides", "School"), drawn("Tides", "School"));
    assert_ne!(drawn("Tides", "School"), drawn("Tide", "School"));
}

#[test]
fn every_script_is_drawn_as_outlines() {
    for (script, title, organization) in SCRIPTS {
        let svg = drawn(title, organization);

        assert!(lines(&svg) >= 2, "{script} has {} lines", lines(&svg));
        assert_eq!(stars(&svg), 3, "{script}");
        assert!(svg.starts_with("<svg ") && svg.len() < 200_000, "{script}: {} bytes", svg.len());
        picture::check(&svg).unwrap();
    }
}

#[test]
fn what_no_font_has_is_never_drawn_as_boxes() {
    let svg = drawn("𒀀𒁀𒂀", "𒀀");

    assert_eq!((lines(&svg), stars(&svg)), (0, 8));
    assert!(svg.contains("<title>𒀀𒁀𒂀</title>"));
    assert_eq!(lines(&draw(&badge("Tides", "School"), &Fonts::none())), 0);
}

#[test]
fn hostile_words_stay_words() {
    let endless = "Zalgo\u{301}\u{302}\u{303}".repeat(4_000);
    let turned = "a\u{202e}b\u{0}c\u{2066}";
    for title in [
        "</title><script>alert(1)</script>",
        "\"'&<>",
        "",
        "   ",
        &endless,
        &"W".repeat(5_000),
        turned,
        "…",
        "👩‍👩‍👧‍👦",
    ] {
        let svg = drawn(title, title);

        assert!(!svg.contains("<script") && svg.len() < 400_000);
        picture::check(&svg).unwrap();
    }
}

#[test]
fn a_long_title_is_cut_and_still_fits() {
    let svg = drawn(&"Extraordinarily comprehensive introduction ".repeat(9), "School");

    assert_eq!(lines(&svg), 4);
}

#[test]
fn a_given_colour_is_taken() {
    let red = Badge { colour: Some("#a01010".parse().unwrap()), ..badge("Tides", "School") };

    assert_ne!(draw(&red, &Fonts::bundled()), drawn("Tides", "School"));
}

//! File names of a batch: a pattern, made safe and unique.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use anyhow::bail;
use renderer_service::domain::certificate::{MOST_SIGNATORIES, is_custom_key};
use serde_json::Value;

/// Bytes of UTF-8 before the extension.
const MAX_BYTES: usize = 150;

/// `--name-pattern`, taken apart once.
pub struct Names {
    parts: Vec<Part>,
    /// Hashes of names in use; a pattern with the row's number needs none.
    used: Option<HashSet<u64>>,
    hasher: RandomState,
}

enum Part {
    Text(String),
    Row { digits: usize },
    Member(String),
}

impl Names {
    pub fn new(pattern: &str) -> anyhow::Result<Self> {
        let mut parts = Vec::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((inner, after)) = after.split_once('}') else {
                bail!("--name-pattern: a brace is not closed");
            };
            parts.push(Part::Text(before.to_owned()));
            parts.push(match inner.split_once(':') {
                None if inner == "row" => Part::Row { digits: 1 },
                None if is_member(inner) => Part::Member(inner.to_owned()),
                Some(("row", width)) => match width.parse() {
                    Ok(digits @ 1..=20) => Part::Row { digits },
                    _ => bail!("--name-pattern: {{row:{width}}} is not a width"),
                },
                _ => bail!(
                    "--name-pattern: {{{inner}}} is neither {{row}} nor a member of data such as \
                     {{recipient.name}}"
                ),
            });
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        let has_row = parts.iter().any(|part| matches!(part, Part::Row { .. }));
        let used = if has_row { None } else { Some(HashSet::new()) };
        Ok(Self { parts, used, hasher: RandomState::new() })
    }

    /// The name of a row's files, without extension.
    pub fn name(&mut self, row: u64, data: &Value) -> String {
        let mut raw = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => raw.push_str(text),
                Part::Row { digits } => raw.push_str(&format!("{row:0digits$}")),
                Part::Member(path) => raw.push_str(&member(data, path)),
            }
        }
        let name = safe(&raw, row);
        let Some(used) = &mut self.used else {
            return name;
        };
        // File systems may not tell letter case apart.
        let mut candidate = name.clone();
        let mut number = 1;
        while !used.insert(self.hasher.hash_one(candidate.to_lowercase())) {
            number += 1;
            candidate = format!("{name}-{number}");
        }
        candidate
    }
}

/// Members of `data` that are one text or number each.
const MEMBERS: [&str; 24] = [
    "recipient.name",
    "recipient.lang",
    "recipient.designation",
    "achievement.title",
    "achievement.code",
    "achievement.type",
    "achievement.grade",
    "achievement.statement",
    "achievement.hours",
    "achievement.credits",
    "issuer.name",
    "issuer.short_name",
    "issuer.url",
    "issuer.logo_alt",
    "platform.name",
    "platform.short_name",
    "platform.url",
    "platform.logo_alt",
    "issued_on",
    "issued_text",
    "expires_on",
    "verify.id",
    "verify.url",
    "disclaimer",
];

/// Whether a name can be made of what stands at `path`: a name without it would not be what its
/// writer meant.
fn is_member(path: &str) -> bool {
    let segments: Vec<&str> = path.split('.').collect();
    match &segments[..] {
        ["custom", key] => is_custom_key(key),
        ["signatories", index, member] => {
            index.parse().is_ok_and(|index: usize| index < MOST_SIGNATORIES)
                && ["name", "title", "organization", "image_alt"].contains(member)
        }
        _ => MEMBERS.contains(&path),
    }
}

fn member(data: &Value, path: &str) -> String {
    match data.pointer(&format!("/{}", path.replace('.', "/"))) {
        Some(Value::String(text)) => text.clone(),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
        _ => String::new(),
    }
}

fn safe(raw: &str, row: u64) -> String {
    let mut name = String::new();
    for character in raw.chars() {
        let unsafe_one = character.is_control()
            || character.is_whitespace()
            || matches!(character, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
        let character = if unsafe_one { '-' } else { character };
        if character == '-' && name.ends_with('-') {
            continue;
        }
        if name.len() + character.len_utf8() > MAX_BYTES {
            break;
        }
        name.push(character);
    }
    let name = name.trim_start_matches('.');
    if name.is_empty() { format!("{row:05}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_safe_and_keep_their_letters() {
        let mut names = Names::new("{row:05}-{recipient.name}").unwrap();
        let name =
            |names: &mut Names, text: &str| names.name(7, &json!({"recipient": {"name": text}}));
        assert_eq!(name(&mut names, "Nguyễn  Quang/Khải"), "00007-Nguyễn-Quang-Khải");
        assert_eq!(name(&mut names, "../../etc: *?"), "00007-..-..-etc-");
        assert!(name(&mut names, &"字".repeat(100)).len() <= 150);
    }

    #[test]
    fn a_name_cannot_hide_or_be_empty() {
        let mut names = Names::new("{recipient.name}").unwrap();
        assert_eq!(names.name(1, &json!({"recipient": {"name": "..hidden"}})), "hidden");
        assert_eq!(names.name(2, &json!({})), "00002");
    }

    #[test]
    fn the_second_of_a_name_gets_a_number() {
        let mut names = Names::new("{recipient.name}").unwrap();
        let ada = json!({"recipient": {"name": "Ada"}});
        let all: Vec<_> = (1..=3).map(|row| names.name(row, &ada)).collect();
        assert_eq!(all, ["Ada", "Ada-2", "Ada-3"]);
    }

    #[test]
    fn a_pattern_that_means_nothing_is_refused() {
        for bad in [
            "{",
            "{row:x}",
            "{}",
            "{name:3}",
            "{nope}",
            "{recipient}",
            "{recipient.nope}",
            "{signatories.6.name}",
            "{custom.Bad}",
        ] {
            assert!(Names::new(bad).is_err(), "{bad}");
        }
        for good in ["{row}", "{custom.cohort}", "{signatories.5.name}", "x-{verify.id}"] {
            assert!(Names::new(good).is_ok(), "{good}");
        }
    }
}

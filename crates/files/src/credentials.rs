//! Who the service is to a store: by the variables that all of Amazon's programs understand.

use std::{collections::BTreeMap, fs};

use object_store::aws::AmazonS3Builder;

use crate::OpenError;

/// Which of the variables are credentials, or say where some are to be had. Others, as of the
/// region or the endpoint, are settings here.
const VARIABLES: [&str; 10] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_ENDPOINT_URL_STS",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];

/// Names a file with access keys, as `aws configure` writes it.
const FILE: &str = "AWS_SHARED_CREDENTIALS_FILE";

/// Names the section of that file; `default` unless set.
const PROFILE: &str = "AWS_PROFILE";

/// The builder with the credentials that the variables name. Without any, it asks for the role of
/// the machine.
pub(crate) fn with_credentials(
    mut builder: AmazonS3Builder,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<AmazonS3Builder, OpenError> {
    let is_set = |(_, value): &(String, String)| !value.is_empty();
    let mut variables: BTreeMap<String, String> = variables.into_iter().filter(is_set).collect();
    let file = variables.remove(FILE).filter(|_| !variables.contains_key("AWS_ACCESS_KEY_ID"));
    if file.is_some() {
        // Half of somebody else's.
        variables.remove("AWS_SECRET_ACCESS_KEY");
        variables.remove("AWS_SESSION_TOKEN");
    }
    let given = VARIABLES.iter().filter_map(|name| Some((*name, variables.get(*name)?)));
    for (name, value) in given {
        if let Ok(key) = name.to_lowercase().parse() {
            builder = builder.with_config(key, value);
        }
    }
    match file {
        Some(file) => {
            let profile = variables.get(PROFILE).map_or("default", String::as_str);
            from_file(builder, &file, profile)
        }
        None => Ok(builder),
    }
}

fn from_file(
    mut builder: AmazonS3Builder,
    file: &str,
    profile: &str,
) -> Result<AmazonS3Builder, OpenError> {
    let unusable = |reason: String| OpenError::Credentials { file: file.to_owned(), reason };
    let text = fs::read_to_string(file).map_err(|error| unusable(error.to_string()))?;
    let found = section(&text, profile);
    for name in ["aws_access_key_id", "aws_secret_access_key"] {
        if !found.contains_key(name) {
            return Err(unusable(format!("its section [{profile}] has no {name}")));
        }
    }
    for (name, value) in found {
        if let Ok(key) = name.parse() {
            builder = builder.with_config(key, value);
        }
    }
    Ok(builder)
}

/// The access key, its secret and perhaps the token of one section.
fn section<'a>(text: &'a str, wanted: &str) -> BTreeMap<&'a str, &'a str> {
    const KEYS: [&str; 3] = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];

    let heading = format!("[{wanted}]");
    let lines = text.lines().map(str::trim).skip_while(|line| *line != heading).skip(1);
    lines
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim()))
        .filter(|(name, _)| KEYS.contains(name))
        .collect()
}

#[cfg(test)]
mod tests {
    use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};

    use super::with_credentials;
    use crate::OpenError;

    fn found(variables: &[(&str, &str)]) -> Result<[Option<String>; 3], OpenError> {
        let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let builder = with_credentials(AmazonS3Builder::new(), variables)?;
        Ok([
            AmazonS3ConfigKey::AccessKeyId,
            AmazonS3ConfigKey::SecretAccessKey,
            AmazonS3ConfigKey::Token,
        ]
        .map(|key| builder.get_config_value(&key)))
    }

    fn given(text: &str) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("credentials");
        std::fs::write(&file, text).unwrap();
        let name = file.display().to_string();
        (folder, name)
    }

    #[test]
    fn they_are_in_the_usual_variables() {
        let variables = [
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_SESSION_TOKEN", "token"),
        ];
        let expected = ["key", "secret", "token"].map(|text| Some(text.to_owned()));
        assert_eq!(found(&variables).unwrap(), expected);
    }

    #[test]
    fn they_may_be_in_a_file_whose_section_a_variable_names() {
        let (_folder, file) = given(
            "# ours\n[default]\naws_access_key_id = key\naws_secret_access_key=a=b\n\
             region = eu-west-1\n\n[other]\naws_access_key_id = other\n\
             aws_secret_access_key = secret\naws_session_token = token\n",
        );
        let of = |profile: &[(&'static str, &'static str)]| {
            let file = [("AWS_SHARED_CREDENTIALS_FILE", file.as_str())];
            found(&[&file, profile].concat()).unwrap().map(Option::unwrap_or_default)
        };

        assert_eq!(of(&[]), ["key", "a=b", ""]);
        assert_eq!(of(&[("AWS_PROFILE", "other")]), ["other", "secret", "token"]);
        let both = [("AWS_ACCESS_KEY_ID", "variable"), ("AWS_SECRET_ACCESS_KEY", "secret")];
        assert_eq!(of(&both), ["variable", "secret", ""]);
        let empty = [("AWS_ACCESS_KEY_ID", ""), ("AWS_PROFILE", ""), ("AWS_SESSION_TOKEN", "x")];
        assert_eq!(of(&empty), ["key", "a=b", ""]);
    }

    #[test]
    fn a_file_without_them_stops_the_start_and_is_not_repeated() {
        let (_folder, file) = given("[default]\naws_secret_access_key = hidden\n");

        for variables in [
            [("AWS_SHARED_CREDENTIALS_FILE", file.as_str()), ("AWS_PROFILE", "default")],
            [("AWS_SHARED_CREDENTIALS_FILE", file.as_str()), ("AWS_PROFILE", "none")],
            [("AWS_SHARED_CREDENTIALS_FILE", "/nowhere"), ("AWS_PROFILE", "default")],
        ] {
            let error = found(&variables).unwrap_err().to_string();
            assert!(error.contains(variables[0].1) && !error.contains("hidden"), "{error}");
        }
    }
}

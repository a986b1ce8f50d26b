//! What a store's refusal may be called in a log.

use std::error::Error;

/// The longest code that is repeated.
const LONGEST_CODE: usize = 64;

/// Why a file was not kept, read or removed, without the store's own words: those name whoever asked,
/// and what was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

impl From<object_store::Error> for Failure {
    fn from(error: object_store::Error) -> Self {
        let text = error.to_string();
        Self(answer(&text).unwrap_or_else(|| with_root(&error, text)))
    }
}

impl Failure {
    /// The same without what changes from one attempt to the next.
    pub(crate) fn kind(&self) -> String {
        self.0.rsplit(" - ").next().unwrap_or_default().to_owned()
    }
}

/// What the store answered, if it did: the status, and the code by which S3 tells one refusal from
/// another.
fn answer(text: &str) -> Option<String> {
    let marks = ["status code: ", "error response: "];
    let (_, answer) = marks.iter().find_map(|mark| text.split_once(mark))?;
    let (status, body) = answer.split_once(": ").unwrap_or((answer, ""));
    let status = if status.contains('<') { "an error" } else { status };
    let body = if body.is_empty() { answer } else { body };
    let code = body.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    Some(match code {
        Some((code, _)) if is_code(code) => format!("the store answers {status} ({code})"),
        _ => format!("the store answers {status}"),
    })
}

fn is_code(code: &str) -> bool {
    code.len() <= LONGEST_CODE && code.chars().all(|c| c.is_ascii_alphanumeric())
}

/// "error sending request" says little without the innermost cause.
fn with_root(error: &object_store::Error, text: String) -> String {
    let mut root: &dyn Error = error;
    while let Some(source) = root.source() {
        root = source;
    }
    let root = root.to_string();
    if text.contains(&root) { text } else { format!("{text}: {root}") }
}

#[cfg(test)]
mod tests {
    use super::Failure;

    fn failure(text: &str) -> Failure {
        object_store::Error::Generic { store: "S3", source: text.to_owned().into() }.into()
    }

    #[test]
    fn a_refusal_is_told_by_status_and_code_and_not_by_who_asked() {
        let text = "Error performing GET http://127.0.0.1:1/b/x in 3ms - Server returned non-2xx \
             status code: 403 Forbidden: <?xml version=\"1.0\"?>\n<Error><Code>SignatureDoesNotMatch\
             </Code><AWSAccessKeyId>AKIAHIDDEN</AWSAccessKeyId></Error>";

        let told = failure(text).to_string();

        assert_eq!(told, "the store answers 403 Forbidden (SignatureDoesNotMatch)");
    }

    #[test]
    fn an_answer_that_is_not_of_s3_is_told_by_its_status() {
        let text = "status code: 502 Bad Gateway: <html>a proxy: AKIAHIDDEN</html>";
        assert_eq!(failure(text).to_string(), "the store answers 502 Bad Gateway");

        let text = "Server returned error response: <Error><Code>InternalError</Code></Error>";
        assert_eq!(failure(text).to_string(), "the store answers an error (InternalError)");
    }

    #[test]
    fn without_an_answer_the_cause_is_told() {
        let told = failure("error sending request").to_string();
        assert_eq!(told, "Generic S3 error: error sending request");
    }
}

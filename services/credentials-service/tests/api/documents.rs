//! The checked-in description of the API is the one that the code gives.

use std::path::Path;

use chassis::Service;
use credentials_service::CredentialsService;

#[test]
fn the_api_document_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../proto-docs/openapi/credentials-service.json");
    let made = CredentialsService::openapi().to_pretty_json().expect("the document is JSON");
    testkit::documents::assert_current(&path, &format!("{made}\n"));
}

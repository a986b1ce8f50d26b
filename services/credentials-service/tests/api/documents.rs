//! The checked-in description of the API is the one that the code gives.

use credentials_service::CredentialsService;

#[test]
fn the_api_document_is_current() {
    testkit::documents::assert_api_is_current::<CredentialsService>();
}

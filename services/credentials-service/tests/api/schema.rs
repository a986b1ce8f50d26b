//! Both databases have the same tables.

use chassis::Service;
use credentials_service::CredentialsService;

#[test]
fn both_databases_have_the_same_tables() {
    let tables = || vec![messaging::TABLES, CredentialsService::tables()];
    if let Some(differences) = testkit::schema::differences(tables) {
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }
}

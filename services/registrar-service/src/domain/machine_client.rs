//! Programs that get tokens with a secret of their own.

/// A program that may ask for tokens, and for whom it then speaks. Not to be printed.
#[derive(Clone)]
pub struct MachineClient {
    pub client_id: String,
    /// In the PHC form of argon2.
    pub secret_hash: String,
    /// The user that its tokens name.
    pub username: String,
    pub administrator: bool,
    pub scopes: Vec<String>,
}

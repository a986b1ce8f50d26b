//! Rebuilds the crate when a migration was added: the compiler does not watch folders.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}

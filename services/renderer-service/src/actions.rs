//! What the service can do, a verb a file. Requests and messages call the same.

mod answer_job;
mod delete_render;
mod read_request;
mod render_document;
mod request_render;
mod settle_verification;
mod show_render;
mod show_verification;
mod store_asset;
mod withdraw_verification;

pub use answer_job::{answer_job, give_up_job, refuse_job};
pub use delete_render::delete_render;
pub use read_request::read_request;
pub use render_document::{Rendered, Wish, render_document};
pub use request_render::{Promise, keep_promises, request_render};
pub use show_render::{artifact_bytes, show_render};
pub use show_verification::{Verification, show_verification};
pub use store_asset::{asset_bytes, store_asset};
pub use withdraw_verification::withdraw_verification;

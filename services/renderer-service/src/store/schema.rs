//! The tables, as diesel sees them.

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use database::types::Instant;

    verifications (verify_id) {
        verify_id -> Text,
        awarded_sequence -> BigInt,
        withdrawn_sequence -> BigInt,
        withdrawn_at -> Nullable<Instant>,
        withdrawn_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use database::types::Instant;

    renders (render_id) {
        render_id -> Text,
        verify_id -> Text,
        sequence -> BigInt,
        deleted_at -> Nullable<Instant>,
        made_at -> Instant,
        was_made -> Bool,
        deleted_sequence -> Nullable<BigInt>,
    }
}

diesel::table! {
    render_objects (render_id, sha256) {
        render_id -> Text,
        sha256 -> Text,
    }
}

diesel::table! {
    assets (sha256) {
        sha256 -> Text,
        media_type -> Text,
        bytes -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use database::types::{Instant, JsonText};

    accepted_renders (render_id) {
        render_id -> Text,
        request -> JsonText,
        accepted_at -> Instant,
    }
}

diesel::allow_tables_to_appear_in_same_query!(renders, verifications, render_objects);

//! The tables, as diesel sees them.

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use database::types::{Instant, JsonText, Uid};

    issuers (id) {
        id -> Uid,
        key -> Text,
        name -> Text,
        url -> Text,
        email -> Text,
        description -> Text,
        image -> Nullable<Text>,
        extensions -> JsonText,
        created_at -> Instant,
        modified_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use database::types::{Instant, JsonText, Uid};

    badge_classes (id) {
        id -> Uid,
        key -> Text,
        issuer_id -> Uid,
        name -> Text,
        description -> Text,
        image -> Text,
        criteria_url -> Nullable<Text>,
        criteria_narrative -> Nullable<Text>,
        alignments -> JsonText,
        tags -> JsonText,
        validity -> Nullable<JsonText>,
        extensions -> JsonText,
        created_at -> Instant,
        modified_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use database::types::{Instant, JsonText, Uid};

    assertions (id) {
        id -> Uid,
        badge_class_id -> Uid,
        recipient_type -> Text,
        recipient_identity -> Text,
        hashed -> Bool,
        salt -> Text,
        issued_on -> Instant,
        expires -> Nullable<Instant>,
        narrative -> Nullable<Text>,
        evidence -> JsonText,
        extensions -> JsonText,
        picture -> Text,
        baked -> Nullable<Text>,
        revoked_at -> Nullable<Instant>,
        revocation_reason -> Nullable<Text>,
        acceptance -> Text,
        sequence -> BigInt,
        credential_id -> Nullable<Uid>,
        credential_sequence -> Nullable<BigInt>,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use database::types::{Instant, Uid};

    credential_states (credential_id) {
        credential_id -> Uid,
        sequence -> BigInt,
        state -> Text,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer};

    change_counts (stripe) {
        stripe -> Integer,
        changes -> BigInt,
    }
}

diesel::joinable!(assertions -> badge_classes (badge_class_id));
diesel::allow_tables_to_appear_in_same_query!(assertions, badge_classes);

//! The tables, as diesel sees them.

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use database::types::{Instant, Uid};

    organizations (id) {
        id -> Uid,
        key -> Text,
        name -> Text,
        discovery_uuid -> Uid,
        logo -> Nullable<Text>,
        url -> Nullable<Text>,
        email -> Nullable<Text>,
        created_at -> Instant,
        modified_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use database::types::{Instant, JsonText, Uid};

    programs (id) {
        id -> Uid,
        key -> Text,
        organization_id -> Uid,
        discovery_uuid -> Uid,
        sequence -> BigInt,
        title -> Nullable<Text>,
        displayed_title -> Text,
        url -> Nullable<Text>,
        program_type -> Nullable<Text>,
        type_slug -> Nullable<Text>,
        authoring_organizations -> JsonText,
        total_hours_of_effort -> Nullable<Integer>,
        created_at -> Instant,
        modified_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Integer, Nullable, Text};
    use database::types::Uid;

    curricula (id) {
        id -> Uid,
        program_id -> Uid,
        name -> Nullable<Text>,
        is_active -> Bool,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use database::types::{JsonText, Uid};

    curriculum_courses (id) {
        id -> Uid,
        curriculum_id -> Uid,
        key -> Nullable<Text>,
        uuid -> Nullable<Uid>,
        title -> Nullable<Text>,
        owners -> JsonText,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use database::types::{Instant, Uid};

    course_runs (id) {
        id -> Uid,
        curriculum_id -> Uid,
        course_id -> Uid,
        key -> Text,
        uuid -> Nullable<Uid>,
        external_key -> Nullable<Text>,
        title -> Nullable<Text>,
        marketing_url -> Nullable<Text>,
        start_at -> Nullable<Instant>,
        end_at -> Nullable<Instant>,
        pacing_type -> Nullable<Text>,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Nullable, Text};
    use database::types::{Instant, Uid};

    users (id) {
        id -> Uid,
        username -> Text,
        email -> Text,
        address -> Text,
        full_name -> Nullable<Text>,
        is_active -> Bool,
        is_staff -> Bool,
        is_superuser -> Bool,
        created_at -> Instant,
        modified_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use database::types::{Instant, Uid};

    groups (id) {
        id -> Uid,
        name -> Text,
        organization_id -> Nullable<Uid>,
        program_id -> Nullable<Uid>,
        granting_organization_id -> Nullable<Uid>,
        role -> Nullable<Text>,
        created_at -> Instant,
        modified_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use database::types::Uid;

    group_permissions (group_id, permission) {
        group_id -> Uid,
        permission -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use database::types::Uid;

    group_flags (group_id, flag) {
        group_id -> Uid,
        flag -> Text,
    }
}

diesel::table! {
    use database::types::Uid;

    memberships (user_id, group_id) {
        user_id -> Uid,
        group_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use database::types::Uid;

    user_permissions (id) {
        id -> Uid,
        user_id -> Uid,
        permission -> Text,
        organization_id -> Nullable<Uid>,
        program_id -> Nullable<Uid>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use database::types::{Instant, Uid};

    pending_memberships (email, group_id) {
        email -> Text,
        group_id -> Uid,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use database::types::{Instant, Uid};

    learner_links (organization_id, student_key) {
        organization_id -> Uid,
        student_key -> Text,
        username -> Text,
        email -> Text,
        full_name -> Nullable<Text>,
        created_at -> Instant,
        modified_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use database::types::{Instant, Uid};

    program_enrollments (id) {
        id -> Uid,
        program_id -> Uid,
        curriculum_uuid -> Nullable<Uid>,
        student_key -> Text,
        status -> Text,
        sequence -> BigInt,
        created_at -> Instant,
        modified_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Text};
    use database::types::{Instant, Uid};

    course_enrollments (id) {
        id -> Uid,
        enrollment_id -> Uid,
        organization_id -> Uid,
        student_key -> Text,
        course_key -> Text,
        status -> Text,
        course_staff -> Bool,
        created_at -> Instant,
        modified_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use database::types::{Instant, Uid};

    bulk_writes (id) {
        id -> Uid,
        user_id -> Uid,
        idempotency_key -> Nullable<Text>,
        target -> Text,
        body_digest -> Nullable<Text>,
        holder -> Nullable<Uid>,
        lease_ends_at -> Nullable<Instant>,
        expires_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Integer, Nullable, Text};
    use database::types::Uid;

    bulk_rows (bulk_id, number) {
        bulk_id -> Uid,
        number -> Integer,
        name -> Text,
        student_key -> Nullable<Text>,
        status -> Nullable<Text>,
        course_staff -> Nullable<Bool>,
        outcome -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Integer, Nullable, Text};
    use database::types::{Instant, Uid};

    jobs (id) {
        id -> Uid,
        user_id -> Uid,
        task -> Text,
        program_key -> Text,
        course_key -> Nullable<Text>,
        format -> Text,
        with_accounts -> Bool,
        with_course_staff -> Bool,
        state -> Text,
        attempts -> Integer,
        worker -> Nullable<Uid>,
        due_at -> Nullable<Instant>,
        created_at -> Instant,
        finished_at -> Nullable<Instant>,
        error_code -> Nullable<Text>,
        error_message -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use database::types::{Instant, Uid};

    learner_credentials (id) {
        id -> Uid,
        sequence -> BigInt,
        username -> Text,
        course_key -> Nullable<Text>,
        program_uuid -> Nullable<Uid>,
        public_url -> Text,
        awarded_sequence -> Nullable<BigInt>,
        awarded_at -> Nullable<Instant>,
        revoked_sequence -> Nullable<BigInt>,
        revoked_at -> Nullable<Instant>,
    }
}

diesel::joinable!(course_enrollments -> program_enrollments (enrollment_id));

diesel::allow_tables_to_appear_in_same_query!(
    organizations,
    programs,
    curricula,
    curriculum_courses,
    course_runs,
    groups,
    group_permissions,
    group_flags,
    memberships,
    learner_links,
    program_enrollments,
    course_enrollments
);

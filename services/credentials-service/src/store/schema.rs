//! The tables, as diesel sees them.

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Text};

    sites (id) {
        id -> BigInt,
        domain -> Text,
        name -> Text,
        is_default -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};

    site_configurations (site_id) {
        site_id -> BigInt,
        platform_name -> Nullable<Text>,
        lms_url_root -> Text,
        logo_url -> Nullable<Text>,
        tos_url -> Nullable<Text>,
        privacy_policy_url -> Nullable<Text>,
        homepage_url -> Nullable<Text>,
        certificate_help_url -> Nullable<Text>,
        company_name -> Nullable<Text>,
        trademarks -> Nullable<Text>,
        facebook_app_id -> Nullable<Text>,
        twitter_username -> Nullable<Text>,
        enable_facebook_sharing -> Bool,
        enable_linkedin_sharing -> Bool,
        enable_twitter_sharing -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};

    users (id) {
        id -> BigInt,
        username -> Text,
        email -> Text,
        first_name -> Text,
        last_name -> Text,
        full_name -> Nullable<Text>,
        lms_user_id -> Nullable<BigInt>,
        is_active -> Bool,
        is_staff -> Bool,
        is_superuser -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};

    groups (id) {
        id -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};

    group_permissions (group_id, permission) {
        group_id -> BigInt,
        permission -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::BigInt;

    user_groups (user_id, group_id) {
        user_id -> BigInt,
        group_id -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};

    user_permissions (user_id, permission) {
        user_id -> BigInt,
        permission -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};

    subject_versions (kind, subject) {
        kind -> Text,
        subject -> Text,
        sequence -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use database::types::Instant;

    media_files (id) {
        id -> BigInt,
        path -> Text,
        content_type -> Text,
        content -> Binary,
        modified -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use database::types::Uid;

    organizations (id) {
        id -> BigInt,
        site_id -> BigInt,
        uuid -> Uid,
        key -> Text,
        name -> Text,
        logo_url -> Nullable<Text>,
        url -> Nullable<Text>,
        email -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use database::types::Uid;

    courses (id) {
        id -> BigInt,
        site_id -> BigInt,
        uuid -> Uid,
        key -> Text,
        title -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer};

    course_owners (course_id, organization_id) {
        course_id -> BigInt,
        organization_id -> BigInt,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use database::types::{Instant, Uid};

    course_runs (id) {
        id -> BigInt,
        site_id -> BigInt,
        course_id -> BigInt,
        uuid -> Uid,
        key -> Text,
        title_override -> Nullable<Text>,
        marketing_url -> Nullable<Text>,
        start_date -> Nullable<Instant>,
        end_date -> Nullable<Instant>,
        pacing_type -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use database::types::Uid;

    programs (id) {
        id -> BigInt,
        site_id -> BigInt,
        uuid -> Uid,
        key -> Text,
        title -> Text,
        program_type -> Text,
        type_slug -> Text,
        url -> Nullable<Text>,
        total_hours_of_effort -> Nullable<Integer>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer};

    program_course_runs (program_id, course_run_id) {
        program_id -> BigInt,
        course_run_id -> BigInt,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer};

    program_organizations (program_id, organization_id) {
        program_id -> BigInt,
        organization_id -> BigInt,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};

    role_assignments (id) {
        id -> BigInt,
        site_id -> BigInt,
        user_id -> BigInt,
        role -> Text,
        organization_id -> Nullable<BigInt>,
        course_id -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use database::types::Instant;

    signatories (id) {
        id -> BigInt,
        site_id -> BigInt,
        name -> Text,
        title -> Text,
        organization_name_override -> Nullable<Text>,
        image_path -> Nullable<Text>,
        created_by -> Text,
        created -> Instant,
        modified -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use database::types::Instant;

    course_certificates (id) {
        id -> BigInt,
        site_id -> BigInt,
        course_id -> Text,
        course_run_id -> Nullable<BigInt>,
        certificate_type -> Text,
        title -> Nullable<Text>,
        is_active -> Bool,
        certificate_available_date -> Nullable<Instant>,
        created -> Instant,
        modified -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use database::types::{Instant, Uid};

    program_certificates (id) {
        id -> BigInt,
        site_id -> BigInt,
        program_uuid -> Uid,
        program_id -> Nullable<BigInt>,
        title -> Nullable<Text>,
        is_active -> Bool,
        use_org_name -> Bool,
        include_hours_of_effort -> Bool,
        language -> Nullable<Text>,
        created -> Instant,
        modified -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer};

    course_certificate_signatories (certificate_id, signatory_id) {
        certificate_id -> BigInt,
        signatory_id -> BigInt,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer};

    program_certificate_signatories (certificate_id, signatory_id) {
        certificate_id -> BigInt,
        signatory_id -> BigInt,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::Text;

    learners (username) {
        username -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use database::types::{Instant, Uid};

    user_credentials (id) {
        id -> BigInt,
        uuid -> Uid,
        site_id -> BigInt,
        username -> Text,
        username_folded -> Text,
        course_certificate_id -> Nullable<BigInt>,
        program_certificate_id -> Nullable<BigInt>,
        status -> Text,
        date_override -> Nullable<Instant>,
        sequence -> BigInt,
        revoked_sequence -> BigInt,
        told -> Nullable<Text>,
        created -> Instant,
        modified -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};

    user_credential_attributes (id) {
        id -> BigInt,
        user_credential_id -> BigInt,
        namespace -> Text,
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use database::types::Instant;

    user_credential_changes (id) {
        id -> BigInt,
        user_credential_id -> BigInt,
        old_status -> Nullable<Text>,
        new_status -> Text,
        changed_by -> Text,
        channel -> Text,
        reason -> Nullable<Text>,
        changed_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use database::types::Instant;

    documents (user_credential_id) {
        user_credential_id -> BigInt,
        job_id -> Text,
        state -> Text,
        render_id -> Nullable<Text>,
        pdf_url -> Nullable<Text>,
        preview_url -> Nullable<Text>,
        failure_code -> Nullable<Text>,
        modified -> Instant,
        preview_asked_at -> Nullable<Instant>,
        preview_failure_code -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Text};
    use database::types::Instant;

    badges (user_credential_id) {
        user_credential_id -> BigInt,
        assertion_id -> Text,
        credential_sequence -> BigInt,
        assertion_sequence -> BigInt,
        open_badge_id -> Text,
        page_url -> Text,
        image_url -> Text,
        revoked -> Bool,
        modified -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::BigInt;

    shown_version (id) {
        id -> BigInt,
        version -> BigInt,
    }
}

diesel::joinable!(user_credentials -> course_certificates (course_certificate_id));
diesel::joinable!(user_credentials -> program_certificates (program_certificate_id));
diesel::joinable!(course_owners -> organizations (organization_id));
diesel::joinable!(program_organizations -> organizations (organization_id));
diesel::joinable!(course_runs -> courses (course_id));
diesel::joinable!(course_certificate_signatories -> signatories (signatory_id));
diesel::joinable!(program_certificate_signatories -> signatories (signatory_id));
diesel::joinable!(user_groups -> groups (group_id));
diesel::allow_tables_to_appear_in_same_query!(
    badges,
    course_certificate_signatories,
    course_certificates,
    course_owners,
    course_runs,
    courses,
    documents,
    group_permissions,
    groups,
    learners,
    media_files,
    organizations,
    program_certificate_signatories,
    program_certificates,
    program_course_runs,
    program_organizations,
    programs,
    role_assignments,
    signatories,
    site_configurations,
    sites,
    subject_versions,
    user_credential_attributes,
    user_credential_changes,
    user_credentials,
    user_groups,
    user_permissions,
    users,
);

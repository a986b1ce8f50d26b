-- A tenant, chosen by the Host of the request.
CREATE TABLE sites (
    id         bigserial PRIMARY KEY,
    domain     text NOT NULL UNIQUE,
    name       text NOT NULL,
    -- The site of hosts that no site has; it keeps its row when its domain changes.
    is_default boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX sites_one_default ON sites (is_default) WHERE is_default;

-- How a tenant looks and what it shares. A site without a row behaves as one with defaults.
CREATE TABLE site_configurations (
    site_id                 bigint PRIMARY KEY NOT NULL REFERENCES sites (id),
    platform_name           text,
    lms_url_root            text NOT NULL DEFAULT '',
    logo_url                text,
    tos_url                 text,
    privacy_policy_url      text,
    homepage_url            text,
    certificate_help_url    text,
    company_name            text,
    trademarks              text,
    facebook_app_id         text,
    twitter_username        text,
    enable_facebook_sharing boolean NOT NULL DEFAULT false,
    enable_linkedin_sharing boolean NOT NULL DEFAULT true,
    enable_twitter_sharing  boolean NOT NULL DEFAULT true,

    CONSTRAINT site_configurations_facebook_needs_an_application
        CHECK (NOT enable_facebook_sharing OR facebook_app_id IS NOT NULL)
);

-- Learners and callers. Credentials name learners by username and not by this id: they may exist
-- before the person does, and outlive them.
CREATE TABLE users (
    id           bigserial PRIMARY KEY,
    username     text NOT NULL UNIQUE CHECK (length(username) BETWEEN 1 AND 255),
    email        text NOT NULL DEFAULT '',
    first_name   text NOT NULL DEFAULT '',
    last_name    text NOT NULL DEFAULT '',
    full_name    text,
    lms_user_id  bigint,
    is_active    boolean NOT NULL DEFAULT true,
    is_staff     boolean NOT NULL DEFAULT false,
    is_superuser boolean NOT NULL DEFAULT false
);
CREATE INDEX users_lms_user_id ON users (lms_user_id);

CREATE TABLE groups (
    id   bigserial PRIMARY KEY,
    name text NOT NULL UNIQUE
);

CREATE TABLE group_permissions (
    group_id   bigint NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    permission text NOT NULL,
    PRIMARY KEY (group_id, permission)
);

CREATE TABLE user_groups (
    user_id  bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    group_id bigint NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, group_id)
);

CREATE TABLE user_permissions (
    user_id    bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    permission text NOT NULL,
    PRIMARY KEY (user_id, permission)
);

-- How far the news of one subject has been heard: older news never overrides newer.
CREATE TABLE subject_versions (
    kind     text NOT NULL,
    subject  text NOT NULL,
    sequence bigint NOT NULL,
    PRIMARY KEY (kind, subject)
);

-- Pictures of signatories and logos. They are small (250 KiB, 1 MiB), are needed inside the
-- transaction of an award, where nothing may wait for a network, and so belong with the rest of
-- the data: one backup holds both.
CREATE TABLE media_files (
    id           bigserial PRIMARY KEY,
    path         text NOT NULL UNIQUE,
    content_type text NOT NULL,
    content      bytea NOT NULL,
    modified     timestamptz NOT NULL
);

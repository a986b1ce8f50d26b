-- A tenant, chosen by the Host of the request.
CREATE TABLE sites (
    id         integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    domain     text NOT NULL UNIQUE,
    name       text NOT NULL,
    -- The site of hosts that no site has; it keeps its row when its domain changes.
    is_default integer NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX sites_one_default ON sites (is_default) WHERE is_default;

-- How a tenant looks and what it shares. A site without a row behaves as one with defaults.
CREATE TABLE site_configurations (
    site_id                 integer PRIMARY KEY NOT NULL REFERENCES sites (id),
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
    enable_facebook_sharing integer NOT NULL DEFAULT 0 CHECK (enable_facebook_sharing IN (0, 1)),
    enable_linkedin_sharing integer NOT NULL DEFAULT 1 CHECK (enable_linkedin_sharing IN (0, 1)),
    enable_twitter_sharing  integer NOT NULL DEFAULT 1 CHECK (enable_twitter_sharing IN (0, 1)),

    CONSTRAINT site_configurations_facebook_needs_an_application
        CHECK (NOT enable_facebook_sharing OR facebook_app_id IS NOT NULL)
) STRICT;

-- Learners and callers. Credentials name learners by username and not by this id: they may exist
-- before the person does, and outlive them.
CREATE TABLE users (
    id           integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    username     text NOT NULL UNIQUE CHECK (length(username) BETWEEN 1 AND 255),
    email        text NOT NULL DEFAULT '',
    first_name   text NOT NULL DEFAULT '',
    last_name    text NOT NULL DEFAULT '',
    full_name    text,
    lms_user_id  integer,
    is_active    integer NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    is_staff     integer NOT NULL DEFAULT 0 CHECK (is_staff IN (0, 1)),
    is_superuser integer NOT NULL DEFAULT 0 CHECK (is_superuser IN (0, 1))
) STRICT;
CREATE INDEX users_lms_user_id ON users (lms_user_id);

CREATE TABLE groups (
    id   integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    name text NOT NULL UNIQUE
) STRICT;

CREATE TABLE group_permissions (
    group_id   integer NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    permission text NOT NULL,
    PRIMARY KEY (group_id, permission)
) STRICT;

CREATE TABLE user_groups (
    user_id  integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    group_id integer NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, group_id)
) STRICT;

CREATE TABLE user_permissions (
    user_id    integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    permission text NOT NULL,
    PRIMARY KEY (user_id, permission)
) STRICT;

-- How far the news of one subject has been heard: older news never overrides newer.
CREATE TABLE subject_versions (
    kind     text NOT NULL,
    subject  text NOT NULL,
    sequence integer NOT NULL,
    PRIMARY KEY (kind, subject)
) STRICT;

-- Pictures of signatories and logos. They are small (250 KiB, 1 MiB), are needed inside the
-- transaction of an award, where nothing may wait for a network, and so belong with the rest of
-- the data: one backup holds both.
CREATE TABLE media_files (
    id           integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    path         text NOT NULL UNIQUE,
    content_type text NOT NULL,
    content      blob NOT NULL,
    modified     text NOT NULL
) STRICT;

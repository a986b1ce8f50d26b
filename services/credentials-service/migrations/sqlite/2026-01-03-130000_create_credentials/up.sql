-- Everybody who was ever awarded anything. Whoever changes what a learner holds, or what is known of
-- the learner, takes this row first: such changes come one after the other, and never wait for each
-- other in a circle.
CREATE TABLE learners (
    username text PRIMARY KEY NOT NULL
) STRICT;

-- One fact: this learner was awarded this. Rows are never deleted, a revocation is a status.
CREATE TABLE user_credentials (
    id                     integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    uuid                   text NOT NULL UNIQUE,
    site_id                integer NOT NULL REFERENCES sites (id),
    username               text NOT NULL CHECK (length(username) BETWEEN 1 AND 255),
    -- In lower case, for the list's filter; the database's own idea of case differs.
    username_folded        text NOT NULL,
    course_certificate_id  integer REFERENCES course_certificates (id),
    program_certificate_id integer REFERENCES program_certificates (id),
    status                 text NOT NULL CHECK (status IN ('awarded', 'revoked')),
    date_override          text,
    -- Rises with everything that is told of this credential.
    sequence               integer NOT NULL DEFAULT 0,
    -- The sequence of the latest revocation: what was made from earlier news is void.
    revoked_sequence       integer NOT NULL DEFAULT 0,
    -- A digest of what was told last, so that the same thing is not told twice.
    told                   text,
    created                text NOT NULL,
    modified               text NOT NULL,
    UNIQUE (username, course_certificate_id),
    UNIQUE (username, program_certificate_id),

    CONSTRAINT user_credentials_one_configuration
        CHECK ((course_certificate_id IS NULL) <> (program_certificate_id IS NULL))
) STRICT;
CREATE INDEX user_credentials_of_learner ON user_credentials (site_id, username_folded);
CREATE INDEX user_credentials_of_course ON user_credentials (course_certificate_id);
CREATE INDEX user_credentials_of_program ON user_credentials (program_certificate_id);

-- Free facts about one award. The v2 API writes the empty namespace.
CREATE TABLE user_credential_attributes (
    id                 integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_credential_id integer NOT NULL REFERENCES user_credentials (id),
    namespace          text NOT NULL DEFAULT '',
    name               text NOT NULL,
    value              text NOT NULL,
    UNIQUE (user_credential_id, namespace, name)
) STRICT;

-- Who changed a status, and how. Rows are only ever added.
CREATE TABLE user_credential_changes (
    id                 integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_credential_id integer NOT NULL REFERENCES user_credentials (id),
    old_status         text,
    new_status         text NOT NULL,
    changed_by         text NOT NULL,
    channel            text NOT NULL,
    reason             text,
    changed_at         text NOT NULL
) STRICT;
CREATE INDEX user_credential_changes_of ON user_credential_changes (user_credential_id);

-- The document that the renderer was last asked for.
CREATE TABLE documents (
    user_credential_id integer PRIMARY KEY NOT NULL REFERENCES user_credentials (id),
    job_id             text NOT NULL UNIQUE,
    state              text NOT NULL CHECK (state IN ('waiting', 'ready', 'failed')),
    render_id          text,
    pdf_url            text,
    preview_url        text,
    failure_code       text,
    modified           text NOT NULL,

    CONSTRAINT documents_ready_with_a_pdf CHECK (state <> 'ready' OR pdf_url IS NOT NULL)
) STRICT;

-- The Open Badge that the badge service made of the credential.
CREATE TABLE badges (
    user_credential_id  integer PRIMARY KEY NOT NULL REFERENCES user_credentials (id),
    assertion_id        text NOT NULL,
    -- Of the award that the badge answers.
    credential_sequence integer NOT NULL,
    assertion_sequence  integer NOT NULL,
    open_badge_id       text NOT NULL,
    page_url            text NOT NULL,
    image_url           text NOT NULL,
    revoked             integer NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1)),
    modified            text NOT NULL
) STRICT;
CREATE INDEX badges_of_assertion ON badges (assertion_id);

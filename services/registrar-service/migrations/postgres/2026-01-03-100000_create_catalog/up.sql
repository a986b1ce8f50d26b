-- Who teaches what, as imported. Keys are what clients and files say; UUIDs are what other
-- services say. Organization keys in JSON lists are only carried along to those who listen.
CREATE TABLE organizations (
    id             uuid PRIMARY KEY NOT NULL,
    key            text NOT NULL UNIQUE CHECK (length(key) BETWEEN 1 AND 255),
    name           text NOT NULL,
    discovery_uuid uuid NOT NULL,
    logo           text,
    url            text,
    email          text,
    created_at     timestamptz NOT NULL,
    modified_at    timestamptz NOT NULL
);
CREATE INDEX organizations_by_uuid ON organizations (discovery_uuid);

-- `sequence` counts the changes that others were told. `displayed_title` is the title, or the key
-- where there is none, in lower case: both databases search it alike.
CREATE TABLE programs (
    id                      uuid PRIMARY KEY NOT NULL,
    key                     text NOT NULL UNIQUE CHECK (length(key) BETWEEN 1 AND 255),
    organization_id         uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    discovery_uuid          uuid NOT NULL,
    sequence                bigint NOT NULL CHECK (sequence >= 0),
    title                   text,
    displayed_title         text NOT NULL,
    url                     text,
    program_type            text,
    type_slug               text,
    authoring_organizations jsonb NOT NULL,
    total_hours_of_effort   integer,
    created_at              timestamptz NOT NULL,
    modified_at             timestamptz NOT NULL
);
CREATE INDEX programs_of_organization ON programs (organization_id);
CREATE INDEX programs_by_uuid ON programs (discovery_uuid);

-- Versions of a program's list of courses; the first active one, by position, counts.
CREATE TABLE curricula (
    id         uuid PRIMARY KEY NOT NULL,
    program_id uuid NOT NULL REFERENCES programs (id) ON DELETE CASCADE,
    name       text,
    is_active  boolean NOT NULL,
    position   integer NOT NULL,
    UNIQUE (program_id, position)
);

CREATE TABLE curriculum_courses (
    id            uuid PRIMARY KEY NOT NULL,
    curriculum_id uuid NOT NULL REFERENCES curricula (id) ON DELETE CASCADE,
    key           text,
    uuid          uuid,
    title         text,
    owners        jsonb NOT NULL,
    position      integer NOT NULL,
    UNIQUE (curriculum_id, position)
);

-- The curriculum stands here too, so that the database can hold the rule that its runs differ.
CREATE TABLE course_runs (
    id            uuid PRIMARY KEY NOT NULL,
    curriculum_id uuid NOT NULL REFERENCES curricula (id) ON DELETE CASCADE,
    course_id     uuid NOT NULL REFERENCES curriculum_courses (id) ON DELETE CASCADE,
    key           text NOT NULL,
    uuid          uuid,
    external_key  text,
    title         text,
    marketing_url text,
    start_at      timestamptz,
    end_at        timestamptz,
    pacing_type   text,
    position      integer NOT NULL,
    UNIQUE (curriculum_id, key),
    UNIQUE (curriculum_id, external_key),
    UNIQUE (course_id, position)
);

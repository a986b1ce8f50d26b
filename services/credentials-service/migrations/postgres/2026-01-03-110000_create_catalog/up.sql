-- A copy of the catalog. Nothing here is ever deleted by an import: credentials refer to it.
CREATE TABLE organizations (
    id       bigserial PRIMARY KEY,
    site_id  bigint NOT NULL REFERENCES sites (id),
    uuid     uuid NOT NULL,
    key      text NOT NULL,
    name     text NOT NULL,
    logo_url text,
    url      text,
    email    text,
    UNIQUE (site_id, uuid),
    UNIQUE (site_id, key)
);

CREATE TABLE courses (
    id      bigserial PRIMARY KEY,
    site_id bigint NOT NULL REFERENCES sites (id),
    uuid    uuid NOT NULL,
    key     text NOT NULL,
    title   text,
    UNIQUE (site_id, uuid)
);

CREATE TABLE course_owners (
    course_id       bigint NOT NULL REFERENCES courses (id) ON DELETE CASCADE,
    organization_id bigint NOT NULL REFERENCES organizations (id),
    position        integer NOT NULL,
    PRIMARY KEY (course_id, organization_id)
);

CREATE TABLE course_runs (
    id             bigserial PRIMARY KEY,
    site_id        bigint NOT NULL REFERENCES sites (id),
    course_id      bigint NOT NULL REFERENCES courses (id),
    uuid           uuid NOT NULL,
    key            text NOT NULL,
    title_override text,
    marketing_url  text,
    start_date     timestamptz,
    end_date       timestamptz,
    pacing_type    text CHECK (pacing_type IN ('self_paced', 'instructor_paced')),
    UNIQUE (site_id, uuid),
    UNIQUE (site_id, key)
);

CREATE TABLE programs (
    id                    bigserial PRIMARY KEY,
    site_id               bigint NOT NULL REFERENCES sites (id),
    uuid                  uuid NOT NULL,
    key                   text NOT NULL,
    title                 text NOT NULL,
    program_type          text NOT NULL DEFAULT '',
    type_slug             text NOT NULL DEFAULT '',
    url                   text,
    total_hours_of_effort integer,
    UNIQUE (site_id, uuid),
    UNIQUE (site_id, key)
);

CREATE TABLE program_course_runs (
    program_id    bigint NOT NULL REFERENCES programs (id) ON DELETE CASCADE,
    course_run_id bigint NOT NULL REFERENCES course_runs (id),
    position      integer NOT NULL,
    PRIMARY KEY (program_id, course_run_id)
);
CREATE INDEX program_course_runs_by_run ON program_course_runs (course_run_id);

CREATE TABLE program_organizations (
    program_id      bigint NOT NULL REFERENCES programs (id) ON DELETE CASCADE,
    organization_id bigint NOT NULL REFERENCES organizations (id),
    position        integer NOT NULL,
    PRIMARY KEY (program_id, organization_id)
);

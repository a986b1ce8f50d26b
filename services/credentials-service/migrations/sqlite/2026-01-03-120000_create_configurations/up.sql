-- What somebody may do through the v1 API, on the whole site, for one organization or for one
-- course run.
CREATE TABLE role_assignments (
    id              integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    site_id         integer NOT NULL REFERENCES sites (id),
    user_id         integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role            text NOT NULL
        CHECK (role IN ('learner', 'course_team', 'pm', 'ux', 'support', 'system')),
    organization_id integer REFERENCES organizations (id),
    course_id       text,

    CONSTRAINT role_assignments_one_scope CHECK (organization_id IS NULL OR course_id IS NULL)
) STRICT;
CREATE INDEX role_assignments_of_user ON role_assignments (user_id, site_id);

CREATE TABLE signatories (
    id                         integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    site_id                    integer NOT NULL REFERENCES sites (id),
    name                       text NOT NULL,
    title                      text NOT NULL,
    organization_name_override text,
    image_path                 text REFERENCES media_files (path),
    created_by                 text NOT NULL,
    created                    text NOT NULL,
    modified                   text NOT NULL
) STRICT;

-- What can be awarded for a course run in one mode. The run may be missing from the catalog, and
-- is linked when it appears.
CREATE TABLE course_certificates (
    id                         integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    site_id                    integer NOT NULL REFERENCES sites (id),
    course_id                  text NOT NULL,
    course_run_id              integer REFERENCES course_runs (id),
    certificate_type           text NOT NULL,
    title                      text,
    is_active                  integer NOT NULL DEFAULT 0 CHECK (is_active IN (0, 1)),
    certificate_available_date text,
    created                    text NOT NULL,
    modified                   text NOT NULL,
    UNIQUE (site_id, course_id, certificate_type)
) STRICT;
CREATE INDEX course_certificates_of_run ON course_certificates (course_run_id);

-- What can be awarded for a program.
CREATE TABLE program_certificates (
    id                      integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    site_id                 integer NOT NULL REFERENCES sites (id),
    program_uuid            text NOT NULL,
    program_id              integer REFERENCES programs (id),
    title                   text,
    is_active               integer NOT NULL DEFAULT 0 CHECK (is_active IN (0, 1)),
    use_org_name            integer NOT NULL DEFAULT 0 CHECK (use_org_name IN (0, 1)),
    include_hours_of_effort integer NOT NULL DEFAULT 0 CHECK (include_hours_of_effort IN (0, 1)),
    language                text,
    created                 text NOT NULL,
    modified                text NOT NULL,
    UNIQUE (site_id, program_uuid)
) STRICT;
CREATE INDEX program_certificates_of_program ON program_certificates (program_id);

CREATE TABLE course_certificate_signatories (
    certificate_id integer NOT NULL REFERENCES course_certificates (id) ON DELETE CASCADE,
    signatory_id   integer NOT NULL REFERENCES signatories (id),
    position       integer NOT NULL,
    PRIMARY KEY (certificate_id, signatory_id)
) STRICT;
CREATE INDEX course_certificate_signatories_by_signatory
    ON course_certificate_signatories (signatory_id);

CREATE TABLE program_certificate_signatories (
    certificate_id integer NOT NULL REFERENCES program_certificates (id) ON DELETE CASCADE,
    signatory_id   integer NOT NULL REFERENCES signatories (id),
    position       integer NOT NULL,
    PRIMARY KEY (certificate_id, signatory_id)
) STRICT;
CREATE INDEX program_certificate_signatories_by_signatory
    ON program_certificate_signatories (signatory_id);

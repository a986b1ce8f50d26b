-- Which account a school's own key of a learner belongs to.
CREATE TABLE learner_links (
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    student_key     text NOT NULL CHECK (length(student_key) BETWEEN 1 AND 255),
    username        text NOT NULL,
    email           text NOT NULL,
    full_name       text,
    created_at      timestamptz NOT NULL,
    modified_at     timestamptz NOT NULL,
    PRIMARY KEY (organization_id, student_key)
);

-- A learner's place in a program. Ids rise with creation, which is the order of exports.
-- `sequence` counts the changes that others were told.
CREATE TABLE program_enrollments (
    id              uuid PRIMARY KEY NOT NULL,
    program_id      uuid NOT NULL REFERENCES programs (id) ON DELETE CASCADE,
    curriculum_uuid uuid,
    student_key     text NOT NULL CHECK (length(student_key) BETWEEN 1 AND 255),
    status          text NOT NULL
        CHECK (status IN ('enrolled', 'pending', 'suspended', 'canceled', 'ended')),
    sequence        bigint NOT NULL CHECK (sequence > 0),
    created_at      timestamptz NOT NULL,
    modified_at     timestamptz NOT NULL,
    UNIQUE (program_id, student_key)
);
CREATE INDEX program_enrollments_in_order ON program_enrollments (program_id, id);
CREATE INDEX program_enrollments_of_learner ON program_enrollments (student_key);

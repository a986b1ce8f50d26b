-- Which account a school's own key of a learner belongs to.
CREATE TABLE learner_links (
    organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    student_key     text NOT NULL CHECK (length(student_key) BETWEEN 1 AND 255),
    username        text NOT NULL,
    email           text NOT NULL,
    full_name       text,
    created_at      text NOT NULL,
    modified_at     text NOT NULL,
    PRIMARY KEY (organization_id, student_key)
) STRICT;

-- A learner's place in a program. Ids rise with creation, which is the order of exports.
-- `sequence` counts the changes that others were told.
CREATE TABLE program_enrollments (
    id              text PRIMARY KEY NOT NULL,
    program_id      text NOT NULL REFERENCES programs (id) ON DELETE CASCADE,
    curriculum_uuid text,
    student_key     text NOT NULL CHECK (length(student_key) BETWEEN 1 AND 255),
    status          text NOT NULL
        CHECK (status IN ('enrolled', 'pending', 'suspended', 'canceled', 'ended')),
    sequence        integer NOT NULL CHECK (sequence > 0),
    created_at      text NOT NULL,
    modified_at     text NOT NULL,
    UNIQUE (program_id, student_key)
) STRICT;
CREATE INDEX program_enrollments_in_order ON program_enrollments (program_id, id);
CREATE INDEX program_enrollments_of_learner ON program_enrollments (student_key);

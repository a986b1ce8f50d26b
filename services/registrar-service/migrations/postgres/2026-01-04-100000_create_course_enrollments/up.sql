-- A learner's place in a course run of a program. Ids rise with creation, which is the order of
-- exports. Course runs are named by their keys: an import replaces the rows of the catalog.
-- The organization and the student key follow from the program enrollment; they stand here too, so
-- that the database can hold the rule that nobody takes part in a run through two programs at once.
CREATE TABLE course_enrollments (
    id              uuid PRIMARY KEY NOT NULL,
    enrollment_id   uuid NOT NULL REFERENCES program_enrollments (id) ON DELETE CASCADE,
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    student_key     text NOT NULL CHECK (length(student_key) BETWEEN 1 AND 255),
    course_key      text NOT NULL CHECK (length(course_key) BETWEEN 1 AND 255),
    status          text NOT NULL CHECK (status IN ('active', 'inactive')),
    course_staff    boolean NOT NULL,
    created_at      timestamptz NOT NULL,
    modified_at     timestamptz NOT NULL,
    UNIQUE (enrollment_id, course_key)
);
CREATE UNIQUE INDEX course_enrollments_active_once
    ON course_enrollments (organization_id, student_key, course_key) WHERE status = 'active';
CREATE INDEX course_enrollments_in_order ON course_enrollments (course_key, id);

-- What an export of one course run is of, by the platform's key, and whether it shows course staff.
ALTER TABLE jobs ADD COLUMN course_key text;
ALTER TABLE jobs ADD COLUMN with_course_staff boolean NOT NULL DEFAULT false;

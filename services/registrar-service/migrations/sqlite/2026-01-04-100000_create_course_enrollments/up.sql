-- A learner's place in a course run of a program. Ids rise with creation, which is the order of
-- exports. Course runs are named by their keys: an import replaces the rows of the catalog.
-- The organization and the student key follow from the program enrollment; they stand here too, so
-- that the database can hold the rule that nobody takes part in a run through two programs at once.
CREATE TABLE course_enrollments (
    id              text PRIMARY KEY NOT NULL,
    enrollment_id   text NOT NULL REFERENCES program_enrollments (id) ON DELETE CASCADE,
    organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    student_key     text NOT NULL CHECK (length(student_key) BETWEEN 1 AND 255),
    course_key      text NOT NULL CHECK (length(course_key) BETWEEN 1 AND 255),
    status          text NOT NULL CHECK (status IN ('active', 'inactive')),
    course_staff    integer NOT NULL,
    created_at      text NOT NULL,
    modified_at     text NOT NULL,
    UNIQUE (enrollment_id, course_key)
) STRICT;
CREATE UNIQUE INDEX course_enrollments_active_once
    ON course_enrollments (organization_id, student_key, course_key) WHERE status = 'active';
CREATE INDEX course_enrollments_in_order ON course_enrollments (course_key, id);

-- What an export of one course run is of, by the platform's key, and whether it shows course staff.
ALTER TABLE jobs ADD COLUMN course_key text;
ALTER TABLE jobs ADD COLUMN with_course_staff integer NOT NULL DEFAULT 0;

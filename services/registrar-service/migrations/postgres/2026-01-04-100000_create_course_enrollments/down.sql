DELETE FROM jobs WHERE course_key IS NOT NULL;
ALTER TABLE jobs DROP COLUMN with_course_staff;
ALTER TABLE jobs DROP COLUMN course_key;
DROP TABLE course_enrollments;

DROP TABLE program_organizations;
DROP TABLE program_course_runs;
DROP TABLE programs;
DROP TABLE course_runs;
DROP TABLE course_owners;
DROP TABLE courses;
DROP TABLE organizations;

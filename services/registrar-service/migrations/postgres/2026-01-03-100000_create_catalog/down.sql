DROP TABLE course_runs;
DROP TABLE curriculum_courses;
DROP TABLE curricula;
DROP TABLE programs;
DROP TABLE organizations;

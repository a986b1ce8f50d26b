DROP TABLE program_enrollments;
DROP TABLE learner_links;

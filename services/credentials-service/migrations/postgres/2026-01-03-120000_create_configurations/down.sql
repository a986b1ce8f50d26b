DROP TABLE program_certificate_signatories;
DROP TABLE course_certificate_signatories;
DROP TABLE program_certificates;
DROP TABLE course_certificates;
DROP TABLE signatories;
DROP TABLE role_assignments;

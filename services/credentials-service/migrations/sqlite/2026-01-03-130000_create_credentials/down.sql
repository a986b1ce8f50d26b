DROP TABLE badges;
DROP TABLE documents;
DROP TABLE user_credential_changes;
DROP TABLE user_credential_attributes;
DROP TABLE user_credentials;
DROP TABLE learners;

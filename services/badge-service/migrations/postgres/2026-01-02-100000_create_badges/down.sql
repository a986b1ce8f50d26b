DROP TABLE credential_states;
DROP TABLE assertions;
DROP TABLE badge_classes;
DROP TABLE issuers;

DROP TABLE learner_credentials;

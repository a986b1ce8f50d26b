-- What credentials-service told of each credential. The newest award and the newest revocation are
-- kept apart, each with its sequence, so that news may arrive in any order: the higher one counts.
-- `sequence` is the newest news of all, which the describing columns are from.
CREATE TABLE learner_credentials (
    id               uuid PRIMARY KEY NOT NULL,
    sequence         bigint NOT NULL,
    username         text NOT NULL,
    course_key       text,
    program_uuid     uuid,
    public_url       text NOT NULL,
    awarded_sequence bigint,
    awarded_at       timestamptz,
    revoked_sequence bigint,
    revoked_at       timestamptz,

    CONSTRAINT learner_credentials_of_one_thing
        CHECK ((course_key IS NULL) <> (program_uuid IS NULL)),
    CONSTRAINT learner_credentials_awarded_at
        CHECK ((awarded_sequence IS NULL) = (awarded_at IS NULL)),
    CONSTRAINT learner_credentials_revoked_at
        CHECK ((revoked_sequence IS NULL) = (revoked_at IS NULL))
);
CREATE INDEX learner_credentials_of_learner ON learner_credentials (username, id);

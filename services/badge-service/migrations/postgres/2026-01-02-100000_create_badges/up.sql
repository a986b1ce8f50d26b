-- Who awards. `key` is how imports and events name an issuer: an organization's key.
CREATE TABLE issuers (
    id          uuid PRIMARY KEY NOT NULL,
    key         text NOT NULL UNIQUE CHECK (length(key) BETWEEN 1 AND 255),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 1024),
    url         text NOT NULL CHECK (length(url) BETWEEN 1 AND 1024),
    email       text NOT NULL CHECK (length(email) BETWEEN 3 AND 255),
    description text NOT NULL CHECK (length(description) <= 16384),
    image       text,
    extensions  jsonb NOT NULL,
    created_at  timestamptz NOT NULL,
    modified_at timestamptz NOT NULL
);

-- What is awarded. `key` is how imports and events name it: a credential's achievement.
CREATE TABLE badge_classes (
    id                 uuid PRIMARY KEY NOT NULL,
    key                text NOT NULL UNIQUE CHECK (length(key) BETWEEN 1 AND 255),
    issuer_id          uuid NOT NULL REFERENCES issuers (id),
    name               text NOT NULL CHECK (length(name) BETWEEN 1 AND 1024),
    description        text NOT NULL CHECK (length(description) <= 16384),
    image              text NOT NULL,
    criteria_url       text,
    criteria_narrative text,
    alignments         jsonb NOT NULL,
    tags               jsonb NOT NULL,
    validity           jsonb,
    extensions         jsonb NOT NULL,
    created_at         timestamptz NOT NULL,
    modified_at        timestamptz NOT NULL
);
CREATE INDEX badge_classes_of_issuer ON badge_classes (issuer_id, created_at, id);

-- One row for each badge given to a person. Rows are never deleted: a revoked assertion must go on
-- answering "revoked". `picture` is the badge class's at the time of the award; `baked` names the
-- picture with the assertion written into it, which is made when somebody asks and is gone as soon
-- as the row says revoked.
CREATE TABLE assertions (
    id                  uuid PRIMARY KEY NOT NULL,
    badge_class_id      uuid NOT NULL REFERENCES badge_classes (id),
    recipient_type      text NOT NULL CHECK (recipient_type IN ('email', 'url', 'telephone', 'openBadgeId')),
    recipient_identity  text NOT NULL,
    hashed              boolean NOT NULL,
    salt                text NOT NULL,
    issued_on           timestamptz NOT NULL,
    expires             timestamptz,
    narrative           text,
    evidence            jsonb NOT NULL,
    extensions          jsonb NOT NULL,
    picture             text NOT NULL,
    baked               text UNIQUE,
    revoked_at          timestamptz,
    revocation_reason   text CHECK (length(revocation_reason) <= 255),
    acceptance          text NOT NULL CHECK (acceptance IN ('Unaccepted', 'Accepted', 'Rejected')),
    sequence            bigint NOT NULL CHECK (sequence >= 1),
    credential_id       uuid,
    credential_sequence bigint,
    created_at          timestamptz NOT NULL,

    UNIQUE (credential_id, credential_sequence),
    CONSTRAINT assertions_revoked_with_a_reason
        CHECK ((revoked_at IS NULL) = (revocation_reason IS NULL)),
    CONSTRAINT assertions_revoked_without_a_picture
        CHECK ((revoked_at IS NULL) = (baked IS NOT NULL)),
    CONSTRAINT assertions_answer_an_award
        CHECK ((credential_id IS NULL) = (credential_sequence IS NULL))
);
CREATE INDEX assertions_of_badge_class ON assertions (badge_class_id, created_at, id);
-- A credential has at most one badge that counts.
CREATE UNIQUE INDEX assertions_one_valid_of_credential ON assertions (credential_id)
    WHERE revoked_at IS NULL;

-- The newest that was heard of each credential, so that older news never overrides it: also of
-- those that have no assertion, yet or any more.
CREATE TABLE credential_states (
    credential_id uuid PRIMARY KEY NOT NULL,
    sequence      bigint NOT NULL,
    state         text NOT NULL CHECK (state IN ('awarded', 'revoked')),
    updated_at    timestamptz NOT NULL
);

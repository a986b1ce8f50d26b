-- Who awards. `key` is how imports and events name an issuer: an organization's key.
CREATE TABLE issuers (
    id          text PRIMARY KEY NOT NULL,
    key         text NOT NULL UNIQUE CHECK (length(key) BETWEEN 1 AND 255),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 1024),
    url         text NOT NULL CHECK (length(url) BETWEEN 1 AND 1024),
    email       text NOT NULL CHECK (length(email) BETWEEN 3 AND 255),
    description text NOT NULL CHECK (length(description) <= 16384),
    image       text,
    extensions  text NOT NULL CHECK (json_valid(extensions)),
    created_at  text NOT NULL,
    modified_at text NOT NULL
) STRICT;

-- What is awarded. `key` is how imports and events name it: a credential's achievement.
CREATE TABLE badge_classes (
    id                 text PRIMARY KEY NOT NULL,
    key                text NOT NULL UNIQUE CHECK (length(key) BETWEEN 1 AND 255),
    issuer_id          text NOT NULL REFERENCES issuers (id),
    name               text NOT NULL CHECK (length(name) BETWEEN 1 AND 1024),
    description        text NOT NULL CHECK (length(description) <= 16384),
    image              text NOT NULL,
    criteria_url       text,
    criteria_narrative text,
    alignments         text NOT NULL CHECK (json_valid(alignments)),
    tags               text NOT NULL CHECK (json_valid(tags)),
    validity           text CHECK (json_valid(validity)),
    extensions         text NOT NULL CHECK (json_valid(extensions)),
    created_at         text NOT NULL,
    modified_at        text NOT NULL
) STRICT;
CREATE INDEX badge_classes_of_issuer ON badge_classes (issuer_id, created_at, id);

-- One row for each badge given to a person. Rows are never deleted: a revoked assertion must go on
-- answering "revoked". `picture` is the badge class's at the time of the award; `baked` names the
-- picture with the assertion written into it, which is made when somebody asks and is gone as soon
-- as the row says revoked.
CREATE TABLE assertions (
    id                  text PRIMARY KEY NOT NULL,
    badge_class_id      text NOT NULL REFERENCES badge_classes (id),
    recipient_type      text NOT NULL CHECK (recipient_type IN ('email', 'url', 'telephone', 'openBadgeId')),
    recipient_identity  text NOT NULL,
    hashed              integer NOT NULL CHECK (hashed IN (0, 1)),
    salt                text NOT NULL,
    issued_on           text NOT NULL,
    expires             text,
    narrative           text,
    evidence            text NOT NULL CHECK (json_valid(evidence)),
    extensions          text NOT NULL CHECK (json_valid(extensions)),
    picture             text NOT NULL,
    baked               text UNIQUE,
    revoked_at          text,
    revocation_reason   text CHECK (length(revocation_reason) <= 255),
    acceptance          text NOT NULL CHECK (acceptance IN ('Unaccepted', 'Accepted', 'Rejected')),
    sequence            integer NOT NULL CHECK (sequence >= 1),
    credential_id       text,
    credential_sequence integer,
    created_at          text NOT NULL,

    UNIQUE (credential_id, credential_sequence),
    CONSTRAINT assertions_revoked_with_a_reason
        CHECK ((revoked_at IS NULL) = (revocation_reason IS NULL)),
    CONSTRAINT assertions_revoked_without_a_picture
        CHECK ((revoked_at IS NULL) = (baked IS NOT NULL)),
    CONSTRAINT assertions_answer_an_award
        CHECK ((credential_id IS NULL) = (credential_sequence IS NULL))
) STRICT;
CREATE INDEX assertions_of_badge_class ON assertions (badge_class_id, created_at, id);
-- A credential has at most one badge that counts.
CREATE UNIQUE INDEX assertions_one_valid_of_credential ON assertions (credential_id)
    WHERE revoked_at IS NULL;

-- The newest that was heard of each credential, so that older news never overrides it: also of
-- those that have no assertion, yet or any more.
CREATE TABLE credential_states (
    credential_id text PRIMARY KEY NOT NULL,
    sequence      integer NOT NULL,
    state         text NOT NULL CHECK (state IN ('awarded', 'revoked')),
    updated_at    text NOT NULL
) STRICT;

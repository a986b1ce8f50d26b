-- What was heard of one verification id, for deciding which news is newer. Documents and records
-- are objects in the store; these tables only hold what has to change in one transaction.
CREATE TABLE verifications (
    verify_id          text PRIMARY KEY NOT NULL,
    -- The highest sequence of a job, and of a withdrawal; 0 means none was heard.
    awarded_sequence   bigint NOT NULL CHECK (awarded_sequence >= 0),
    withdrawn_sequence bigint NOT NULL CHECK (withdrawn_sequence >= 0),
    withdrawn_at       timestamptz,

    CONSTRAINT verifications_withdrawn_at_some_time
        CHECK ((withdrawn_at IS NULL) = (withdrawn_sequence = 0))
);

-- A render is withdrawn while its sequence is below the withdrawn sequence of its verification id.
-- A row stays when its render is deleted: its address must go on answering "withdrawn".
CREATE TABLE renders (
    render_id  text PRIMARY KEY NOT NULL,
    verify_id  text NOT NULL REFERENCES verifications (verify_id),
    sequence   bigint NOT NULL CHECK (sequence >= 0),
    deleted_at timestamptz
);
CREATE INDEX renders_verify_id ON renders (verify_id);

-- Which stored objects a render names. Two renders may name one object, so an object goes with the
-- last render that names it.
CREATE TABLE render_objects (
    render_id text NOT NULL REFERENCES renders (render_id),
    sha256    text NOT NULL CHECK (length(sha256) = 64),

    PRIMARY KEY (render_id, sha256)
);
CREATE INDEX render_objects_sha256 ON render_objects (sha256);

-- Pictures that callers stored; their objects stay whatever renders come and go.
CREATE TABLE assets (
    sha256     text PRIMARY KEY NOT NULL CHECK (length(sha256) = 64),
    media_type text NOT NULL,
    bytes      bigint NOT NULL CHECK (bytes > 0)
);

-- Requests that were answered with "accepted" and are not rendered yet: whoever was promised a
-- document gets it even if the process dies. The body is gone as soon as the render ended.
CREATE TABLE accepted_renders (
    render_id   text PRIMARY KEY NOT NULL,
    request     jsonb NOT NULL,
    accepted_at timestamptz NOT NULL
);

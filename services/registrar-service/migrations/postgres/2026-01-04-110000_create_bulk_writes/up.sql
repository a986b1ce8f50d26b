-- A request with thousands of rows. Nothing of it is done before all of it has come; then its rows
-- are done in chunks, a transaction each, and what became of them stays until `expires_at`, for
-- whoever repeats the request with its key. `holder` is busy with it until `lease_ends_at`: another's
-- writes find no row. Once it is finished nobody holds it.
CREATE TABLE bulk_writes (
    id              uuid PRIMARY KEY NOT NULL,
    user_id         uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    idempotency_key text CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    target          text NOT NULL,
    body_digest     text,
    holder          uuid,
    lease_ends_at   timestamptz,
    expires_at      timestamptz NOT NULL,
    UNIQUE (user_id, idempotency_key),

    CONSTRAINT bulk_writes_held_until CHECK ((holder IS NULL) = (lease_ends_at IS NULL)),
    CONSTRAINT bulk_writes_finished_whole CHECK (holder IS NOT NULL OR body_digest IS NOT NULL)
);
CREATE INDEX bulk_writes_by_age ON bulk_writes (expires_at);

-- Its rows. `name` is what the answer calls a row; `outcome` is what became of it, once that is
-- known. Names are in the order of their bytes, as answers are.
CREATE TABLE bulk_rows (
    bulk_id      uuid NOT NULL REFERENCES bulk_writes (id) ON DELETE CASCADE,
    number       integer NOT NULL,
    name         text COLLATE "C" NOT NULL,
    student_key  text COLLATE "C",
    status       text,
    course_staff boolean,
    outcome      text,
    PRIMARY KEY (bulk_id, number),

    CONSTRAINT bulk_rows_that_ask_for_nothing_are_decided
        CHECK (outcome IS NOT NULL OR (student_key IS NOT NULL AND status IS NOT NULL))
);
CREATE INDEX bulk_rows_by_name ON bulk_rows (bulk_id, name);
CREATE INDEX bulk_rows_by_student ON bulk_rows (bulk_id, student_key);

-- What was asked for and takes longer than a request. `due_at` is when the row is next looked at:
-- a waiting job may start then; the lease of a running one ends then, unless its worker lives and
-- moves it on. `worker` is the lease's holder: another's writes find no row.
CREATE TABLE jobs (
    id            uuid PRIMARY KEY NOT NULL,
    user_id       uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    task          text NOT NULL,
    program_key   text NOT NULL,
    format        text NOT NULL CHECK (format IN ('json', 'csv')),
    with_accounts boolean NOT NULL,
    state         text NOT NULL CHECK (
        state IN ('Pending', 'In Progress', 'Succeeded', 'Failed', 'Canceled', 'Retrying')
    ),
    attempts      integer NOT NULL DEFAULT 0,
    worker        uuid,
    due_at        timestamptz,
    created_at    timestamptz NOT NULL,
    finished_at   timestamptz,
    error_code    text,
    error_message text,

    CONSTRAINT jobs_run_by_somebody CHECK ((state = 'In Progress') = (worker IS NOT NULL)),
    CONSTRAINT jobs_due_until_finished CHECK ((due_at IS NULL) = (finished_at IS NOT NULL)),
    CONSTRAINT jobs_failed_for_a_reason CHECK ((state = 'Failed') = (error_code IS NOT NULL))
);
CREATE INDEX jobs_due ON jobs (due_at) WHERE finished_at IS NULL;
CREATE INDEX jobs_of_user ON jobs (user_id) WHERE finished_at IS NULL;
CREATE INDEX jobs_by_age ON jobs (created_at);

-- What this service has to say. A row is written in the transaction that made it true, and is
-- marked once the bus confirmed it; rows are pruned later. Ids commit out of order, so the relay
-- asks for what is unpublished and never for "after the last one".
CREATE TABLE outbox (
    id              bigserial PRIMARY KEY,
    message_id      uuid NOT NULL UNIQUE,
    routing_key     text NOT NULL,
    body            jsonb NOT NULL,
    traceparent     text,
    created_at      timestamptz NOT NULL,
    attempts        integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    published_at    timestamptz
);
CREATE INDEX outbox_pending ON outbox (next_attempt_at, id) WHERE published_at IS NULL;

-- What this service was told. A row is "handled" in the transaction of its effect, so that
-- hearing a thing twice does it once. The in-process bus also keeps here what waits.
CREATE TABLE inbox (
    consumer        text NOT NULL,
    message_id      uuid NOT NULL,
    routing_key     text NOT NULL,
    body            jsonb,
    traceparent     text,
    received_at     timestamptz NOT NULL,
    attempts        integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    handled_at      timestamptz,
    dead_at         timestamptz,
    last_error      text,
    PRIMARY KEY (consumer, message_id),
    CONSTRAINT inbox_not_handled_and_dead CHECK (handled_at IS NULL OR dead_at IS NULL)
);
CREATE INDEX inbox_waiting ON inbox (consumer, next_attempt_at)
    WHERE handled_at IS NULL AND dead_at IS NULL;

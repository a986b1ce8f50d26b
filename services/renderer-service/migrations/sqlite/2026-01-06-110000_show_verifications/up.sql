-- The page of a verification id shows its newest render, and why it does not count any more.
-- Of two renders with the same sequence the later one is the newer.
ALTER TABLE renders ADD COLUMN made_at text NOT NULL DEFAULT '1970-01-01T00:00:00.000000Z';
ALTER TABLE verifications ADD COLUMN withdrawn_reason text
    CHECK (length(withdrawn_reason) BETWEEN 1 AND 500);

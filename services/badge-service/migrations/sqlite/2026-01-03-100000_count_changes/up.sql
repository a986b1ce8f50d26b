-- How often something changed that public documents show: a process that keeps documents in memory
-- asks for these numbers, and so learns what another process changed. Objects fall into stripes by
-- the last byte of their id. A count rises in the transaction of the change, and its row is locked
-- until the commit; with one row for all, changes would wait for each other. Counts and no log of
-- changes: what commits late would stand in a log before what was read already.
CREATE TABLE change_counts (
    stripe  integer PRIMARY KEY NOT NULL CHECK (stripe BETWEEN 0 AND 255),
    changes integer NOT NULL CHECK (changes >= 0)
) STRICT;
WITH RECURSIVE stripes (stripe) AS (
    SELECT 0 UNION ALL SELECT stripe + 1 FROM stripes WHERE stripe < 255
)
INSERT INTO change_counts (stripe, changes) SELECT stripe, 0 FROM stripes;

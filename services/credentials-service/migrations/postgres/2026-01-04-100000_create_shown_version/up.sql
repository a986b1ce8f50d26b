-- Counts the changes of what certificates of a configuration show, so that every process can tell
-- whether what it remembers still holds.
CREATE TABLE shown_version (
    id      bigint PRIMARY KEY CHECK (id = 1),
    version bigint NOT NULL
);
INSERT INTO shown_version (id, version) VALUES (1, 0);

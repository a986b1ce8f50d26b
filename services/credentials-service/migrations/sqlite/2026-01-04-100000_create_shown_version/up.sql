-- Counts the changes of what certificates of a configuration show, so that every process can tell
-- whether what it remembers still holds.
CREATE TABLE shown_version (
    id      integer PRIMARY KEY NOT NULL CHECK (id = 1),
    version integer NOT NULL
) STRICT;
INSERT INTO shown_version (id, version) VALUES (1, 0);

-- The preview of a document is asked for when somebody first looks at it, and once.
ALTER TABLE documents ADD COLUMN preview_asked_at text;
ALTER TABLE documents ADD COLUMN preview_failure_code text;

ALTER TABLE documents DROP COLUMN preview_failure_code;
ALTER TABLE documents DROP COLUMN preview_asked_at;

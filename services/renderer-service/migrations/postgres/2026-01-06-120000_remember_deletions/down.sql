ALTER TABLE renders DROP COLUMN deleted_sequence;
ALTER TABLE renders DROP COLUMN was_made;

-- A deleted render that had files keeps its place among those of its verification id: while it is
-- the newest, nothing is shown, least of all an older one. What was only promised never had a place.
ALTER TABLE renders ADD COLUMN was_made integer NOT NULL DEFAULT 0 CHECK (was_made IN (0, 1));
-- The highest sequence of a job that was heard of the verification id when the render was deleted.
-- Only a job with a higher one makes it again: a delayed or repeated request does not.
ALTER TABLE renders ADD COLUMN deleted_sequence integer CHECK (deleted_sequence >= 0);

UPDATE renders SET was_made = 1
    WHERE deleted_at IS NOT NULL
        OR render_id IN (SELECT render_id FROM render_objects);
UPDATE renders SET deleted_sequence = COALESCE((
        SELECT awarded_sequence FROM verifications
        WHERE verifications.verify_id = renders.verify_id
    ), 0)
    WHERE deleted_at IS NOT NULL;

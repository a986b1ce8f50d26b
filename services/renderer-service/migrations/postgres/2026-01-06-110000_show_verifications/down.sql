ALTER TABLE verifications DROP COLUMN withdrawn_reason;
ALTER TABLE renders DROP COLUMN made_at;

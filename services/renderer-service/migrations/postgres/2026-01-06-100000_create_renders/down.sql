DROP TABLE accepted_renders;
DROP TABLE assets;
DROP TABLE render_objects;
DROP TABLE renders;
DROP TABLE verifications;

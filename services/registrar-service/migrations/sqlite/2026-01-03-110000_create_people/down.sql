DROP TABLE pending_memberships;
DROP TABLE user_permissions;
DROP TABLE memberships;
DROP TABLE group_flags;
DROP TABLE group_permissions;
DROP TABLE groups;
DROP TABLE users;

-- Who calls, and what they may. A group's grants follow from its role when they are asked for, so
-- that none can be stale. `address` is the e-mail address in lower case, to be found by.
CREATE TABLE users (
    id           text PRIMARY KEY NOT NULL,
    username     text NOT NULL UNIQUE CHECK (length(username) BETWEEN 1 AND 150),
    email        text NOT NULL,
    address      text NOT NULL,
    full_name    text,
    is_active    integer NOT NULL,
    is_staff     integer NOT NULL,
    is_superuser integer NOT NULL,
    created_at   text NOT NULL,
    modified_at  text NOT NULL
) STRICT;
CREATE INDEX users_by_address ON users (address);

CREATE TABLE groups (
    id                       text PRIMARY KEY NOT NULL,
    name                     text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 150),
    organization_id          text REFERENCES organizations (id) ON DELETE CASCADE,
    program_id               text REFERENCES programs (id) ON DELETE CASCADE,
    granting_organization_id text REFERENCES organizations (id) ON DELETE CASCADE,
    role                     text,
    created_at               text NOT NULL,
    modified_at              text NOT NULL,
    CONSTRAINT groups_on_one_thing CHECK (organization_id IS NULL OR program_id IS NULL),
    CONSTRAINT groups_with_a_role_on_something
        CHECK ((role IS NULL) = (organization_id IS NULL AND program_id IS NULL))
) STRICT;

-- Permissions that count everywhere.
CREATE TABLE group_permissions (
    group_id   text NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    permission text NOT NULL,
    PRIMARY KEY (group_id, permission)
) STRICT;

CREATE TABLE group_flags (
    group_id text NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    flag     text NOT NULL,
    PRIMARY KEY (group_id, flag)
) STRICT;
CREATE INDEX group_flags_by_flag ON group_flags (flag);

CREATE TABLE memberships (
    user_id  text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    group_id text NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, group_id)
) STRICT;

-- Grants to a person: on one organization, on one program, or with neither everywhere.
CREATE TABLE user_permissions (
    id              text PRIMARY KEY NOT NULL,
    user_id         text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    permission      text NOT NULL,
    organization_id text REFERENCES organizations (id) ON DELETE CASCADE,
    program_id      text REFERENCES programs (id) ON DELETE CASCADE,
    CONSTRAINT user_permissions_on_one_thing
        CHECK (organization_id IS NULL OR program_id IS NULL)
) STRICT;
CREATE INDEX user_permissions_of_user ON user_permissions (user_id);

-- Memberships that wait for whoever signs in with the address (in lower case).
CREATE TABLE pending_memberships (
    email      text NOT NULL,
    group_id   text NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    created_at text NOT NULL,
    PRIMARY KEY (email, group_id)
) STRICT;

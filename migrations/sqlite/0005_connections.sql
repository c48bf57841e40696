-- How databases are reached. Passwords are not here: the secret store keeps them.

CREATE TABLE connections (
    name       TEXT    NOT NULL PRIMARY KEY,
    definition TEXT    NOT NULL,                        -- JSON: host, port, database, user, TLS
    changed_at INTEGER NOT NULL
) STRICT;

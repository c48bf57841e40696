-- What became of a file when it was opened, so that opening it again need not read it again. A row is worth nothing
-- but time: it may be deleted at any moment.

CREATE TABLE opened_files (
    path       TEXT    NOT NULL,                        -- as resolved
    options    TEXT    NOT NULL,                        -- JSON: how it was to be read
    reader     TEXT    NOT NULL,                        -- which version of the program read it
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
    version    TEXT    NOT NULL,                        -- when and as what the system says it was last changed
    tables     TEXT    NOT NULL,                        -- JSON: what was found in it
    opened_at  INTEGER NOT NULL,
    PRIMARY KEY (path, options)
) STRICT;

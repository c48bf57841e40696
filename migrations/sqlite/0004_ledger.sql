-- What left this computer: a request is committed here before it is sent, its end after. Rows are only ever added; the
-- hashes chain them, so that a row changed, removed or moved outside the program is found.

CREATE TABLE ledger (
    seq       INTEGER NOT NULL PRIMARY KEY,
    at        INTEGER NOT NULL,
    run_id    TEXT,                                     -- stays when the run is deleted
    url       TEXT    NOT NULL,
    model     TEXT    NOT NULL,                         -- provider/name
    purpose   TEXT    NOT NULL,
    attempt   INTEGER NOT NULL,
    privacy   TEXT,
    shown     TEXT    NOT NULL,                         -- JSON: what of which dataset is in it
    body      BLOB    NOT NULL,                         -- the exact bytes, compressed with zstd
    body_bytes INTEGER NOT NULL,
    body_hash TEXT    NOT NULL,                         -- SHA-256 of the exact bytes
    hash      TEXT    NOT NULL                          -- SHA-256 of all of the above and the hash before
) STRICT;
CREATE INDEX ledger_by_run ON ledger (run_id);
CREATE INDEX ledger_by_time ON ledger (at);

CREATE TABLE ledger_outcomes (
    seq            INTEGER NOT NULL PRIMARY KEY REFERENCES ledger (seq),
    at             INTEGER NOT NULL,
    status         INTEGER,
    response_bytes INTEGER NOT NULL,
    response_hash  TEXT    NOT NULL,
    error          TEXT
) STRICT;

CREATE TRIGGER ledger_keeps BEFORE DELETE ON ledger BEGIN SELECT raise(ABORT, 'the ledger keeps what it holds'); END;
CREATE TRIGGER ledger_stays BEFORE UPDATE ON ledger BEGIN SELECT raise(ABORT, 'the ledger stays as it is'); END;
CREATE TRIGGER ledger_outcomes_keep BEFORE DELETE ON ledger_outcomes BEGIN
    SELECT raise(ABORT, 'the ledger keeps what it holds');
END;
CREATE TRIGGER ledger_outcomes_stay BEFORE UPDATE ON ledger_outcomes BEGIN
    SELECT raise(ABORT, 'the ledger stays as it is');
END;

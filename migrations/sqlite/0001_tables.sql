-- What Auto-Analyst remembers. Ids are UUIDs as text, times are milliseconds since 1970 in UTC, JSON is readable text.
-- A row that cannot live without another one goes with it (cascade); a row that is worth keeping loses the link (set null).

CREATE TABLE settings (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL                                 -- JSON
) STRICT;

CREATE TABLE datasets (
    id          TEXT    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL,
    path        TEXT    NOT NULL,
    file_name   TEXT    NOT NULL,
    format      TEXT    NOT NULL,                       -- JSON
    n_rows      INTEGER NOT NULL CHECK (n_rows >= 0),
    columns     TEXT    NOT NULL,                       -- JSON
    fingerprint TEXT    NOT NULL,
    warnings    TEXT    NOT NULL,                       -- JSON
    arrow_path  TEXT    NOT NULL,
    opened_at   INTEGER NOT NULL,
    removed_at  INTEGER                                 -- null while a person can see it
) STRICT;
CREATE INDEX datasets_by_opening ON datasets (opened_at, id) WHERE removed_at IS NULL;
CREATE INDEX datasets_by_content ON datasets (fingerprint, path, opened_at, id) WHERE removed_at IS NULL;

CREATE TABLE chats (
    id         TEXT    NOT NULL PRIMARY KEY,
    title      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX chats_by_update ON chats (updated_at, id);

CREATE TABLE chat_datasets (
    chat_id    TEXT    NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    dataset_id TEXT    NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,                        -- 0 is `df` in Python
    PRIMARY KEY (chat_id, dataset_id)
) STRICT;
CREATE INDEX chat_datasets_by_dataset ON chat_datasets (dataset_id);

CREATE TABLE runs (
    id          TEXT    NOT NULL PRIMARY KEY,
    chat_id     TEXT    NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL,
    question    TEXT    NOT NULL,
    model       TEXT    NOT NULL,
    privacy     TEXT    NOT NULL,
    status      TEXT    NOT NULL,
    error       TEXT,                                   -- JSON
    owner       TEXT    NOT NULL,                       -- the process at work, see owners/<id>.lock
    started_at  INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;
CREATE INDEX runs_by_chat ON runs (chat_id, started_at, id);
CREATE INDEX runs_at_work ON runs (owner) WHERE status = 'running';

CREATE TABLE run_events (
    run_id TEXT    NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    seq    INTEGER NOT NULL CHECK (seq > 0),
    at     INTEGER NOT NULL,
    kind   TEXT    NOT NULL,                            -- JSON, tagged by "type"
    PRIMARY KEY (run_id, seq)
) STRICT;

CREATE TABLE messages (
    number  INTEGER NOT NULL PRIMARY KEY,               -- what the search index points at; survives VACUUM
    id      TEXT    NOT NULL UNIQUE,
    chat_id TEXT    NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    role    TEXT    NOT NULL,
    text    TEXT    NOT NULL,
    run_id  TEXT    REFERENCES runs (id) ON DELETE SET NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_by_chat ON messages (chat_id, at, number);
CREATE INDEX messages_by_run ON messages (run_id);

-- One row per attempt at a cell.
CREATE TABLE executions (
    id                TEXT    NOT NULL PRIMARY KEY,
    run_id            TEXT    NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    cell_id           TEXT    NOT NULL,
    parent_id         TEXT    REFERENCES executions (id) ON DELETE SET NULL,  -- the attempt before
    attempt           INTEGER NOT NULL CHECK (attempt > 0),
    language          TEXT    NOT NULL,
    code              TEXT    NOT NULL,
    status            TEXT,                             -- null while it runs
    stdout            TEXT    NOT NULL DEFAULT '',
    stderr            TEXT    NOT NULL DEFAULT '',
    error             TEXT,                             -- JSON
    variables         TEXT    NOT NULL DEFAULT '[]',    -- JSON
    duration_ms       INTEGER,
    peak_memory_bytes INTEGER,
    started_at        INTEGER NOT NULL,
    finished_at       INTEGER
) STRICT;
CREATE INDEX executions_by_run ON executions (run_id, started_at, id);
CREATE INDEX executions_by_cell ON executions (cell_id, started_at, id);
CREATE INDEX executions_by_parent ON executions (parent_id);

CREATE TABLE artifacts (
    id           TEXT    NOT NULL PRIMARY KEY,
    execution_id TEXT    NOT NULL REFERENCES executions (id) ON DELETE CASCADE,
    position     INTEGER NOT NULL,                      -- in the order they were shown
    kind         TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    content      TEXT    NOT NULL                       -- JSON
) STRICT;
CREATE INDEX artifacts_by_execution ON artifacts (execution_id, position);

-- What was asked of models stays known, also when the chat is gone.
CREATE TABLE model_usage (
    number              INTEGER NOT NULL PRIMARY KEY,
    run_id              TEXT    REFERENCES runs (id) ON DELETE SET NULL,
    at                  INTEGER NOT NULL,
    purpose             TEXT    NOT NULL,
    model               TEXT    NOT NULL,               -- provider/name
    input_tokens        INTEGER NOT NULL,
    cached_input_tokens INTEGER NOT NULL,
    output_tokens       INTEGER NOT NULL,
    cost_usd            REAL,                           -- null when the price is unknown
    duration_ms         INTEGER NOT NULL,
    error               TEXT
) STRICT;
CREATE INDEX model_usage_by_run ON model_usage (run_id);
CREATE INDEX model_usage_by_model ON model_usage (model);

CREATE TABLE agent_templates (
    template_name   TEXT    NOT NULL PRIMARY KEY,
    display_name    TEXT    NOT NULL,
    description     TEXT    NOT NULL,
    category        TEXT    NOT NULL,
    variant_type    TEXT    NOT NULL,
    is_premium      INTEGER NOT NULL CHECK (is_premium IN (0, 1)),
    usage_count     INTEGER NOT NULL,                   -- before this installation
    icon_url        TEXT    NOT NULL,
    prompt_template TEXT    NOT NULL,
    source          TEXT    NOT NULL CHECK (source IN ('builtin', 'file', 'user')),
    checksum        TEXT    NOT NULL,                   -- SHA-256 over the template
    version         INTEGER NOT NULL,                   -- 1, then one more with every change
    enabled         INTEGER NOT NULL CHECK (enabled IN (0, 1)),  -- until a person decides
    active          INTEGER NOT NULL CHECK (active IN (0, 1)),   -- 0 once the catalogue leaves it out
    position        INTEGER NOT NULL                    -- in the catalogue's order
) STRICT;
CREATE INDEX agent_templates_by_position ON agent_templates (position, template_name) WHERE active = 1;

CREATE TABLE user_template_preferences (
    template_name TEXT    NOT NULL PRIMARY KEY REFERENCES agent_templates (template_name) ON DELETE CASCADE,
    enabled       INTEGER CHECK (enabled IN (0, 1)),    -- null until the person decides: using an agent is no decision
    usage_count   INTEGER NOT NULL DEFAULT 0,
    last_used_at  INTEGER
) STRICT;

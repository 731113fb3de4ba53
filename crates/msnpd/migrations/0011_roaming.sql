-- What roams with an account: its personal message and its pictures. Its name is the account's own. Times are seconds since
-- 1970.

-- Since when the account has its name; NULL: since it was made.
ALTER TABLE account ADD COLUMN name_changed INTEGER;

-- Who has no row has no message, and has changed nothing yet.
CREATE TABLE profile (
    account         INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    version         INTEGER NOT NULL,           -- grows with each change; 1 is that of who has no row
    modified        INTEGER NOT NULL,
    message         TEXT NOT NULL DEFAULT '',
    message_changed INTEGER,                    -- NULL: it was never set
    last_document   INTEGER NOT NULL DEFAULT 0  -- the greatest number that a document of his has had
) STRICT;

-- A picture and its thumbnail, both as this program has encoded them. It is among the owner's pictures, or the one that he
-- shows, or both; what is neither is removed. Whoever knows the key may have it: there is a new one for each new content.
CREATE TABLE document (
    owner    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    number   INTEGER NOT NULL CHECK (number > 0),
    key      BLOB NOT NULL UNIQUE CHECK (length(key) = 16),
    name     TEXT NOT NULL,
    in_tiles INTEGER NOT NULL CHECK (in_tiles IN (0, 1)),
    is_shown INTEGER NOT NULL CHECK (is_shown IN (0, 1)),
    modified INTEGER NOT NULL,
    version  INTEGER NOT NULL DEFAULT 1,
    picture  BLOB NOT NULL,
    small    BLOB NOT NULL,
    PRIMARY KEY (owner, number),
    CHECK (in_tiles = 1 OR is_shown = 1)
) STRICT;
CREATE UNIQUE INDEX document_shown ON document (owner) WHERE is_shown = 1;

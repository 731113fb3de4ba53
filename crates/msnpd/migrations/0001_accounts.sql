-- Accounts and what belongs to them. Times are seconds since 1970; a revision counts the stored changes of one
-- account, and a row carries the one that it was last changed at.

CREATE TABLE account (
    id                INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
    email             TEXT NOT NULL UNIQUE,              -- lower case
    name              TEXT,                              -- friendly name, plain text; NULL until one is set
    password_hash     TEXT NOT NULL,                     -- argon2id, PHC form
    sealed_password   BLOB,                              -- for MSNP2-7, sealed with a key that is not in here
    generation        INTEGER NOT NULL DEFAULT 1,
    disabled          INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    prompt            TEXT NOT NULL DEFAULT 'A' CHECK (prompt IN ('A', 'N')),
    privacy           TEXT NOT NULL DEFAULT 'AL' CHECK (privacy IN ('AL', 'BL')),
    created           INTEGER NOT NULL,
    -- From 1: a client says 0 for "nothing cached", which must never look up to date.
    revision          INTEGER NOT NULL DEFAULT 1,
    lists_revision    INTEGER NOT NULL DEFAULT 1,
    settings_revision INTEGER NOT NULL DEFAULT 1
) STRICT;

-- One row per person on any list of the owner. Allow (2) and block (4) exclude each other.
CREATE TABLE contact (
    owner    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    contact  INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    lists    INTEGER NOT NULL CHECK (lists BETWEEN 1 AND 31 AND lists & 6 <> 6),
    name     TEXT,
    guid     BLOB NOT NULL CHECK (length(guid) = 16),
    revision INTEGER NOT NULL,
    PRIMARY KEY (owner, contact)
) STRICT, WITHOUT ROWID;

-- Who has somebody on a list, for when that somebody is renamed or removed.
CREATE INDEX contact_of ON contact (contact);

-- Group 0, "Other Contacts", is nobody's row: it holds whoever is in no group.
CREATE TABLE contact_group (
    owner    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    number   INTEGER NOT NULL CHECK (number > 0),
    guid     BLOB NOT NULL CHECK (length(guid) = 16),
    name     TEXT NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (owner, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE membership (
    owner   INTEGER NOT NULL,
    contact INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    PRIMARY KEY (owner, contact, number),
    FOREIGN KEY (owner, contact) REFERENCES contact (owner, contact) ON DELETE CASCADE,
    FOREIGN KEY (owner, number) REFERENCES contact_group (owner, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE property (
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;

-- What an operator did, for the server that runs meanwhile. No foreign key: a removal outlives its account.
CREATE TABLE account_event (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

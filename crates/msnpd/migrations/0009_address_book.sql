-- The address book: the same rows that clients up to MSNP12 edit, and what only the web services know of them.
--
-- Somebody is in the book who is on the forward list, or who is kept in it without being a Messenger contact (in_book).
-- Never both: who is taken off the forward list by an older client leaves the book, and nobody has to remember why he was
-- in it. A row with neither list nor place in the book is none.

-- From which revision on it is known what was deleted. A client whose state is older has to read everything.
ALTER TABLE account ADD COLUMN deltas_from INTEGER NOT NULL DEFAULT 1;
UPDATE account SET deltas_from = revision;

-- Both tables are made anew, since no rows of contact with lists 0 were allowed before. Its memberships stand aside
-- meanwhile: with their contacts dropped they would go too.
CREATE TABLE membership_before (owner INTEGER NOT NULL, contact INTEGER NOT NULL, number INTEGER NOT NULL) STRICT;
INSERT INTO membership_before (owner, contact, number) SELECT owner, contact, number FROM membership;
DROP TABLE membership;

CREATE TABLE contact_after (
    owner           INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    contact         INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    lists           INTEGER NOT NULL CHECK (lists BETWEEN 0 AND 31 AND lists & 6 <> 6),
    in_book         INTEGER NOT NULL DEFAULT 0 CHECK (in_book IN (0, 1)),
    name            TEXT,             -- what the owner has for him; NULL: what he calls himself
    phone           TEXT,
    -- What he who is pending has written to be let in. Goes with the question.
    invite          TEXT,
    guid            BLOB NOT NULL CHECK (length(guid) = 16),
    in_other        INTEGER NOT NULL DEFAULT 0 CHECK (in_other IN (0, 1)),
    -- The last change of any kind; the last one that the book shows; the last one that the roles show, which are
    -- allow, block, reverse and pending.
    revision        INTEGER NOT NULL,
    book_revision   INTEGER NOT NULL,
    member_revision INTEGER NOT NULL,
    PRIMARY KEY (owner, contact),
    CHECK (lists <> 0 OR in_book = 1),
    CHECK (lists & 1 = 0 OR in_book = 0)
) STRICT, WITHOUT ROWID;
INSERT INTO contact_after
    (owner, contact, lists, name, phone, guid, in_other, revision, book_revision, member_revision)
    SELECT owner, contact, lists, name, phone, guid, in_other, revision, revision, revision FROM contact;
DROP TABLE contact;
ALTER TABLE contact_after RENAME TO contact;
CREATE INDEX contact_of ON contact (contact);

CREATE TABLE membership (
    owner   INTEGER NOT NULL,
    contact INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    PRIMARY KEY (owner, contact, number),
    FOREIGN KEY (owner, contact) REFERENCES contact (owner, contact) ON DELETE CASCADE,
    FOREIGN KEY (owner, number) REFERENCES contact_group (owner, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO membership (owner, contact, number) SELECT owner, contact, number FROM membership_before;
DROP TABLE membership_before;

-- The same for those who have no account here. The number tells the owner's apart, for the web services, whose
-- members have numbers; it is from 1 on and never used twice.
ALTER TABLE account ADD COLUMN last_outside INTEGER NOT NULL DEFAULT 0;
CREATE TABLE outside_membership_before (owner INTEGER NOT NULL, guid BLOB NOT NULL, number INTEGER NOT NULL) STRICT;
INSERT INTO outside_membership_before (owner, guid, number) SELECT owner, guid, number FROM outside_membership;
DROP TABLE outside_membership;

CREATE TABLE outside_contact_after (
    owner           INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    guid            BLOB NOT NULL CHECK (length(guid) = 16),
    number          INTEGER NOT NULL CHECK (number > 0),
    network         INTEGER NOT NULL CHECK (network BETWEEN 0 AND 255 AND network <> 1),
    address         TEXT NOT NULL,
    lists           INTEGER NOT NULL CHECK (lists BETWEEN 0 AND 31 AND lists & 6 <> 6),
    in_book         INTEGER NOT NULL DEFAULT 0 CHECK (in_book IN (0, 1)),
    name            TEXT,
    phone           TEXT,
    revision        INTEGER NOT NULL,
    book_revision   INTEGER NOT NULL,
    member_revision INTEGER NOT NULL,
    PRIMARY KEY (owner, guid),
    UNIQUE (owner, number),
    CHECK (lists <> 0 OR in_book = 1),
    CHECK (lists & 1 = 0 OR in_book = 0)
) STRICT, WITHOUT ROWID;
INSERT INTO outside_contact_after
    (owner, guid, number, network, address, lists, in_book, name, phone, revision, book_revision, member_revision)
    SELECT owner, guid, row_number() OVER (PARTITION BY owner ORDER BY guid), network, address, lists,
        CASE WHEN lists = 0 THEN 1 ELSE 0 END, name, phone, revision, revision, revision
    FROM outside_contact;
DROP TABLE outside_contact;
ALTER TABLE outside_contact_after RENAME TO outside_contact;
CREATE UNIQUE INDEX outside_contact_address ON outside_contact (owner, network, address) WHERE address <> '';
UPDATE account SET last_outside = (SELECT count(*) FROM outside_contact WHERE owner = account.id);

CREATE TABLE outside_membership (
    owner  INTEGER NOT NULL,
    guid   BLOB NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (owner, guid, number),
    FOREIGN KEY (owner, guid) REFERENCES outside_contact (owner, guid) ON DELETE CASCADE,
    FOREIGN KEY (owner, number) REFERENCES contact_group (owner, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO outside_membership (owner, guid, number) SELECT owner, guid, number FROM outside_membership_before;
DROP TABLE outside_membership_before;

-- What else the owner has noted of a contact, of a group or of himself, by what the web services name it by.
CREATE TABLE detail (
    owner INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (owner, entry, name)
) STRICT, WITHOUT ROWID;

-- What was deleted, at which revision and when (seconds since 1970), for clients that ask what has changed.
CREATE TABLE deleted_entry (
    owner    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    guid     BLOB NOT NULL CHECK (length(guid) = 16),
    is_group INTEGER NOT NULL CHECK (is_group IN (0, 1)),
    revision INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (owner, guid)
) STRICT, WITHOUT ROWID;
CREATE INDEX deleted_entry_order ON deleted_entry (owner, revision);

-- A member of a role. The member is his number with that role in it, as clients are told it; network 1 is our own.
CREATE TABLE deleted_member (
    owner    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    member   INTEGER NOT NULL,
    guid     BLOB NOT NULL CHECK (length(guid) = 16),
    network  INTEGER NOT NULL,
    address  TEXT NOT NULL,
    revision INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (owner, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX deleted_member_order ON deleted_member (owner, revision);

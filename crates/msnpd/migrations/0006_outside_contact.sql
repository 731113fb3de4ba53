-- Contacts of the owner's who have no account here: telephone numbers, later addresses of other networks and entries of
-- the address book. The network is a bit as in LST of MSNP12 (4 is telephone), never the service's own. An entry that no
-- list needs has lists 0. An address may be empty, but none is there twice. The name is what the owner has for them.
CREATE TABLE outside_contact (
    owner    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    guid     BLOB NOT NULL CHECK (length(guid) = 16),
    network  INTEGER NOT NULL CHECK (network BETWEEN 0 AND 255 AND network <> 1),
    address  TEXT NOT NULL,
    lists    INTEGER NOT NULL CHECK (lists BETWEEN 0 AND 31 AND lists & 6 <> 6),
    name     TEXT,
    revision INTEGER NOT NULL,
    PRIMARY KEY (owner, guid)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX outside_contact_address ON outside_contact (owner, network, address) WHERE address <> '';

CREATE TABLE outside_membership (
    owner  INTEGER NOT NULL,
    guid   BLOB NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (owner, guid, number),
    FOREIGN KEY (owner, guid) REFERENCES outside_contact (owner, guid) ON DELETE CASCADE,
    FOREIGN KEY (owner, number) REFERENCES contact_group (owner, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

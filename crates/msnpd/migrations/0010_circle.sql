-- Circles: groups of people that have an address book and a chat of their own.

CREATE TABLE circle (
    id          INTEGER PRIMARY KEY CHECK (id BETWEEN 0 AND 281474976710655), -- 48 bits, made at random
    name        TEXT NOT NULL,
    created     INTEGER NOT NULL,           -- seconds since 1970
    -- Counts the changes of what its members see of it; from which one on it is known who has left.
    revision    INTEGER NOT NULL DEFAULT 1,
    deltas_from INTEGER NOT NULL DEFAULT 1
) STRICT;

-- Who is in a circle, is invited to it, or was.
CREATE TABLE circle_member (
    circle          INTEGER NOT NULL REFERENCES circle (id) ON DELETE CASCADE,
    account         INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    guid            BLOB NOT NULL CHECK (length(guid) = 16), -- what he is named by in the circle's book
    role            INTEGER NOT NULL CHECK (role BETWEEN 1 AND 3),  -- admin, assistant admin, member
    -- Named only, so far; invited; has left; is in it; has declined.
    state           INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
    -- Invited by somebody who may not reach him: he does not get to know, and they don't that he does not.
    unseen          INTEGER NOT NULL DEFAULT 0 CHECK (unseen IN (0, 1)),
    blocked         INTEGER NOT NULL DEFAULT 0 CHECK (blocked IN (0, 1)),
    inviter         INTEGER REFERENCES account (id) ON DELETE SET NULL,
    message         TEXT,                   -- what was written to him with the invitation
    at              INTEGER NOT NULL,       -- when the state was last changed, in seconds since 1970
    joined          INTEGER NOT NULL DEFAULT 0, -- the circle's revision when he came into it
    -- The circle's revision when what others see of him was last changed.
    revision        INTEGER NOT NULL,
    -- The account's own revisions when what his book has of the circle was last changed, and whether he has blocked it.
    book_revision   INTEGER NOT NULL DEFAULT 0,
    member_revision INTEGER NOT NULL DEFAULT 0,
    -- What tells it apart from the account's other members of roles, as outside_contact.number does.
    number          INTEGER NOT NULL CHECK (number > 0),
    PRIMARY KEY (circle, account)
) STRICT, WITHOUT ROWID;

CREATE INDEX circle_member_of ON circle_member (account, state);
CREATE INDEX circle_member_inviter ON circle_member (inviter) WHERE inviter IS NOT NULL;

-- What was said to people who were away, until they have it.
CREATE TABLE offline_message (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT, -- the order in which they came; never used twice
    guid        BLOB NOT NULL UNIQUE CHECK (length(guid) = 16), -- what a client names it by
    receiver    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    sender      INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    sender_name TEXT NOT NULL,                     -- what he called himself then
    sent        INTEGER NOT NULL,                  -- seconds since 1970
    -- A conversation, and the place in it, from 1 on: what clients of the web services put messages in order by.
    run         BLOB NOT NULL CHECK (length(run) = 16),
    number      INTEGER NOT NULL CHECK (number > 0),
    size        INTEGER NOT NULL,                  -- of the payload, in bytes
    -- The MIME message as a switchboard would pass it on: 8 bit, headers and all. NULL: what somebody said who is
    -- blocked. It is dropped, but counts for him as if it waited, or he could tell by when he is told that it is enough.
    payload     BLOB
) STRICT;

CREATE INDEX offline_message_of ON offline_message (receiver, sender, seq);
CREATE INDEX offline_message_sent ON offline_message (sent);

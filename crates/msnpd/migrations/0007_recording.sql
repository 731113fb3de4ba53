-- Whose connections are to be recorded, and until when, in seconds since 1970: kept, so that a restart ends no recording.
CREATE TABLE recording (
    account INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    until   INTEGER NOT NULL
) STRICT;

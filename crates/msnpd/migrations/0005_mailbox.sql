-- How much unread mail the operator's mail server has told of. Who has no row has none.
CREATE TABLE mailbox (
    account        INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    inbox_unread   INTEGER NOT NULL CHECK (inbox_unread BETWEEN 0 AND 4294967295),
    folders_unread INTEGER NOT NULL CHECK (folders_unread BETWEEN 0 AND 4294967295)
) STRICT;

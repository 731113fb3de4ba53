-- What an operator asks of the server that runs: one JSON object each, which names what it is.
CREATE TABLE operator_order (
    seq  INTEGER PRIMARY KEY AUTOINCREMENT,
    what TEXT NOT NULL,
    at   INTEGER NOT NULL
) STRICT;

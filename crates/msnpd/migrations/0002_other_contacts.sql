-- Group 0 is "Other Contacts". Who is in no group is in it without a word; this says that somebody is in it beside the
-- groups he is in, as clients with numbered groups may have it.
ALTER TABLE contact ADD COLUMN in_other INTEGER NOT NULL DEFAULT 0 CHECK (in_other IN (0, 1));

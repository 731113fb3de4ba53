-- The mobile number that the owner has for a contact, where he has given one.
ALTER TABLE contact ADD COLUMN phone TEXT;
ALTER TABLE outside_contact ADD COLUMN phone TEXT;

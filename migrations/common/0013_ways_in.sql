-- What the codes of second factors are made of is sealed with the server's key. What was stored
-- before stays readable until `concord keys seal`.

-- The name of the server's key that seals it; none for what stands in the clear.
ALTER TABLE second_factors ADD COLUMN server_key TEXT;

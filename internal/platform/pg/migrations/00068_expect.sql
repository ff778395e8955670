-- +goose Up
-- Says, in the middle of a batch that goes on to COMMIT, that the statement before found
-- its row: otherwise nothing of the transaction is kept, and it may be tried again.
-- +goose StatementBegin
CREATE FUNCTION expect_one(n bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	IF n <> 1 THEN
		RAISE EXCEPTION 'the row has changed meanwhile' USING ERRCODE = 'serialization_failure';
	END IF;
	RETURN true;
END $$;
-- +goose StatementEnd

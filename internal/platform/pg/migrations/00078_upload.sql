-- +goose Up
-- Uploads that come in pieces: a file is there once its whole content is, and knows its hash only then.

ALTER TABLE file ALTER COLUMN sha256 DROP NOT NULL;
ALTER TABLE file ADD COLUMN uploading_at timestamptz; -- when its last piece came; NULL: it is whole
ALTER TABLE file ADD CONSTRAINT file_whole CHECK ((uploading_at IS NULL) = (sha256 IS NOT NULL));
CREATE INDEX file_uploading ON file (uploading_at) WHERE uploading_at IS NOT NULL;

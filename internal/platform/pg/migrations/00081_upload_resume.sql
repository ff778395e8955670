-- +goose Up
-- An upload whose sender says what it is to become goes on where it broke off.

ALTER TABLE file ADD COLUMN announced bytea CHECK (length(announced) = 32); -- of an upload: the hash that it is to have; NULL: nobody said, or it is whole
ALTER TABLE file ADD COLUMN received  bigint  NOT NULL DEFAULT 0;           -- of an upload: bytes that are here
ALTER TABLE file ADD COLUMN hashing   bytea;                                -- of an upload: the hash so far, as Go's crypto/sha256 writes it
ALTER TABLE file ADD COLUMN turn      integer NOT NULL DEFAULT 0;           -- of an upload: which connection sends it; those before write no more
ALTER TABLE file ADD COLUMN broken    boolean NOT NULL DEFAULT false;       -- of an upload: its connection is known to have ended early
CREATE INDEX file_announced ON file (project_id, owner_id, announced) WHERE announced IS NOT NULL;

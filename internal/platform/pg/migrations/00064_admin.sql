-- +goose Up
-- What operators look after.

-- The audit trail is read by organization, by request, and by command.
CREATE INDEX audit_organization ON audit (organization_id, id);
CREATE INDEX audit_correlation ON audit (correlation_id, id);

-- +goose Up
-- Limits of one user within one organization, which its administrators set. The same
-- user has one in each organization, so a value's place is named with it. Replicas of
-- the version before read such rows and find nobody whose they are.

ALTER TABLE limit_value DROP CONSTRAINT limit_value_scope_check;
ALTER TABLE limit_value ADD CONSTRAINT limit_value_scope_check
	CHECK (scope IN ('global', 'organization', 'unit', 'project', 'member', 'user'));
ALTER TABLE limit_value ADD CONSTRAINT limit_value_member CHECK (scope <> 'member' OR organization_id IS NOT NULL);
ALTER TABLE limit_value DROP CONSTRAINT limit_value_name_scope_scope_id_key;
ALTER TABLE limit_value ADD CONSTRAINT limit_value_place UNIQUE NULLS NOT DISTINCT (name, scope, scope_id, organization_id);

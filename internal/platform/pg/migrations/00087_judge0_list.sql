-- +goose Up
-- Judge0's API lists a project's submissions, newest first.
CREATE INDEX judge0_submission_project ON judge0_submission (project_id, execution_id DESC);

-- +goose Up
-- What an operator looks for over all projects: runs that ended as few do. Those under
-- way have indexes of their own, and the rest is found from the newest on. Runs that end
-- as most do write nothing here.
CREATE INDEX execution_unusual ON execution (status, id DESC) WHERE status IN ('timed_out', 'cancelled', 'error');

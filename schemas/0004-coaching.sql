-- The bare film first, and pictures in a report that both want clear.

ALTER TABLE release ADD COLUMN taps INTEGER NOT NULL DEFAULT 1; -- 0: the film without the coach's observations

-- Who agreed that the still picture of a moment stands in the report as it is,
-- and not softened. Clear needs both sides.
CREATE TABLE report_clear (
  visit TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,
  moment TEXT NOT NULL,          -- moment.id
  from_ns BIGINT NOT NULL,       -- the moment's when it was agreed: for any other time it does not count
  to_ns BIGINT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('coach', 'teacher')),
  person TEXT NOT NULL REFERENCES person (id),
  at_wall BIGINT NOT NULL,
  PRIMARY KEY (visit, moment, side)
);

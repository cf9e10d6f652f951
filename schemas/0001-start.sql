-- What people made: visits, recordings, observations, clips, settings.
-- Nothing that can be computed from something else stands here (see cache.sql).
--
-- Columns ending in _ns are nanoseconds on the visit's timeline; columns ending
-- in _wall are nanoseconds since 1970-01-01 UTC. Ids are UUIDs in lower case.

CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY, -- as in the API: "language"
  value TEXT NOT NULL             -- its text
);

CREATE TABLE instrument (
  id TEXT NOT NULL,         -- the instrument's own id: "snelle-start"
  version BIGINT NOT NULL,  -- its version
  json TEXT NOT NULL,       -- the whole instrument as it was when a visit first used this version
  PRIMARY KEY (id, version)
);

CREATE TABLE visit (
  id TEXT NOT NULL PRIMARY KEY,
  title TEXT NOT NULL,          -- may be empty
  teacher TEXT NOT NULL,        -- name of the teacher, may be empty
  group_name TEXT NOT NULL,     -- "groep 5", may be empty
  subject TEXT NOT NULL,        -- what the lesson is about, may be empty
  focus TEXT NOT NULL,          -- kijkvraag, may be empty
  note TEXT NOT NULL,           -- free text, may be empty
  planned_wall BIGINT,          -- when the lesson is planned
  created_wall BIGINT NOT NULL, -- when the visit was made here
  started_wall BIGINT,          -- zero of the timeline; null before observing or recording starts, never changes after
  ended_wall BIGINT             -- end of the lesson; null until then
);

CREATE INDEX visit_newest ON visit (coalesce(started_wall, planned_wall, created_wall), id);

CREATE TABLE visit_instrument (
  visit TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,  -- order on screen, from 0
  instrument TEXT NOT NULL,   -- instrument.id
  version BIGINT NOT NULL,    -- instrument.version: a visit keeps the one it began with
  PRIMARY KEY (visit, instrument),
  FOREIGN KEY (instrument, version) REFERENCES instrument (id, version)
);

CREATE TABLE visit_source (
  visit TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- order on screen, from 0
  uri TEXT NOT NULL,         -- "v4l2:/dev/video0", "rtsp://…"
  kind TEXT NOT NULL CHECK (kind IN ('video', 'audio')),
  name TEXT NOT NULL,        -- for people, may be empty
  delay_ns BIGINT NOT NULL,  -- how much later than real the source delivers
  PRIMARY KEY (visit, position)
);

CREATE TABLE track (
  id TEXT NOT NULL PRIMARY KEY,
  visit TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('video', 'audio')),
  name TEXT NOT NULL,             -- for people, may be empty
  uri TEXT NOT NULL,              -- the source it is recorded from
  delay_ns BIGINT NOT NULL,       -- the source's own delay as a person set it
  delay_estimate_ns BIGINT,       -- the same as measured; null when unknown
  segments INTEGER NOT NULL,      -- how many segment numbers were given out
  UNIQUE (visit, kind, uri)
);

CREATE TABLE segment (
  track TEXT NOT NULL REFERENCES track (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,   -- 1, 2, 3… within the track
  start_ns BIGINT NOT NULL,  -- where the first sample lies
  duration_ns BIGINT,        -- null while it is recorded, or when it was broken off and is not repaired yet
  note TEXT,                 -- what a repair found; null after an ordinary end
  PRIMARY KEY (track, number)
);

CREATE INDEX segment_open ON segment (track) WHERE duration_ns IS NULL;

CREATE TABLE segment_file (
  track TEXT NOT NULL,
  number INTEGER NOT NULL, -- segment.number
  name TEXT NOT NULL,      -- in the visit's media folder: "TRACK-1.mp4"
  PRIMARY KEY (track, number, name),
  FOREIGN KEY (track, number) REFERENCES segment (track, number) ON DELETE CASCADE
);

CREATE TABLE journal (
  visit TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,
  seq BIGINT NOT NULL,          -- rises by one within the visit
  id TEXT NOT NULL UNIQUE,      -- the operation's id, made by the client
  target TEXT NOT NULL CHECK (target IN ('observation', 'clip')),
  target_id TEXT NOT NULL,      -- observation.id or clip.id
  action TEXT NOT NULL CHECK (action IN ('add', 'change', 'remove', 'undo')),
  of_id TEXT,                   -- undo: the id of the operation undone, else null
  author TEXT NOT NULL,         -- the person's name; "terugblik" for the program itself
  device TEXT NOT NULL,         -- the browser it came from
  made_wall BIGINT,             -- by the client's clock; null when it did not say
  at_wall BIGINT NOT NULL,      -- when it was applied, by the server's clock
  fields TEXT,                  -- JSON as the client gave it; null for remove and undo
  before_values TEXT NOT NULL,  -- JSON: the fields it set, as they were; times in nanoseconds
  after_values TEXT NOT NULL,   -- JSON: the same fields as it set them
  undone INTEGER NOT NULL,      -- 1 when a live undo names it; the one column that changes later
  PRIMARY KEY (visit, seq)
);

CREATE INDEX journal_target ON journal (target_id, seq);
CREATE INDEX journal_author ON journal (visit, author, device, seq);

-- Observations and clips as the journal's operations have left them.
CREATE TABLE observation (
  id TEXT NOT NULL PRIMARY KEY,
  visit TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,
  instrument TEXT,                -- instrument.id in the version of the visit; null for a moment without a code
  code TEXT,                      -- a code of that instrument; null for a moment without a code
  kind TEXT NOT NULL,             -- "point" or "state"
  at_ns BIGINT NOT NULL,          -- where it is, or begins
  until_ns BIGINT,                -- end of a state; null while open, and for a point
  lead_ns BIGINT NOT NULL,        -- how long before it its clip begins
  lag_ns BIGINT NOT NULL,         -- how long after it its clip ends
  subject TEXT,                   -- whom it is about; null when not said
  note TEXT NOT NULL,             -- may be empty
  valence TEXT NOT NULL,          -- "sterk", "aandacht" or "neutraal"
  observer TEXT NOT NULL,         -- who saw it
  tapped_wall BIGINT,             -- when it was tapped; null when added at a desk; never changes
  tapped_ns BIGINT,               -- the tap on the timeline as mapped then; never changes
  uncertainty_ns BIGINT NOT NULL, -- how far that mapping may be off
  closed_by TEXT,                 -- "end" when the end of the lesson closed the state
  removed INTEGER NOT NULL        -- 1 when removed: not shown, can come back
);

CREATE INDEX observation_time ON observation (visit, at_ns);

CREATE TABLE clip (
  id TEXT NOT NULL PRIMARY KEY,
  visit TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,
  from_ns BIGINT NOT NULL,
  to_ns BIGINT NOT NULL,   -- after from_ns
  title TEXT NOT NULL,     -- may be empty
  note TEXT NOT NULL,      -- may be empty
  observation TEXT,        -- the observation it was made from; may still be on its way, so not enforced
  camera TEXT,             -- track to look at; null for any
  removed INTEGER NOT NULL -- 1 when removed: not shown, can come back
);

CREATE INDEX clip_time ON clip (visit, from_ns);

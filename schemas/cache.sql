-- cache.db: what can be computed again from the recordings. The whole file may
-- be deleted at any time. A change here raises CACHE_VERSION in
-- src/store/cache.c; a file of another version is thrown away.

CREATE TABLE file (
  visit TEXT NOT NULL,        -- visit.id
  name TEXT NOT NULL,         -- file in the visit's media folder
  init TEXT,                  -- JSON of the reader's own making; null when unknown
  scanned_to BIGINT NOT NULL, -- bytes of the file that were read
  PRIMARY KEY (visit, name)
);

CREATE TABLE fragment (
  visit TEXT NOT NULL,
  name TEXT NOT NULL,          -- file.name
  number INTEGER NOT NULL,     -- from 0
  time_ns BIGINT NOT NULL,     -- in the file; 0 is its first sample
  duration_ns BIGINT NOT NULL,
  offset_bytes BIGINT NOT NULL,
  size_bytes BIGINT NOT NULL,
  key_frame INTEGER NOT NULL,  -- 1 when it starts with a key frame
  PRIMARY KEY (visit, name, number)
);

CREATE TABLE peaks (
  visit TEXT NOT NULL,
  track TEXT NOT NULL,     -- track.id
  segment INTEGER NOT NULL, -- segment.number
  data BLOB NOT NULL,      -- in the form of its maker
  PRIMARY KEY (visit, track, segment)
);

-- What observations say, to be searched (src/store/search.h).
CREATE TABLE searched_visit (
  number INTEGER PRIMARY KEY,
  visit TEXT NOT NULL UNIQUE, -- visit.id
  coach TEXT,                 -- visit.coach when it was indexed
  seq BIGINT NOT NULL,        -- how much of its journal is in
  operation TEXT              -- journal.id of that number; null without
);

CREATE TABLE searched (
  place INTEGER PRIMARY KEY,        -- wall time of the observation: milliseconds × 64 + a free number; so the newest is last
  observation TEXT NOT NULL UNIQUE, -- observation.id
  visit INTEGER NOT NULL,           -- searched_visit.number
  words TEXT NOT NULL               -- folded, apart by spaces; what begins with “_” nobody can type
);

CREATE INDEX searched_of_visit ON searched (visit);

CREATE TABLE search_word (word TEXT PRIMARY KEY) WITHOUT ROWID; -- every word that ever occurred

CREATE VIRTUAL TABLE search_index USING fts5 (
  words, content = 'searched', content_rowid = 'place', detail = none, columnsize = 0, prefix = '1 2 3 4 5',
  tokenize = "ascii tokenchars '_'"
);

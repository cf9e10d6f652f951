-- Kijkwijzers of the school's own, several observers of one visit, and what an observation can say beside its place.
--
-- Columns ending in _wall are nanoseconds since 1970-01-01 UTC.

ALTER TABLE observation ADD COLUMN modifiers TEXT; -- JSON object: modifier -> choice, list of choices or number; null without
ALTER TABLE observation ADD COLUMN rating BIGINT;  -- kind "rating": a step of the scale; null there is "does not apply"
ALTER TABLE observation ADD COLUMN evidence TEXT;  -- kind "rating": JSON array of ids of observations and clips; null without

-- A version that has been published is never changed; of one instrument at most one version is a draft.
CREATE TABLE own_instrument (
  id TEXT NOT NULL,
  version BIGINT NOT NULL,
  json TEXT NOT NULL,        -- the whole instrument; of a draft as it was left, also when it is not yet right
  revision BIGINT NOT NULL,  -- goes up with each saving of a draft
  made_by TEXT,              -- person.id of who saved it last; null for the program
  made_wall BIGINT NOT NULL, -- when it was saved last
  published_wall BIGINT,     -- null: a draft
  PRIMARY KEY (id, version)
);

-- Instruments that are not offered for new visits any more, bundled ones too.
CREATE TABLE retired_instrument (
  id TEXT NOT NULL PRIMARY KEY,
  retired_wall BIGINT NOT NULL
);

-- Who taps on a visit beside its coach.
CREATE TABLE visit_observer (
  visit TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,
  person TEXT NOT NULL REFERENCES person (id),
  added_wall BIGINT NOT NULL,
  done_wall BIGINT, -- has said that the own layer is complete; null until then
  PRIMARY KEY (visit, person)
);

CREATE INDEX visit_observer_person ON visit_observer (person);

-- The layers of a visit: who observes does not see the others' until it is opened.
CREATE TABLE visit_layers (
  visit TEXT NOT NULL PRIMARY KEY REFERENCES visit (id) ON DELETE CASCADE,
  blind INTEGER NOT NULL,  -- 1: nobody sees another's layer before it is opened
  coach_done_wall BIGINT,  -- the coach's own layer is complete
  opened_wall BIGINT       -- when all were done, or the coach opened it; never undone
);

-- Under which name somebody taps on a visit. It stays when they are renamed, and when they no longer observe: the
-- observations and the journal say it. Without a row it is the name they have now.
CREATE TABLE observer_name (
  visit TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,
  person TEXT NOT NULL REFERENCES person (id),
  name TEXT NOT NULL,
  beside INTEGER NOT NULL, -- 1: observes, or observed, beside the coach
  PRIMARY KEY (visit, person),
  UNIQUE (visit, name)
);

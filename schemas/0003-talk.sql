-- The talk afterwards: trajectories, moments chosen, the talk itself, what was
-- agreed, comments, reports, and the passing on of a trajectory. For coaching
-- only: nothing here is ever read for the sake of anybody but coach and teacher.
--
-- Columns ending in _ns are nanoseconds on the visit's timeline, those ending in
-- _wall nanoseconds since 1970-01-01 UTC; ids are UUIDs. "side" is on whose side
-- of the visit somebody stands: the coach's or the teacher's.

CREATE TABLE trajectory (
  id TEXT NOT NULL PRIMARY KEY,
  coach TEXT NOT NULL REFERENCES person (id),
  teacher_person TEXT REFERENCES person (id), -- the teacher's account; null when there is none
  teacher TEXT NOT NULL,         -- the teacher's name
  question TEXT NOT NULL,        -- leervraag, may be empty
  origin TEXT NOT NULL CHECK (origin IN ('request', 'invitation')), -- the teacher's hulpvraag, or the coach's invitation
  film_first INTEGER NOT NULL,   -- 1: the teacher may get the bare film before the coach's taps
  created_wall BIGINT NOT NULL,
  changed_wall BIGINT NOT NULL,
  closed_wall BIGINT,            -- from then on nothing of it changes
  closed_by TEXT REFERENCES person (id),
  closing_note TEXT NOT NULL,    -- may be empty
  kept TEXT                      -- JSON: what is kept after closing (store/trajectory.h); null while open
);

CREATE INDEX trajectory_coach ON trajectory (coach);
CREATE INDEX trajectory_teacher ON trajectory (teacher_person);

ALTER TABLE visit ADD COLUMN trajectory TEXT REFERENCES trajectory (id); -- null: of none

CREATE INDEX visit_trajectory ON visit (trajectory);

CREATE TABLE moment (
  id TEXT NOT NULL PRIMARY KEY,
  visit TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,
  person TEXT NOT NULL REFERENCES person (id), -- who chose it
  side TEXT NOT NULL CHECK (side IN ('coach', 'teacher')),
  from_ns BIGINT NOT NULL,
  to_ns BIGINT NOT NULL,         -- after from_ns
  title TEXT NOT NULL,           -- may be empty
  kind TEXT NOT NULL CHECK (kind IN ('pride', 'improve', 'other')),
  line TEXT NOT NULL,            -- a line in the own words of who chose it, may be empty
  clip TEXT,                     -- clip.id it came from; not enforced, a clip may be on its way
  observation TEXT,              -- observation.id it came from; the same
  sight TEXT NOT NULL CHECK (sight IN ('now', 'talk')), -- whether the other side sees it now or only in the talk
  position INTEGER NOT NULL,     -- order in the list of its side, from 0
  created_wall BIGINT NOT NULL,
  changed_wall BIGINT NOT NULL,
  removed_wall BIGINT
);

CREATE INDEX moment_visit ON moment (visit, side, position);

-- The talk (nabespreking) about one visit. No row: nobody has been ready yet.
CREATE TABLE talk (
  visit TEXT NOT NULL PRIMARY KEY REFERENCES visit (id) ON DELETE CASCADE,
  coach_ready_wall BIGINT,       -- the coach has chosen
  teacher_ready_wall BIGINT,
  revealed_wall BIGINT,          -- since when each side sees the other's moments; never undone
  together INTEGER NOT NULL,     -- 1: revealed because both said so in the room
  started_wall BIGINT,
  ended_wall BIGINT,             -- null while it goes on, also when it was taken up again
  state TEXT NOT NULL,           -- JSON: what is on the screen (store/talk.h)
  state_seq BIGINT NOT NULL,     -- rises by one with each change of state
  state_wall BIGINT              -- when it was changed; null: never
);

-- The one list that both lists became when they were shown.
CREATE TABLE talk_item (
  id TEXT NOT NULL PRIMARY KEY,
  visit TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,     -- from 0
  coach_moment TEXT REFERENCES moment (id) ON DELETE SET NULL,   -- one of the two, or both where they overlap
  teacher_moment TEXT REFERENCES moment (id) ON DELETE SET NULL,
  question TEXT NOT NULL,        -- the question asked with it, may be empty
  notes TEXT NOT NULL,           -- notes both see, may be empty
  skipped INTEGER NOT NULL,      -- 1: left out of the talk, stays in the list
  changed_wall BIGINT NOT NULL
);

CREATE INDEX talk_item_visit ON talk_item (visit, position);

-- What somebody notes for himself only.
CREATE TABLE talk_note (
  item TEXT NOT NULL REFERENCES talk_item (id) ON DELETE CASCADE,
  person TEXT NOT NULL REFERENCES person (id),
  text TEXT NOT NULL,
  PRIMARY KEY (item, person)
);

CREATE TABLE agreement (
  id TEXT NOT NULL PRIMARY KEY,
  visit TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE, -- the visit talked about
  trajectory TEXT REFERENCES trajectory (id),                  -- that of the visit
  text TEXT NOT NULL,            -- in the words of the teacher
  who_person TEXT REFERENCES person (id), -- who does it; null: who_name says
  who_name TEXT NOT NULL,        -- may be empty
  due_wall BIGINT,
  codes TEXT,                    -- JSON: the codes to look at next time, ["instrument/code", …]; null: none
  outcome TEXT CHECK (outcome IN ('kept', 'partly', 'not')), -- null: not known yet
  outcome_note TEXT NOT NULL,    -- may be empty
  outcome_wall BIGINT,
  became_visit TEXT REFERENCES visit (id) ON DELETE SET NULL, -- the visit whose kijkvraag it became
  by_person TEXT NOT NULL REFERENCES person (id), -- who wrote it down
  kept_from_coach INTEGER NOT NULL, -- 1: not handed over with the trajectory; only the teacher sees it
  created_wall BIGINT NOT NULL,
  changed_wall BIGINT NOT NULL,
  removed_wall BIGINT
);

CREATE INDEX agreement_visit ON agreement (visit, created_wall);
CREATE INDEX agreement_trajectory ON agreement (trajectory, created_wall);

CREATE TABLE comment (
  id TEXT NOT NULL PRIMARY KEY,
  visit TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,
  at_ns BIGINT NOT NULL,
  until_ns BIGINT,               -- null: an instant
  parent TEXT REFERENCES comment (id) ON DELETE CASCADE, -- what it answers, which answers nothing itself
  person TEXT NOT NULL REFERENCES person (id),
  side TEXT NOT NULL CHECK (side IN ('coach', 'teacher')),
  text TEXT NOT NULL,            -- may be empty with a voice note
  voice TEXT,                    -- file in the visit's media folder
  sight TEXT NOT NULL CHECK (sight IN ('now', 'talk')), -- that of its parent for an answer
  created_wall BIGINT NOT NULL,
  changed_wall BIGINT NOT NULL,
  removed_wall BIGINT
);

CREATE INDEX comment_visit ON comment (visit, at_ns);
CREATE INDEX comment_parent ON comment (parent);

-- The school's own coaching questions, beside the bundled ones.
CREATE TABLE own_question (
  id TEXT NOT NULL PRIMARY KEY,
  text TEXT NOT NULL,
  domain TEXT NOT NULL,          -- "" for any
  phase TEXT NOT NULL,           -- of the talk: "opening", "pride", "looking-back", …
  language TEXT NOT NULL,        -- "nl" or "en"
  person TEXT NOT NULL REFERENCES person (id), -- who added it
  created_wall BIGINT NOT NULL,
  removed_wall BIGINT
);

-- The report (verslag) as it is now; each form it ever had is in report_version.
CREATE TABLE report (
  visit TEXT NOT NULL PRIMARY KEY REFERENCES visit (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,       -- the newest report_version.number
  final_wall BIGINT,             -- when the second of the two signed; null again after a change
  kept_from_coach INTEGER NOT NULL -- 1: not handed over with the trajectory; only the teacher sees it
);

CREATE TABLE report_version (
  visit TEXT NOT NULL REFERENCES report (visit) ON DELETE CASCADE,
  number INTEGER NOT NULL,       -- 1, 2, 3…
  language TEXT NOT NULL,        -- "nl" or "en"
  content TEXT NOT NULL,         -- JSON
  person TEXT NOT NULL REFERENCES person (id), -- who made it
  at_wall BIGINT NOT NULL,
  coach_signed_wall BIGINT,
  coach_signed_by TEXT REFERENCES person (id),
  teacher_signed_wall BIGINT,
  teacher_signed_by TEXT REFERENCES person (id),
  voided_wall BIGINT,            -- since when it is not the newest any more: what was signed here no longer counts
  PRIMARY KEY (visit, number)
);

-- A trajectory passed on to another coach (overdracht).
CREATE TABLE handover (
  id TEXT NOT NULL PRIMARY KEY,
  trajectory TEXT NOT NULL REFERENCES trajectory (id),
  from_coach TEXT NOT NULL REFERENCES person (id),
  to_coach TEXT NOT NULL REFERENCES person (id),
  asked_by TEXT NOT NULL REFERENCES person (id),
  allowed TEXT,                  -- JSON: what the teacher lets go along (store/handover.h); null until agreed
  asked_wall BIGINT NOT NULL,
  agreed_wall BIGINT,
  refused_wall BIGINT,
  withdrawn_wall BIGINT,         -- taken back before an answer
  done_wall BIGINT
);

CREATE INDEX handover_trajectory ON handover (trajectory, asked_wall);

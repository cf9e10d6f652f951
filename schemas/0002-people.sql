-- Who may see what: accounts, sign-in, release, and the log of who looked.
-- Keys are not here but in keys.db, so that no copy of this file holds one.
--
-- Columns ending in _wall are nanoseconds since 1970-01-01 UTC; ids are UUIDs.

CREATE TABLE person (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,           -- as others see it
  name_key TEXT NOT NULL UNIQUE, -- the same folded to one case: two people never share a name
  login TEXT NOT NULL UNIQUE,   -- what is typed to sign in, in small letters
  passphrase TEXT,              -- Argon2id, as libsodium writes it; null until an invitation is accepted
  created_wall BIGINT NOT NULL,
  disabled_wall BIGINT          -- since when this person cannot sign in; null: can
);

CREATE TABLE person_role (
  person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('coach', 'teacher', 'trainee', 'privacy', 'head', 'admin')),
  PRIMARY KEY (person, role)
);

-- Sign-ins. The token itself is only in the browser; here lies its hash.
CREATE TABLE session (
  id TEXT NOT NULL PRIMARY KEY,
  token_hash BLOB NOT NULL UNIQUE,
  person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  passkey TEXT REFERENCES passkey (id) ON DELETE CASCADE, -- by which it was signed in; it ends with it. null: otherwise
  device TEXT NOT NULL,         -- what the browser calls itself, shortened
  created_wall BIGINT NOT NULL,
  seen_wall BIGINT NOT NULL,
  until_wall BIGINT NOT NULL
);

CREATE INDEX session_person ON session (person);

-- Sign-in without a passphrase: the public half of a key that is in somebody's device.
CREATE TABLE passkey (
  id TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  credential_id BLOB NOT NULL UNIQUE, -- what the device calls it
  public_key BLOB NOT NULL,     -- as libfido2 keeps one of this algorithm
  algorithm INTEGER NOT NULL,   -- COSE's number: -7, -8 or -257
  counter BIGINT NOT NULL,      -- how often the device says it was used; 0: it does not count
  name TEXT NOT NULL,           -- as its owner calls it
  rp TEXT NOT NULL,             -- the host name it works at
  created_wall BIGINT NOT NULL,
  used_wall BIGINT              -- when somebody last signed in by it
);

CREATE INDEX passkey_person ON passkey (person);

-- One-time links. Here too only the hash.
CREATE TABLE invitation (
  token_hash BLOB NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('person', 'device')),
  person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  by_person TEXT NOT NULL,
  created_wall BIGINT NOT NULL,
  until_wall BIGINT NOT NULL,
  used_wall BIGINT
);

CREATE INDEX invitation_person ON invitation (person);

-- Failed tries, so that waits outlive a restart.
CREATE TABLE sign_in_try (
  subject TEXT NOT NULL PRIMARY KEY, -- "login:anna", "address:192.168.1.7"
  failures INTEGER NOT NULL,
  last_wall BIGINT NOT NULL
);

ALTER TABLE visit ADD COLUMN coach TEXT REFERENCES person (id);          -- whose visit it is; null: from before there were accounts
ALTER TABLE visit ADD COLUMN teacher_person TEXT REFERENCES person (id); -- the teacher's account; null when there is none

CREATE INDEX visit_coach ON visit (coach);
CREATE INDEX visit_teacher_person ON visit (teacher_person);

CREATE TABLE release (
  id TEXT NOT NULL PRIMARY KEY,
  visit TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,
  clip TEXT,                       -- clip.id; null: the whole visit
  person TEXT NOT NULL REFERENCES person (id),
  purpose TEXT NOT NULL CHECK (purpose IN ('coaching', 'team', 'training')),
  by_person TEXT NOT NULL REFERENCES person (id),
  to_teacher INTEGER NOT NULL,     -- 1: to the teacher of the visit, who need not be asked
  download INTEGER NOT NULL,       -- 1: a copy may be taken
  created_wall BIGINT NOT NULL,
  until_wall BIGINT NOT NULL,
  agreed_wall BIGINT,              -- the teacher's yes
  agreed_from_ns BIGINT,           -- what the clip was then: more than this is not shown to others;
  agreed_to_ns BIGINT,             -- null for a whole visit, and for the teacher's own
  refused_wall BIGINT,             -- the teacher's no
  withdrawn_wall BIGINT,
  withdrawn_by TEXT REFERENCES person (id)
);

CREATE INDEX release_visit ON release (visit, created_wall);
CREATE INDEX release_person ON release (person, created_wall);

-- Who did what with footage. Append only; each row is chained to the one
-- before it, and a row outlives the visit it speaks of.
CREATE TABLE view_log (
  seq BIGINT NOT NULL PRIMARY KEY, -- rises by one
  at_wall BIGINT NOT NULL,
  person TEXT NOT NULL,
  person_name TEXT NOT NULL,       -- as it was then
  visit TEXT NOT NULL,             -- visit.id; "" when it is about no visit
  clip TEXT NOT NULL,              -- clip.id; "" for none
  what TEXT NOT NULL,              -- "view", "export", "download", "release", …
  detail TEXT NOT NULL,            -- may be empty
  hash BLOB NOT NULL               -- SHA-256 over the hash before it and these fields (store/view-log.h)
);

CREATE INDEX view_log_visit ON view_log (visit, seq);

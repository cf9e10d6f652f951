-- keys.db: the vault's keys, every one of them sealed (src/vault/vault.h). Apart
-- from terugblik.db, so that no copy of that file or of the media holds a key.

CREATE TABLE key (
  kind TEXT NOT NULL CHECK (kind IN ('school', 'recovery', 'slot', 'visit')),
  owner TEXT NOT NULL,     -- "" for the school's and the recovery key, else the id of a person or a visit
  recipient TEXT NOT NULL, -- age1…, the public half; "" for a slot
  sealed BLOB NOT NULL,    -- an age file with the secret half; empty for the school's
  PRIMARY KEY (kind, owner)
);

-- Where the view log of terugblik.db ends, so that rows cut off its end show.
CREATE TABLE log_head (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  seq BIGINT NOT NULL, -- view_log.seq of its last row
  hash BLOB NOT NULL   -- view_log.hash of that row
);

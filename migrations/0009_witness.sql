-- Witnesses in both roles, forks that were seen, anchors (docs/adr/0020).
-- None of the tables made here is distributed. Times ending in _ms are milliseconds, others microseconds since 1970-01-01T00:00:00Z.

-- As a witness: what was cosigned last of each log that is watched. Null until the first checkpoint. Sizes of other
-- logs may pass what a column of ours holds: they are read from the note.
create table witness_log (
  origin text collate "C" primary key,
  note bytea,                                -- the checkpoint with the log's verified signatures and no others
  cosigned bytea,                            -- the same with our cosignature
  cosigned_s bigint                          -- time of the cosignature, seconds
);

-- Two checkpoints of one log that cannot both be true, each signed by the log's own key.
create table log_fork (
  digest bytea primary key,                  -- SHA-256 over both: each pair is kept once
  recorded bigint not null,
  role smallint not null,                    -- 1 seen as a witness, 2 our own log, as a witness showed it
  origin text collate "C" not null,
  witness text collate "C",                  -- of role 2: which
  reason text not null,
  held bytea not null,
  shown bytea not null,
  proof text                                 -- hashes in base64, a line each, that lead from one to the other; null: none are needed
);

-- As a log: how it stands with each witness of the policy.
create table log_witness (
  suite smallint not null,
  witness text collate "C" not null,         -- name+key id
  held bigint not null,                      -- entries of the checkpoint that it holds, as far as is known
  cosigned bigint not null,                  -- entries of the last checkpoint that it cosigned
  cosigned_s bigint,                         -- when it did, by its own word, seconds
  failures int not null,                     -- one after the other
  next_ms bigint not null,                   -- not to be asked before
  error text,
  alarm text,                                -- what it says cannot be: 'ahead', 'refused'
  alarm_size bigint,
  proved boolean not null,                   -- whether the log's own signature shows it
  primary key (suite, witness)
);

-- Checkpoints that witnesses have cosigned, and the lines.
create table log_cosigned (
  suite smallint not null,
  size bigint not null,
  note bytea not null,                       -- signed by the log
  met boolean not null,                      -- whether the cosignatures meet the policy
  primary key (suite, size)
);
create table log_cosignature (
  suite smallint not null,
  size bigint not null,
  witness text collate "C" not null,
  line bytea not null,                       -- the verified signature line
  primary key (suite, size, witness)
);

-- Checkpoints written down elsewhere: a chain, a file.
create table log_anchor (
  suite smallint not null,
  size bigint not null,
  adapter text collate "C" not null,
  note bytea not null,
  note_hash bytea not null,
  place text not null,                       -- chain, group and contract; the file
  read_back boolean not null,                -- shown only then
  recorded bigint not null,                  -- when it was read back; before that, when it was begun
  block bigint,
  block_hash text,
  transaction_id text,
  placed_ms bigint,                          -- time that the place itself gives
  primary key (suite, size, adapter)
);

-- Work that one of several processes does at a time.
create table log_lease (
  name text collate "C" primary key,
  until_ms bigint not null
);

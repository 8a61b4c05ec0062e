-- What the log says of subjects that sign (docs/adr/0027): that a key was registered or revoked, that a note was received.
-- Not distributed; written under the capture clock, with the entry in log_queue.
create table log_statement (
  position bigint primary key,               -- capture position of its entry
  says smallint not null,                    -- 1 key registered, 2 key revoked, 3 note received
  subject bigint not null,                   -- id in signing_key (1, 2) or event_signature (3)
  salt bytea not null,                       -- 16 random bytes: opens the entry's commitments
  unique (says, subject)
);

-- A row that came with a backup: what was cosigned after it is known only where the files beside the database say so
-- (docs/adr/0020).
alter table witness_log add column restored boolean not null default false;

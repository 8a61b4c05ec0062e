-- Small captures that are written in one transaction share blocks (docs/adr/0026): such a capture says where its first event
-- is, the others stand behind it; null: its blocks are its own. A shared block has the id of no capture.
alter table capture add column block bigint;
alter table capture add column slot smallint;

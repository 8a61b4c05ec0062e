-- Verified parties: whose events are in force, and when that changed.

-- Organisations without a registered credit code: few, where such are kept in quarantine.
create index organisation_unregistered on organisation (id) where credit_code is null;

-- One row, counted up whenever an organisation that was there already gets another name or its credit code: pages made
-- before are made anew.
create table party_clock (
  one boolean primary key default true check (one),
  version bigint not null
);
insert into party_clock (version) values (0);

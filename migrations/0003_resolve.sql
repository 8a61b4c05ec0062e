-- What organisations say about codes beside events: links, former numbers, and which platforms hold other codes.
-- Small tables that are read whole or by key; none of them is distributed.

-- One row that every change of the tables below counts up in its own transaction: pages made before are looked at anew.
create table resolve_revision (
  one boolean primary key default true check (one),
  revision bigint not null
);
insert into resolve_revision (revision) values (0);

create table resolve_link (
  id uuid primary key,
  anchor text collate "C" not null,          -- path of the key and qualifiers it is about, or the URI of any other code
  link_type text collate "C" not null,       -- URI of the relation
  href text not null,
  title text not null,
  languages text[] not null,
  media_type text,
  context text[] not null,
  default_as text not null check (default_as in ('none', 'single', 'multi')),
  organisation int not null references organisation (id),
  created bigint not null,
  valid_from bigint,
  valid_until bigint
);
create index on resolve_link (anchor);

create table resolve_alias (
  id uuid primary key,
  former text not null,                      -- as it was printed
  former_key text collate "C" not null,      -- unit key, or 'text:' and the text without spaces and hyphens
  target text collate "C" not null,          -- unit key
  kind text collate "C" not null,
  since text,                                -- date
  organisation int not null references organisation (id),
  created bigint not null,
  unique (former_key, target)
);
create index on resolve_alias (target);

create table resolve_platform (
  id uuid primary key,
  match text not null check (match in ('company-prefix', 'scheme', 'uri')),
  prefix text collate "C" not null,
  name_zh text not null,
  name_en text not null,
  home text not null,
  query text,                                -- address with {code}
  state text not null check (state in ('active', 'paused', 'closed')),
  organisation int not null references organisation (id),
  created bigint not null,
  unique (match, prefix)
);

-- The first key of a platform may do everything that there is to do.
update api_key set permissions = array_append(permissions, 'link:write')
where id = 'bootstrap' and not 'link:write' = any(permissions);

-- Strict or lenient capture: the choice of each key, and what a document was taken under.

alter table api_key add column capture_mode text not null default 'strict' check (capture_mode in ('strict', 'lenient'));

alter table capture add column lenient boolean not null default false;
-- A context is that of a document: its @context as JSON, or, of XML, the start tag of an event list with the
-- declarations of namespaces that were in scope. JSON never begins with <, so the text itself says which.

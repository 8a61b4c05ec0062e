-- held free
select 1;

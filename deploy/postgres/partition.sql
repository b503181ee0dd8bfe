-- Partitions Tender's tables by account, on PostgreSQL 18: docs/operate/nodes.md says what for.
--
--   psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f partition.sql
--
-- Run it as the role that Tender uses, with every Tender process stopped. It is one statement: all
-- tables are converted, or none. Rows are moved, so that a full database needs twice its room and
-- some time. What is partitioned already is left alone; run it again after an upgrade that brings
-- new tables.
--
-- How many partitions a table gets: `SET tender.partitions = 32;` before it, 8 without.

DO $$
DECLARE
  partitions integer :=
    coalesce(nullif(current_setting('tender.partitions', true), ''), '8')::integer;
  whole record;
  indexes text[];
  definition text;
BEGIN
  FOR whole IN
    SELECT pg_class.oid, relname AS name, conname AS key_name, pg_get_constraintdef(key.oid) AS key
    FROM pg_class
    JOIN pg_constraint AS key ON key.conrelid = pg_class.oid AND key.contype = 'p'
    JOIN pg_attribute AS first ON first.attrelid = pg_class.oid AND first.attnum = key.conkey[1]
    WHERE relnamespace = current_schema()::regnamespace
      AND relkind = 'r' AND NOT relispartition
      -- `batches` and `migrations` are of no account, and stay whole.
      AND first.attname = 'account'
    ORDER BY relname
  LOOP
    -- Later migrations drop indexes by their names: they must be the same.
    SELECT coalesce(array_agg(pg_get_indexdef(indexrelid) ORDER BY indexrelid), '{}')
    INTO indexes FROM pg_index WHERE indrelid = whole.oid AND NOT indisprimary;
    EXECUTE format('ALTER TABLE %I RENAME TO %I', whole.name, whole.name || '_whole');
    EXECUTE format(
      'CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS) PARTITION BY HASH (account)',
      whole.name, whole.name || '_whole');
    FOR place IN 0 .. partitions - 1 LOOP
      EXECUTE format(
        'CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS %s, REMAINDER %s)',
        whole.name || '_p' || place, whole.name, partitions, place);
    END LOOP;
    EXECUTE format('INSERT INTO %I SELECT * FROM %I', whole.name, whole.name || '_whole');
    EXECUTE format('DROP TABLE %I', whole.name || '_whole');
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I %s', whole.name, whole.key_name, whole.key);
    FOREACH definition IN ARRAY indexes LOOP
      EXECUTE definition;
    END LOOP;
  END LOOP;
END
$$;

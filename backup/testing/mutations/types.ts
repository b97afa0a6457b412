import type { Mutations } from "./mutation.ts";

/** Of types, operators, collations, text search and extensions. */
export const types: Mutations = {
  enum: [
    ["mood", "ALTER TYPE shop.mood RENAME VALUE 'angry' TO 'cross'"],
    [
      "size",
      "UPDATE pg_catalog.pg_enum SET enumsortorder = enumsortorder + 10 WHERE enumtypid = 'shop.size'::pg_catalog.regtype; UPDATE pg_catalog.pg_enum SET enumsortorder = 14 - enumsortorder WHERE enumtypid = 'shop.size'::pg_catalog.regtype",
    ],
    ["size", "ALTER TYPE shop.size ADD VALUE 'xl'"],
    ["mood", "ALTER TYPE shop.mood ADD VALUE 'sad' BEFORE 'calm'"],
  ],
  "composite type": [
    ["pair_of_ints", "CREATE TYPE ops.pair_of_ints AS (a int, b int)"],
    ["address", "ALTER TYPE shop.address ADD ATTRIBUTE country text CASCADE"],
    ["address", "ALTER TYPE shop.address RENAME ATTRIBUTE street TO road CASCADE"],
  ],
  range: [
    ["span", "DROP TYPE shop.span"],
    ["span", "DROP TYPE shop.span; CREATE TYPE shop.span AS RANGE (subtype = float8)"],
    ["words", `DROP TYPE shop.words; CREATE TYPE shop.words AS RANGE (subtype = text, collation = "POSIX")`],
  ],
  "domain constraint": [
    ["has_at", "ALTER DOMAIN shop.email DROP CONSTRAINT has_at"],
    [
      "at_work",
      "ALTER DOMAIN shop.work_email DROP CONSTRAINT at_work; ALTER DOMAIN shop.work_email ADD CONSTRAINT at_work CHECK (VALUE LIKE '%home%')",
    ],
    ["email", "ALTER DOMAIN shop.email ADD CONSTRAINT short CHECK (length(VALUE) < 99)"],
    ["positive", "ALTER DOMAIN shop.positive DROP NOT NULL"],
  ],
  "domain default": [
    ["email", "ALTER DOMAIN shop.email DROP DEFAULT"],
    ["work_email", "ALTER DOMAIN shop.work_email SET DEFAULT 'boss@work'"],
  ],
  operator: [
    ["=~=", "DROP OPERATOR shop.=~= (shop.address, shop.address)"],
    ["=~=", "ALTER OPERATOR shop.=~= (shop.address, shop.address) SET (RESTRICT = NONE)"],
    ["!~!", "CREATE OPERATOR shop.!~! (LEFTARG = shop.address, RIGHTARG = shop.address, FUNCTION = shop.near)"],
  ],
  "operator class": [
    [
      "extra_ops",
      "CREATE OPERATOR CLASS shop.extra_ops FOR TYPE int USING hash AS OPERATOR 1 pg_catalog.=, FUNCTION 1 pg_catalog.hashint4(int)",
    ],
    ["extra_family", "CREATE OPERATOR FAMILY ops.extra_family USING btree"],
  ],
  cast: [
    ["address", "DROP CAST (int AS shop.address)"],
    [
      "address",
      "DROP CAST (int AS shop.address); CREATE CAST (int AS shop.address) WITH FUNCTION shop.address_of(int) AS IMPLICIT",
    ],
    ["span", "CREATE CAST (shop.span AS text) WITH INOUT"],
  ],
  collation: [
    ["german", "UPDATE pg_catalog.pg_collation SET colliculocale = 'de' WHERE collname = 'german'"],
    ["whatever_case", "DROP COLLATION shop.whatever_case"],
    [
      "whatever_case",
      "DROP COLLATION shop.whatever_case; CREATE COLLATION shop.whatever_case (provider = icu, locale = 'und-u-ks-level2')",
    ],
    ["french", "CREATE COLLATION shop.french (provider = icu, locale = 'fr')"],
  ],
  conversion: [
    ["to_utf8", "DROP CONVERSION shop.to_utf8"],
    ["by_default", "CREATE DEFAULT CONVERSION ops.by_default FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8"],
  ],
  "text search configuration": [
    ["search", "ALTER TEXT SEARCH CONFIGURATION shop.search DROP MAPPING FOR word"],
    ["search", "ALTER TEXT SEARCH CONFIGURATION shop.search ALTER MAPPING FOR int WITH shop.stems"],
    [
      "search",
      "ALTER TEXT SEARCH CONFIGURATION shop.search ALTER MAPPING FOR asciiword WITH shop.stems, shop.short_words",
    ],
    ["extra_search", "CREATE TEXT SEARCH CONFIGURATION shop.extra_search (COPY = pg_catalog.english)"],
  ],
  "text search dictionary": [
    ["short_words", "ALTER TEXT SEARCH DICTIONARY shop.short_words (StopWords)"],
    ["stems", "ALTER TEXT SEARCH DICTIONARY shop.stems (Language = dutch)"],
    ["extra_dictionary", "CREATE TEXT SEARCH DICTIONARY ops.extra_dictionary (TEMPLATE = simple)"],
  ],
  "text search template": [
    ["extra_template", "CREATE TEXT SEARCH TEMPLATE ops.extra_template (LEXIZE = dsimple_lexize)"],
  ],
  "schema of an extension": [
    ["hstore", "ALTER EXTENSION hstore SET SCHEMA ops"],
    ["citext", "ALTER EXTENSION citext SET SCHEMA ext"],
  ],
  "version of an extension": [
    ["pg_trgm", "ALTER EXTENSION pg_trgm UPDATE TO '1.6'"],
    ["hstore", "UPDATE pg_catalog.pg_extension SET extversion = '1.4' WHERE extname = 'hstore'"],
  ],
  extension: [
    ["btree_gist", "DROP EXTENSION btree_gist"],
    ["unaccent", "CREATE EXTENSION unaccent SCHEMA ext"],
    ["pageinspect", "CREATE EXTENSION pageinspect SCHEMA ext"],
    ["citext", "COMMENT ON EXTENSION citext IS 'as you like it'"],
  ],
  "member of an extension": [
    ["nothing", "ALTER EXTENSION hstore ADD TABLE ops.nothing"],
    ["hstore", "ALTER EXTENSION hstore DROP FUNCTION ext.akeys(ext.hstore)"],
  ],
};

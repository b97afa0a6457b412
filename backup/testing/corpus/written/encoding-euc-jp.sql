-- database: ENCODING 'EUC_JP' LC_COLLATE 'C' LC_CTYPE 'C'
CREATE TABLE "表" (id int, "値" text DEFAULT '日本'); INSERT INTO "表" VALUES (1, DEFAULT), (2, 'かな');
COMMENT ON TABLE "表" IS '表です';

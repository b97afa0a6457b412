CREATE TEXT SEARCH DICTIONARY shop.short_words (TEMPLATE = simple, STOPWORDS = english);
CREATE TEXT SEARCH DICTIONARY shop.stems (TEMPLATE = snowball, LANGUAGE = german);
CREATE TEXT SEARCH CONFIGURATION shop.search (PARSER = default);
ALTER TEXT SEARCH CONFIGURATION shop.search ADD MAPPING FOR asciiword, word WITH shop.short_words, shop.stems;
ALTER TEXT SEARCH CONFIGURATION shop.search ADD MAPPING FOR int WITH simple;
COMMENT ON TEXT SEARCH CONFIGURATION shop.search IS 'as we speak';
COMMENT ON TEXT SEARCH DICTIONARY shop.stems IS 'without their ends';
CREATE INDEX customers_searched ON shop.customers USING gin (to_tsvector('shop.search', notes));

-- Postgres prints these in another way after each of the first two round trips.
CREATE TABLE orders (
  id int PRIMARY KEY,
  status varchar CHECK (status IN ('open', 'paid')),
  short varchar(10) DEFAULT 'a' CONSTRAINT short_in CHECK (short IN ('a', 'b', 'c')),
  flag char(1) CHECK (flag IN ('y', 'n')),
  nots varchar CHECK (nots NOT IN ('x', 'y')),
  likes varchar CHECK (likes LIKE ANY (ARRAY['a%', 'b%'])),
  many varchar[] CHECK (many <@ ARRAY['a', 'b']::varchar[]));
INSERT INTO orders VALUES (1, 'open', 'a', 'y', 'z', 'ab', '{a}');

CREATE SCHEMA shop;
CREATE TYPE shop.size AS ENUM ('small', 'medium', 'large');
CREATE TABLE shop.customers (id int PRIMARY KEY, name text NOT NULL, country text);
INSERT INTO shop.customers VALUES (1, 'Ada', 'UK'), (2, 'Blaise', 'FR'), (3, 'Carl', NULL), (4, 'O''Neil "x"', 'IE');
CREATE TABLE shop."Order Items" (
    id bigint PRIMARY KEY, customer int, amount numeric(10, 2), weight double precision, size shop.size,
    ordered date, shipped timestamptz, gift boolean, tags text[], note jsonb);
INSERT INTO shop."Order Items" VALUES
    (1, 1, 10.50, 1.5, 'small', '2024-01-01', '2024-01-02 10:00+00', true, '{a,b}', '{"k": 1}'),
    (2, 1, 20.25, 'NaN', 'large', '2024-01-03', '2024-01-04 12:30:15.5+02', false, NULL, NULL),
    (3, 2, 5.00, 'Infinity', 'medium', '2024-02-01', NULL, NULL, '{}', '[]'),
    (9007199254740993, 2, NULL, NULL, NULL, NULL, NULL, true, NULL, NULL);
COMMENT ON TABLE shop."Order Items" IS 'one row per thing bought';
CREATE VIEW shop.big_orders AS SELECT * FROM shop."Order Items" WHERE amount > 10;
CREATE TABLE public.measurements AS
    SELECT i AS id, (i % 7)::int AS station, (i * 37 % 1000) / 10.0 AS reading, DATE '2020-01-01' + (i % 900) AS day
    FROM generate_series(1, 300000) AS i;
ALTER TABLE public.measurements ADD PRIMARY KEY (id);
CREATE TABLE public.secret (word text);
INSERT INTO public.secret VALUES ('ZQSECRET');
ANALYZE;
CREATE ROLE reader LOGIN PASSWORD 'Read3r-of-tests';
GRANT USAGE ON SCHEMA shop TO reader;
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO reader;
GRANT SELECT ON public.measurements TO reader;

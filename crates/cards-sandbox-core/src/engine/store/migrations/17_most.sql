-- Tokens and used codes are in no world's quota, and with a clock that stands none ever ends: of each
-- provider's at most 100,000 are kept. One more takes the place of the one that ends first.
DROP INDEX token_by_expiry;
CREATE INDEX token_by_expiry ON token (provider, expires_at);

DELETE FROM token WHERE digest IN (
    SELECT digest FROM (
        SELECT digest, row_number() OVER (PARTITION BY provider ORDER BY expires_at DESC) AS place
        FROM token
    ) WHERE place > 100000
);
INSERT INTO row_count SELECT 'token ' || provider, 63, 0, count(*) FROM token GROUP BY provider;

CREATE TRIGGER token_is_counted AFTER INSERT ON token BEGIN
    INSERT INTO row_count VALUES ('token ' || NEW.provider, 63, 0, 1)
    ON CONFLICT DO UPDATE SET rows = rows + 1;
    DELETE FROM token WHERE digest = (
        SELECT digest FROM token WHERE provider = NEW.provider AND digest <> NEW.digest
        ORDER BY expires_at LIMIT 1
    ) AND 100000 < (
        SELECT rows FROM row_count WHERE name = 'token ' || NEW.provider AND bits = 63 AND block = 0
    );
END;
CREATE TRIGGER token_is_counted_no_more AFTER DELETE ON token BEGIN
    UPDATE row_count SET rows = rows - 1
    WHERE name = 'token ' || OLD.provider AND bits = 63 AND block = 0;
END;

DELETE FROM used_code WHERE (provider, digest) IN (
    SELECT provider, digest FROM (
        SELECT provider, digest,
            row_number() OVER (PARTITION BY provider ORDER BY expires_at DESC) AS place
        FROM used_code
    ) WHERE place > 100000
);
INSERT INTO row_count
SELECT 'used_code ' || provider, 63, 0, count(*) FROM used_code GROUP BY provider;

CREATE TRIGGER used_code_is_counted AFTER INSERT ON used_code BEGIN
    INSERT INTO row_count VALUES ('used_code ' || NEW.provider, 63, 0, 1)
    ON CONFLICT DO UPDATE SET rows = rows + 1;
    DELETE FROM used_code WHERE provider = NEW.provider AND digest = (
        SELECT digest FROM used_code WHERE provider = NEW.provider AND digest <> NEW.digest
        ORDER BY expires_at LIMIT 1
    ) AND 100000 < (
        SELECT rows FROM row_count
        WHERE name = 'used_code ' || NEW.provider AND bits = 63 AND block = 0
    );
END;
CREATE TRIGGER used_code_is_counted_no_more AFTER DELETE ON used_code BEGIN
    UPDATE row_count SET rows = rows - 1
    WHERE name = 'used_code ' || OLD.provider AND bits = 63 AND block = 0;
END;

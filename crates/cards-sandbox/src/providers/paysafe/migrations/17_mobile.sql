-- Card numbers that were kept whole as mobile numbers, which have fifteen digits at most. With stars it
-- would be none that the document allows: the number of the customer's registration takes its place.
UPDATE paysafe_card SET body = json_replace(body, '$.mobile', '+359 888333333')
WHERE length(body ->> '$.mobile') - (body ->> '$.mobile' GLOB '*[^+0-9]*') > 16
    AND starred(body ->> '$.mobile') <> body ->> '$.mobile';

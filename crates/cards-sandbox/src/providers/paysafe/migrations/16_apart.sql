-- Card numbers whose groups stood further apart than by a space or a hyphen, which were kept whole: a tab
-- or the end of a line may stand there, as an escape. A mobile number is taken for no card's, nor is an
-- external id that is a UUID.
UPDATE paysafe_card
SET body = json_replace(
        body,
        '$.programName', starred(body ->> '$.programName'),
        '$.accountId', starred(body ->> '$.accountId'),
        '$.externalId', CASE
            WHEN is_uuid(body ->> '$.externalId') THEN body ->> '$.externalId'
            ELSE starred(body ->> '$.externalId')
        END,
        '$.deliveryAddress.address1', starred(body ->> '$.deliveryAddress.address1'),
        '$.deliveryAddress.address2', starred(body ->> '$.deliveryAddress.address2'),
        '$.deliveryAddress.address3', starred(body ->> '$.deliveryAddress.address3'),
        '$.deliveryAddress.city', starred(body ->> '$.deliveryAddress.city'),
        '$.deliveryAddress.state', starred(body ->> '$.deliveryAddress.state'),
        '$.deliveryAddress.postalCode', starred(body ->> '$.deliveryAddress.postalCode')
    )
WHERE starred(body) <> body OR instr(body, '\') > 0;
UPDATE paysafe_card SET tokenizations = starred(tokenizations)
WHERE starred(tokenizations) <> tokenizations;

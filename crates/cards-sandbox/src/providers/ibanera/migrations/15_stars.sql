-- Card numbers that were kept whole because other digits stood beside them.
UPDATE ibanera_customer SET customers_reference = starred(customers_reference)
WHERE starred(customers_reference) <> customers_reference;
UPDATE ibanera_transaction SET description = starred(description)
WHERE starred(description) <> description;
UPDATE ibanera_card SET currency = starred(currency) WHERE starred(currency) <> currency;

-- The ids of requests that were settled are not given again, as those of all else that went.
INSERT INTO ibanera_spent_id
SELECT name, seq FROM sqlite_sequence WHERE name = 'ibanera_requested_card' AND seq > 0;

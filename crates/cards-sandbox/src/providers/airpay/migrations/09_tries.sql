-- The number that a one-time password is for, by its fingerprint, and how often another one was tried
-- for it.
ALTER TABLE airpay_one_time_password ADD COLUMN mobile_key BLOB;
ALTER TABLE airpay_one_time_password ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
CREATE INDEX airpay_one_time_password_by_mobile ON airpay_one_time_password (mobile_key);

-- Events that providers send when something changes: written in the transaction that changes it, so
-- that one is there exactly if the other is.
CREATE TABLE event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The card, or whatever else events are in order of.
    subject TEXT NOT NULL,
    -- The provider's own id of it.
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    made_at INTEGER NOT NULL
) STRICT;

-- Where they are sent: all events of a provider, or those of one name.
CREATE TABLE event_receiver (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    provider TEXT NOT NULL,
    name TEXT,
    url TEXT NOT NULL,
    -- Whether it came with the start of the sandbox, and goes with another one.
    at_start INTEGER NOT NULL
) STRICT;

-- What is to be sent, and what became of it. The address is kept beside it: a receiver may go. Of
-- one receiver and subject the oldest that is not ended waits for its time, and the others are queued
-- behind it, so that what is due is found without a look at all that waits.
CREATE TABLE event_delivery (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    event INTEGER NOT NULL REFERENCES event (number) ON DELETE CASCADE,
    receiver INTEGER NOT NULL,
    url TEXT NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'queued', 'delivered', 'given-up')),
    attempts INTEGER NOT NULL,
    first_at INTEGER,
    due_at INTEGER NOT NULL,
    status INTEGER,
    trouble TEXT,
    ended_at INTEGER
) STRICT;
CREATE INDEX event_delivery_by_event ON event_delivery (event);
CREATE INDEX event_delivery_line ON event_delivery (receiver, subject, number)
    WHERE ended_at IS NULL;
CREATE INDEX event_delivery_due ON event_delivery (receiver, due_at, number)
    WHERE state = 'waiting';
CREATE INDEX event_delivery_next ON event_delivery (due_at) WHERE state = 'waiting';

-- What happened, one row after the other, for those who follow it.
CREATE TABLE event_step (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    event INTEGER NOT NULL REFERENCES event (number) ON DELETE CASCADE,
    step TEXT NOT NULL CHECK (step IN ('made', 'delivered', 'failed', 'given-up', 'resent')),
    at INTEGER NOT NULL,
    url TEXT,
    status INTEGER,
    trouble TEXT,
    next_at INTEGER
) STRICT;
CREATE INDEX event_step_by_event ON event_step (event);

-- Where the plastic of a card is: shipped, or delivered.
CREATE TABLE shipment (
    provider TEXT NOT NULL,
    card TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('shipped', 'delivered')),
    PRIMARY KEY (provider, card)
) STRICT, WITHOUT ROWID;

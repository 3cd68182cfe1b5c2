-- The column queued_at and the index message_pending stay for the version before this one, which reads them, and are dropped by a
-- later one: nothing here knows them any more.
ALTER TABLE "notifications"."message" ADD COLUMN "first_tried_at" timestamp with time zone;

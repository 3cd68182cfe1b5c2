-- lightpress:no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "message_of_user" ON "notifications"."message" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "message_of_organization" ON "notifications"."message" USING btree ("organization_id","id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "message_status" ON "notifications"."message" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "message_template" ON "notifications"."message" USING btree ("template","id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "message_user_at" ON "notifications"."message" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "message_organization_at" ON "notifications"."message" USING btree ("organization_id","created_at");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "message_provider" ON "notifications"."message" USING btree ("provider_id") WHERE provider_id is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "message_request" ON "notifications"."message" USING btree ("request_id") WHERE request_id is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "message_about" ON "notifications"."message" USING btree ("about_user_id") WHERE about_user_id is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "notification_inbox" ON "notifications"."notification" USING btree ("user_id","sequence") WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "notification_archive" ON "notifications"."notification" USING btree ("user_id","sequence") WHERE archived_at is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "notification_category" ON "notifications"."notification" USING btree ("user_id","category","sequence");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "notification_not_read" ON "notifications"."notification" USING btree ("user_id","sequence") WHERE read_at is null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "notification_user_at" ON "notifications"."notification" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "notification_request" ON "notifications"."notification" USING btree ("request_id") WHERE request_id is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "outbox_dead" ON "notifications"."outbox" USING btree ("created_at","id","listener") WHERE state = 'dead';--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "outbox_request" ON "notifications"."outbox" USING btree ((origin->>'requestId'));--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "outbox_user" ON "notifications"."outbox" USING btree ((payload->>'userId'),"created_at") WHERE payload->>'userId' is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "outbox_actor" ON "notifications"."outbox" USING btree ((origin->>'actorId'),"created_at") WHERE origin->>'actorId' is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "outbox_organization" ON "notifications"."outbox" USING btree ((payload->>'organizationId'),"created_at") WHERE payload->>'organizationId' is not null;--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "notifications"."message_user";--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "notifications"."message_organization";--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "notifications"."notification_unread";
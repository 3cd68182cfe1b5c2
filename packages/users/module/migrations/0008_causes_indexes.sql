-- lightpress:no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "activity_by_at" ON "users"."activity" USING btree ("actor_id","at","id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "activity_about_at" ON "users"."activity" USING btree ("user_id","at","id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "activity_request" ON "users"."activity" USING btree ("request_id") WHERE request_id is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "outbox_dead" ON "users"."outbox" USING btree ("created_at","id","listener") WHERE state = 'dead';--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "outbox_request" ON "users"."outbox" USING btree ((origin->>'requestId'));--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "outbox_user" ON "users"."outbox" USING btree ((payload->>'userId'),"created_at") WHERE payload->>'userId' is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "outbox_actor" ON "users"."outbox" USING btree ((origin->>'actorId'),"created_at") WHERE origin->>'actorId' is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "outbox_organization" ON "users"."outbox" USING btree ((payload->>'organizationId'),"created_at") WHERE payload->>'organizationId' is not null;--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "users"."activity_by";--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "users"."activity_about";
-- lightpress:no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "invoice_request" ON "billing"."invoice" USING btree ("request_id") WHERE request_id is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "outbox_dead" ON "billing"."outbox" USING btree ("created_at","id","listener") WHERE state = 'dead';--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "outbox_request" ON "billing"."outbox" USING btree ((origin->>'requestId'));--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "outbox_user" ON "billing"."outbox" USING btree ((payload->>'userId'),"created_at") WHERE payload->>'userId' is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "outbox_actor" ON "billing"."outbox" USING btree ((origin->>'actorId'),"created_at") WHERE origin->>'actorId' is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "outbox_organization" ON "billing"."outbox" USING btree ((payload->>'organizationId'),"created_at") WHERE payload->>'organizationId' is not null;
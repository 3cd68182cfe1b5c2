DROP INDEX "users"."activity_by";--> statement-breakpoint
DROP INDEX "users"."activity_about";--> statement-breakpoint
ALTER TABLE "users"."activity" ADD COLUMN "request_id" text;--> statement-breakpoint
CREATE INDEX "activity_request" ON "users"."activity" USING btree ("request_id") WHERE request_id is not null;--> statement-breakpoint
CREATE INDEX "outbox_dead" ON "users"."outbox" USING btree ("created_at","id","listener") WHERE state = 'dead';--> statement-breakpoint
CREATE INDEX "outbox_request" ON "users"."outbox" USING btree ((origin->>'requestId'));--> statement-breakpoint
CREATE INDEX "outbox_user" ON "users"."outbox" USING btree ((payload->>'userId'),"created_at") WHERE payload->>'userId' is not null;--> statement-breakpoint
CREATE INDEX "outbox_actor" ON "users"."outbox" USING btree ((origin->>'actorId'),"created_at") WHERE origin->>'actorId' is not null;--> statement-breakpoint
CREATE INDEX "outbox_organization" ON "users"."outbox" USING btree ((payload->>'organizationId'),"created_at") WHERE payload->>'organizationId' is not null;--> statement-breakpoint
CREATE INDEX "activity_by" ON "users"."activity" USING btree ("actor_id","at","id");--> statement-breakpoint
CREATE INDEX "activity_about" ON "users"."activity" USING btree ("user_id","at","id");
DROP INDEX "notifications"."idempotency_key";--> statement-breakpoint
CREATE UNIQUE INDEX "idempotency_key" ON "notifications"."idempotency" USING btree ("caller","operation","key");
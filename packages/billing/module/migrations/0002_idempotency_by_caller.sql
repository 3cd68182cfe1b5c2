DROP INDEX "billing"."idempotency_key";--> statement-breakpoint
CREATE UNIQUE INDEX "idempotency_key" ON "billing"."idempotency" USING btree ("caller","operation","key");
DROP INDEX "users"."idempotency_key";--> statement-breakpoint
CREATE UNIQUE INDEX "idempotency_key" ON "users"."idempotency" USING btree ("caller","operation","key");
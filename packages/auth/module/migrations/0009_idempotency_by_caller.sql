DROP INDEX "auth"."idempotency_key";--> statement-breakpoint
CREATE UNIQUE INDEX "idempotency_key" ON "auth"."idempotency" USING btree ("caller","operation","key");
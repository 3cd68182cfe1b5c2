ALTER TABLE "users"."activity" ADD COLUMN "api_key_id" uuid;--> statement-breakpoint
ALTER TABLE "users"."activity" ADD COLUMN "webhook_endpoint_id" uuid;
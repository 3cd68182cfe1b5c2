ALTER TABLE "users"."activity" ADD COLUMN "request_id" text;--> statement-breakpoint
ALTER TABLE "users"."activity" ADD COLUMN "cause_id" uuid;
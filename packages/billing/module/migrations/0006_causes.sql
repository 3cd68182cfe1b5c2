ALTER TABLE "billing"."invoice" ADD COLUMN "request_id" text;--> statement-breakpoint
ALTER TABLE "billing"."invoice" ADD COLUMN "cause_id" uuid;
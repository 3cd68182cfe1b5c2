ALTER TABLE "auth"."account" ADD COLUMN "password_by_mail" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "auth"."recovery" ADD COLUMN "completed_at" timestamp with time zone;
CREATE TABLE "auth"."shut_organization" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "auth"."revocation" ADD COLUMN "organization_id" uuid;--> statement-breakpoint
ALTER TABLE "auth"."revocation" ADD COLUMN "reopened" boolean DEFAULT false NOT NULL;
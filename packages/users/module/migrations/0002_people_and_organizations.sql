CREATE TABLE "users"."activity" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"action" text NOT NULL,
	"actor_id" uuid,
	"impersonator_id" uuid,
	"user_id" uuid,
	"invitation_id" uuid,
	"role" text,
	"former_role" text,
	"name" text,
	"former_name" text
);
--> statement-breakpoint
CREATE TABLE "users"."export" (
	"id" uuid PRIMARY KEY NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"requested_by" uuid NOT NULL,
	"state" text DEFAULT 'preparing' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"queued_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ready_at" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"file" text,
	"bytes" bigint
);
--> statement-breakpoint
CREATE TABLE "users"."erasure" (
	"id" uuid PRIMARY KEY NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"requested_by" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"steps" jsonb NOT NULL,
	"position" integer DEFAULT 0 NOT NULL,
	"batch" integer DEFAULT 0 NOT NULL,
	"receipt" jsonb NOT NULL,
	"queued_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	"contact" jsonb
);
--> statement-breakpoint
CREATE TABLE "users"."file" (
	"name" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"user_id" uuid,
	"organization_id" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"remove_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "users"."invitation" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"email" text,
	"email_key" text,
	"role" text NOT NULL,
	"invited_by" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"accepted_at" timestamp with time zone,
	"accepted_by" uuid,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "users"."organization" ADD COLUMN "logo" text;--> statement-breakpoint
ALTER TABLE "users"."organization" ADD COLUMN "suspended_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "users"."organization" ADD COLUMN "closed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "users"."person" ADD COLUMN "avatar" text;--> statement-breakpoint
ALTER TABLE "users"."person" ADD COLUMN "closed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "users"."activity" ADD CONSTRAINT "activity_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "users"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users"."invitation" ADD CONSTRAINT "invitation_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "users"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "activity_at" ON "users"."activity" USING btree ("organization_id","at","id");--> statement-breakpoint
CREATE INDEX "activity_action" ON "users"."activity" USING btree ("organization_id","action","at","id");--> statement-breakpoint
CREATE INDEX "activity_actor" ON "users"."activity" USING btree ("organization_id","actor_id","at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "export_preparing" ON "users"."export" USING btree ("subject_kind","subject_id") WHERE state = 'preparing';--> statement-breakpoint
CREATE INDEX "export_subject" ON "users"."export" USING btree ("subject_kind","subject_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "erasure_subject" ON "users"."erasure" USING btree ("subject_kind","subject_id");--> statement-breakpoint
CREATE INDEX "erasure_running" ON "users"."erasure" USING btree ("queued_at") WHERE finished_at is null;--> statement-breakpoint
CREATE INDEX "erasure_created" ON "users"."erasure" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "file_remove_at" ON "users"."file" USING btree ("remove_at") WHERE remove_at is not null;--> statement-breakpoint
CREATE INDEX "file_user" ON "users"."file" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "file_organization" ON "users"."file" USING btree ("organization_id");--> statement-breakpoint
CREATE UNIQUE INDEX "invitation_waiting" ON "users"."invitation" USING btree ("organization_id","email_key") WHERE accepted_at is null and revoked_at is null;--> statement-breakpoint
CREATE INDEX "invitation_organization" ON "users"."invitation" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE INDEX "invitation_email_key" ON "users"."invitation" USING btree ("email_key");--> statement-breakpoint
CREATE INDEX "membership_joined" ON "users"."membership" USING btree ("organization_id","created_at","user_id");--> statement-breakpoint
CREATE INDEX "organization_created" ON "users"."organization" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "person_created" ON "users"."person" USING btree ("created_at","id");
CREATE TABLE "notifications"."provider_event" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"message_id" uuid,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notifications"."suppression" (
	"id" uuid PRIMARY KEY NOT NULL,
	"address" text NOT NULL,
	"reason" text NOT NULL,
	"detail" text NOT NULL,
	"user_id" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "suppression_address" UNIQUE("address")
);
--> statement-breakpoint
DROP INDEX "notifications"."message_user";--> statement-breakpoint
DROP INDEX "notifications"."message_organization";--> statement-breakpoint
DROP INDEX "notifications"."notification_unread";--> statement-breakpoint
ALTER TABLE "notifications"."message" ADD COLUMN "category" text;--> statement-breakpoint
ALTER TABLE "notifications"."message" ADD COLUMN "outcome" text;--> statement-breakpoint
ALTER TABLE "notifications"."message" ADD COLUMN "outcome_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "notifications"."message" ADD COLUMN "not_before" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "notifications"."notification" ADD COLUMN "archived_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "provider_event_received" ON "notifications"."provider_event" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "suppression_user" ON "notifications"."suppression" USING btree ("user_id") WHERE user_id is not null;--> statement-breakpoint
CREATE INDEX "message_status" ON "notifications"."message" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "message_template" ON "notifications"."message" USING btree ("template","id");--> statement-breakpoint
CREATE INDEX "message_provider" ON "notifications"."message" USING btree ("provider_id") WHERE provider_id is not null;--> statement-breakpoint
CREATE INDEX "notification_inbox" ON "notifications"."notification" USING btree ("user_id","sequence") WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX "notification_archive" ON "notifications"."notification" USING btree ("user_id","sequence") WHERE archived_at is not null;--> statement-breakpoint
CREATE INDEX "notification_category" ON "notifications"."notification" USING btree ("user_id","category","sequence");--> statement-breakpoint
CREATE INDEX "message_user" ON "notifications"."message" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "message_organization" ON "notifications"."message" USING btree ("organization_id","id");--> statement-breakpoint
CREATE INDEX "notification_unread" ON "notifications"."notification" USING btree ("user_id","sequence") WHERE read_at is null;
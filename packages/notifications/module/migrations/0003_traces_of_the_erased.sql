DROP INDEX "notifications"."message_recipient";--> statement-breakpoint
ALTER TABLE "notifications"."notification" ADD COLUMN "about_user_id" uuid;--> statement-breakpoint
CREATE INDEX "notification_about" ON "notifications"."notification" USING btree ("about_user_id") WHERE about_user_id is not null;--> statement-breakpoint
CREATE INDEX "message_recipient" ON "notifications"."message" USING btree (lower("recipient")) WHERE recipient is not null;
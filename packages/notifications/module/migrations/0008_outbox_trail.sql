ALTER TABLE "notifications"."message" ADD COLUMN "request_id" text;--> statement-breakpoint
ALTER TABLE "notifications"."notification" ADD COLUMN "request_id" text;--> statement-breakpoint
CREATE INDEX "message_request" ON "notifications"."message" USING btree ("request_id") WHERE request_id is not null;--> statement-breakpoint
CREATE INDEX "notification_request" ON "notifications"."notification" USING btree ("request_id") WHERE request_id is not null;
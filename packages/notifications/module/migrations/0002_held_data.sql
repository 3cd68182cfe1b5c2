CREATE INDEX "message_user" ON "notifications"."message" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "message_organization" ON "notifications"."message" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "message_recipient" ON "notifications"."message" USING btree ("recipient") WHERE recipient is not null;--> statement-breakpoint
CREATE INDEX "message_remembered" ON "notifications"."message" USING btree ("created_at") WHERE recipient is not null or error is not null;
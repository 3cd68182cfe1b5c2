DROP INDEX "auth"."password_reset_pending";--> statement-breakpoint
DROP INDEX "auth"."registration_pending";--> statement-breakpoint
CREATE INDEX "email_change_user" ON "auth"."email_change" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "email_change_address" ON "auth"."email_change" USING btree ("new_email_key");--> statement-breakpoint
CREATE INDEX "password_reset_address" ON "auth"."password_reset" USING btree ("email_key");--> statement-breakpoint
CREATE INDEX "recovery_user" ON "auth"."recovery" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "registration_address" ON "auth"."registration" USING btree ("email_key","created_at");--> statement-breakpoint
CREATE INDEX "registration_user" ON "auth"."registration" USING btree ("user_id") WHERE user_id is not null;
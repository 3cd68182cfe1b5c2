ALTER TABLE "auth"."session" ADD COLUMN "replaced_by" uuid;--> statement-breakpoint
CREATE INDEX "session_user" ON "auth"."session" USING btree ("user_id");
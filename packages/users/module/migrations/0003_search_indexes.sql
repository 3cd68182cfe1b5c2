CREATE INDEX "activity_by" ON "users"."activity" USING btree ("actor_id");--> statement-breakpoint
CREATE INDEX "activity_about" ON "users"."activity" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "activity_impersonator" ON "users"."activity" USING btree ("impersonator_id") WHERE impersonator_id is not null;--> statement-breakpoint
CREATE INDEX "erasure_requested_by" ON "users"."erasure" USING btree ("requested_by");--> statement-breakpoint
CREATE INDEX "erasure_contact" ON "users"."erasure" USING btree ("finished_at") WHERE contact is not null;--> statement-breakpoint
CREATE INDEX "invitation_accepted_by" ON "users"."invitation" USING btree ("accepted_by") WHERE accepted_by is not null;--> statement-breakpoint
CREATE INDEX "membership_role" ON "users"."membership" USING btree ("organization_id","role","created_at","user_id");--> statement-breakpoint
CREATE INDEX "organization_suspended" ON "users"."organization" USING btree ("created_at","id") WHERE suspended_at is not null and closed_at is null;--> statement-breakpoint
CREATE INDEX "organization_closing" ON "users"."organization" USING btree ("created_at","id") WHERE closed_at is not null;--> statement-breakpoint
CREATE INDEX "organization_name_begins" ON "users"."organization" USING btree ((lower(regexp_replace(normalize("name", NFKD), '[\u0300-\u036f]', '', 'g')) collate "C"),"id");--> statement-breakpoint
CREATE INDEX "organization_text" ON "users"."organization" USING gin (lower(regexp_replace(normalize("name", NFKD), '[\u0300-\u036f]', '', 'g')) gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "person_suspended" ON "users"."person" USING btree ("created_at","id") WHERE suspended_at is not null and closed_at is null;--> statement-breakpoint
CREATE INDEX "person_closing" ON "users"."person" USING btree ("created_at","id") WHERE closed_at is not null;--> statement-breakpoint
CREATE INDEX "person_name_begins" ON "users"."person" USING btree ((lower(regexp_replace(normalize("name", NFKD), '[\u0300-\u036f]', '', 'g')) collate "C"),"id");--> statement-breakpoint
CREATE INDEX "person_address_begins" ON "users"."person" USING btree ((lower(regexp_replace(normalize("email_key", NFKD), '[\u0300-\u036f]', '', 'g')) collate "C"),"id");--> statement-breakpoint
CREATE INDEX "person_text" ON "users"."person" USING gin (lower(regexp_replace(normalize(("name" || ' ' || "email_key"), NFKD), '[\u0300-\u036f]', '', 'g')) gin_trgm_ops);
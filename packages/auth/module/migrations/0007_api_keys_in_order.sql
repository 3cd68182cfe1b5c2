DROP INDEX "auth"."api_key_organization";--> statement-breakpoint
CREATE INDEX "api_key_created_by" ON "auth"."api_key" USING btree ("created_by");--> statement-breakpoint
CREATE INDEX "api_key_organization" ON "auth"."api_key" USING btree ("organization_id","id");
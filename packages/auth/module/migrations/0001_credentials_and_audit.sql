CREATE TABLE "auth"."audit_entry" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"action" text NOT NULL,
	"actor_id" uuid,
	"user_id" uuid,
	"organization_id" uuid,
	"session_id" uuid,
	"request_id" text
);
--> statement-breakpoint
CREATE TABLE "auth"."audit_origin" (
	"entry_id" uuid PRIMARY KEY NOT NULL,
	"ip" text,
	"user_agent" text,
	"email" text
);
--> statement-breakpoint
CREATE TABLE "auth"."email_change" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"old_email" text NOT NULL,
	"new_email" text NOT NULL,
	"new_email_key" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"confirmed_by_old_at" timestamp with time zone,
	"confirmed_by_new_at" timestamp with time zone,
	"settled_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "auth"."lockout" (
	"key" text PRIMARY KEY NOT NULL,
	"failures" integer NOT NULL,
	"locked_until" timestamp with time zone NOT NULL,
	"forgotten_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "auth"."password_reset" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email_key" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"settled_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "auth"."audit_origin" ADD CONSTRAINT "audit_origin_entry_id_audit_entry_id_fk" FOREIGN KEY ("entry_id") REFERENCES "auth"."audit_entry"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."email_change" ADD CONSTRAINT "email_change_user_id_account_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."account"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_entry_at" ON "auth"."audit_entry" USING btree ("at","id");--> statement-breakpoint
CREATE INDEX "audit_entry_user" ON "auth"."audit_entry" USING btree ("user_id","at","id");--> statement-breakpoint
CREATE INDEX "audit_entry_actor" ON "auth"."audit_entry" USING btree ("actor_id","at","id");--> statement-breakpoint
CREATE INDEX "audit_entry_organization" ON "auth"."audit_entry" USING btree ("organization_id","at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "email_change_pending" ON "auth"."email_change" USING btree ("user_id") WHERE settled_at is null;--> statement-breakpoint
CREATE INDEX "email_change_expires_at" ON "auth"."email_change" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "lockout_forgotten_at" ON "auth"."lockout" USING btree ("forgotten_at");--> statement-breakpoint
CREATE INDEX "password_reset_pending" ON "auth"."password_reset" USING btree ("email_key") WHERE settled_at is null;--> statement-breakpoint
CREATE INDEX "password_reset_expires_at" ON "auth"."password_reset" USING btree ("expires_at");--> statement-breakpoint
CREATE FUNCTION "auth"."refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'auth.% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END;
$$;--> statement-breakpoint
CREATE TRIGGER "audit_entry_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "auth"."audit_entry" FOR EACH STATEMENT EXECUTE FUNCTION "auth"."refuse_change"();

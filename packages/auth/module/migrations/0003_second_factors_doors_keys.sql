CREATE TABLE "auth"."api_key" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "auth"."linked_sign_in" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"provider" text NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"email" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "auth"."passkey" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"credential_id" text NOT NULL,
	"public_key" text NOT NULL,
	"signature_count" bigint NOT NULL,
	"transports" text[] NOT NULL,
	"synced" boolean NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "auth"."recovery" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"available_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"announced_at" timestamp with time zone,
	"settled_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "auth"."recovery_code" (
	"user_id" uuid NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "recovery_code_user_id_hash_pk" PRIMARY KEY("user_id","hash")
);
--> statement-breakpoint
CREATE TABLE "auth"."ticket" (
	"id" uuid PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"user_id" uuid,
	"email_key" text,
	"session_id" uuid,
	"browser_hash" text,
	"data" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"settled_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "auth"."totp" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"sealed_secret" text,
	"sealed_candidate" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"confirmed_at" timestamp with time zone,
	"last_step" bigint
);
--> statement-breakpoint
ALTER TABLE "auth"."account" ALTER COLUMN "password_hash" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "auth"."audit_entry" ADD COLUMN "impersonator_id" uuid;--> statement-breakpoint
ALTER TABLE "auth"."audit_entry" ADD COLUMN "api_key_id" uuid;--> statement-breakpoint
ALTER TABLE "auth"."audit_entry" ADD COLUMN "method" text;--> statement-breakpoint
ALTER TABLE "auth"."audit_entry" ADD COLUMN "factor" text;--> statement-breakpoint
ALTER TABLE "auth"."audit_origin" ADD COLUMN "note" text;--> statement-breakpoint
ALTER TABLE "auth"."revocation" ADD COLUMN "api_key_id" uuid;--> statement-breakpoint
ALTER TABLE "auth"."session" ADD COLUMN "authenticated_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "auth"."session" ADD COLUMN "impersonator_id" uuid;--> statement-breakpoint
ALTER TABLE "auth"."session" ADD COLUMN "ends_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "auth"."linked_sign_in" ADD CONSTRAINT "linked_sign_in_user_id_account_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."account"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."passkey" ADD CONSTRAINT "passkey_user_id_account_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."account"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."recovery" ADD CONSTRAINT "recovery_user_id_account_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."account"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."recovery_code" ADD CONSTRAINT "recovery_code_user_id_account_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."account"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."totp" ADD CONSTRAINT "totp_user_id_account_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."account"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "api_key_hash" ON "auth"."api_key" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "api_key_organization" ON "auth"."api_key" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "linked_sign_in_subject" ON "auth"."linked_sign_in" USING btree ("issuer","subject");--> statement-breakpoint
CREATE INDEX "linked_sign_in_user" ON "auth"."linked_sign_in" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "passkey_credential_id" ON "auth"."passkey" USING btree ("credential_id");--> statement-breakpoint
CREATE INDEX "passkey_user" ON "auth"."passkey" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "recovery_pending" ON "auth"."recovery" USING btree ("user_id") WHERE settled_at is null;--> statement-breakpoint
CREATE INDEX "recovery_available_at" ON "auth"."recovery" USING btree ("available_at");--> statement-breakpoint
CREATE INDEX "ticket_expires_at" ON "auth"."ticket" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "ticket_user" ON "auth"."ticket" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "ticket_email_key" ON "auth"."ticket" USING btree ("email_key") WHERE email_key is not null;--> statement-breakpoint
CREATE INDEX "audit_entry_impersonator" ON "auth"."audit_entry" USING btree ("impersonator_id","at","id") WHERE impersonator_id is not null;
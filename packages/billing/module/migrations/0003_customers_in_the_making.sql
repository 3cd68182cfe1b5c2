CREATE TABLE "billing"."pending_customer" (
	"idempotency_key" text PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"replaces" text,
	"unwanted" boolean DEFAULT false NOT NULL,
	"requested_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "billing"."customer" ADD COLUMN "contact_due_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "pending_customer_organization" ON "billing"."pending_customer" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "pending_customer_requested_at" ON "billing"."pending_customer" USING btree ("requested_at");--> statement-breakpoint
CREATE INDEX "customer_contact_due" ON "billing"."customer" USING btree ("contact_due_at") WHERE contact_due_at is not null;
CREATE TABLE "billing"."checkout" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"plan_id" text NOT NULL,
	"interval" text NOT NULL,
	"seats" integer NOT NULL,
	"stripe_session_id" text,
	"url" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"check_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "billing"."customer" (
	"organization_id" uuid PRIMARY KEY NOT NULL,
	"stripe_customer_id" text NOT NULL,
	"dirty_sequence" integer DEFAULT 0 NOT NULL,
	"applied_sequence" integer DEFAULT 0 NOT NULL,
	"readings" integer DEFAULT 0 NOT NULL,
	"requested_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "billing"."idempotency" (
	"operation" text NOT NULL,
	"caller" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"result" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "billing"."inbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"state" text NOT NULL,
	"error" text,
	"handled_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "billing"."invoice" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"stripe_invoice_id" text NOT NULL,
	"number" text,
	"status" text NOT NULL,
	"plan_id" text,
	"total" bigint NOT NULL,
	"currency" text NOT NULL,
	"hosted_url" text,
	"pdf_url" text,
	"created_at" timestamp with time zone NOT NULL,
	"paid_at" timestamp with time zone,
	"payment_told_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "billing"."outbox" (
	"id" uuid NOT NULL,
	"listener" text NOT NULL,
	"kind" text NOT NULL,
	"type" text NOT NULL,
	"payload" jsonb NOT NULL,
	"origin" jsonb NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"available_at" timestamp with time zone DEFAULT now() NOT NULL,
	"published_at" timestamp with time zone,
	CONSTRAINT "outbox_id_listener_pk" PRIMARY KEY("id","listener")
);
--> statement-breakpoint
CREATE TABLE "billing"."stripe_event" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"stripe_customer_id" text,
	"created_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "billing"."subscription" (
	"organization_id" uuid PRIMARY KEY NOT NULL,
	"stripe_subscription_id" text NOT NULL,
	"plan_id" text NOT NULL,
	"status" text NOT NULL,
	"interval" text,
	"seats" integer NOT NULL,
	"unit_amount" bigint,
	"currency" text NOT NULL,
	"current_period_end" timestamp with time zone NOT NULL,
	"cancel_at_period_end" boolean NOT NULL
);
--> statement-breakpoint
ALTER TABLE "billing"."checkout" ADD CONSTRAINT "checkout_organization_id_customer_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "billing"."customer"("organization_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."invoice" ADD CONSTRAINT "invoice_organization_id_customer_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "billing"."customer"("organization_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."subscription" ADD CONSTRAINT "subscription_organization_id_customer_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "billing"."customer"("organization_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "checkout_open" ON "billing"."checkout" USING btree ("organization_id") WHERE check_at is not null;--> statement-breakpoint
CREATE INDEX "checkout_due" ON "billing"."checkout" USING btree ("check_at") WHERE check_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "customer_stripe_customer_id" ON "billing"."customer" USING btree ("stripe_customer_id");--> statement-breakpoint
CREATE INDEX "customer_behind" ON "billing"."customer" USING btree ("requested_at") WHERE applied_sequence < dirty_sequence;--> statement-breakpoint
CREATE UNIQUE INDEX "idempotency_key" ON "billing"."idempotency" USING btree ("operation","caller","key");--> statement-breakpoint
CREATE INDEX "inbox_handled_at" ON "billing"."inbox" USING btree ("handled_at");--> statement-breakpoint
CREATE UNIQUE INDEX "invoice_stripe_invoice_id" ON "billing"."invoice" USING btree ("stripe_invoice_id");--> statement-breakpoint
CREATE INDEX "invoice_of_organization" ON "billing"."invoice" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE INDEX "outbox_pending" ON "billing"."outbox" USING btree ("available_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "outbox_published" ON "billing"."outbox" USING btree ("published_at") WHERE state = 'published';--> statement-breakpoint
CREATE INDEX "outbox_created_at" ON "billing"."outbox" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "stripe_event_received_at" ON "billing"."stripe_event" USING btree ("received_at");
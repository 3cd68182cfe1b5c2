CREATE TABLE "billing"."change" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"plan_id" text NOT NULL,
	"interval" text NOT NULL,
	"minimum_seats" integer,
	"prorate_at" timestamp with time zone NOT NULL,
	"claimed_until" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	"failure" text
);
--> statement-breakpoint
CREATE TABLE "billing"."drift" (
	"id" uuid PRIMARY KEY NOT NULL,
	"reconciliation_id" uuid NOT NULL,
	"organization_id" uuid,
	"stripe_customer_id" text NOT NULL,
	"what" text NOT NULL,
	"stripe_id" text NOT NULL,
	"ours" text,
	"theirs" text,
	"repaired_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "billing"."reconciliation" (
	"id" uuid PRIMARY KEY NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	"alive_at" timestamp with time zone DEFAULT now() NOT NULL,
	"compared" integer DEFAULT 0 NOT NULL,
	"lost_webhooks" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "billing"."usage_day" (
	"organization_id" uuid NOT NULL,
	"meter_id" text NOT NULL,
	"day" date NOT NULL,
	"used" bigint NOT NULL,
	CONSTRAINT "usage_day_organization_id_meter_id_day_pk" PRIMARY KEY("organization_id","meter_id","day")
);
--> statement-breakpoint
CREATE TABLE "billing"."usage_entry" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"meter_id" text NOT NULL,
	"quantity" integer NOT NULL,
	"idempotency_key" text,
	"used_at" timestamp with time zone NOT NULL,
	"period_start" timestamp with time zone NOT NULL,
	"period_end" timestamp with time zone NOT NULL,
	"used" bigint DEFAULT 0 NOT NULL,
	"limit" integer,
	"stripe_customer_id" text,
	"tried_at" timestamp with time zone,
	"shipped_at" timestamp with time zone,
	"abandoned_because" text
);
--> statement-breakpoint
CREATE TABLE "billing"."usage_total" (
	"organization_id" uuid NOT NULL,
	"meter_id" text NOT NULL,
	"period_start" timestamp with time zone NOT NULL,
	"charged" boolean NOT NULL,
	"used" bigint NOT NULL,
	"shipping_asked_at" timestamp with time zone,
	CONSTRAINT "usage_total_organization_id_meter_id_period_start_charged_pk" PRIMARY KEY("organization_id","meter_id","period_start","charged")
);
--> statement-breakpoint
ALTER TABLE "billing"."checkout" ADD COLUMN "minimum_seats" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."checkout" ADD COLUMN "trial" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."checkout" ADD COLUMN "stripe_promotion_code_id" text;--> statement-breakpoint
ALTER TABLE "billing"."customer" ADD COLUMN "reading_promised_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "billing"."customer" ADD COLUMN "seats_due_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "billing"."customer" ADD COLUMN "clock_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "billing"."invoice" ADD COLUMN "stripe_subscription_id" text;--> statement-breakpoint
ALTER TABLE "billing"."invoice" ADD COLUMN "amount_due" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."invoice" ADD COLUMN "refunded" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."invoice" ADD COLUMN "due_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "billing"."invoice" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."invoice" ADD COLUMN "next_attempt_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "billing"."invoice" ADD COLUMN "failures_told" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."stripe_event" ADD COLUMN "ignored_because" text;--> statement-breakpoint
ALTER TABLE "billing"."stripe_event" ADD COLUMN "sequence" integer;--> statement-breakpoint
ALTER TABLE "billing"."subscription" ADD COLUMN "minimum_seats" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."subscription" ADD COLUMN "current_period_start" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "billing"."subscription" ADD COLUMN "trial_end" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "billing"."subscription" ADD COLUMN "has_payment_method" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."subscription" ADD COLUMN "stripe_schedule_id" text;--> statement-breakpoint
ALTER TABLE "billing"."subscription" ADD COLUMN "scheduled_plan_id" text;--> statement-breakpoint
ALTER TABLE "billing"."subscription" ADD COLUMN "scheduled_interval" text;--> statement-breakpoint
ALTER TABLE "billing"."subscription" ADD COLUMN "scheduled_seats" integer;--> statement-breakpoint
ALTER TABLE "billing"."subscription" ADD COLUMN "scheduled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "billing"."subscription" ADD COLUMN "discount" jsonb;--> statement-breakpoint
ALTER TABLE "billing"."subscription" ADD COLUMN "past_due_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "billing"."subscription" ADD COLUMN "grace_over" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "billing"."subscription" ADD COLUMN "trial_told_for" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "billing"."change" ADD CONSTRAINT "change_organization_id_customer_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "billing"."customer"("organization_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing"."drift" ADD CONSTRAINT "drift_reconciliation_id_reconciliation_id_fk" FOREIGN KEY ("reconciliation_id") REFERENCES "billing"."reconciliation"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "change_organization" ON "billing"."change" USING btree ("organization_id","created_at");--> statement-breakpoint
CREATE INDEX "drift_reconciliation" ON "billing"."drift" USING btree ("reconciliation_id",(repaired_at is not null),"id");--> statement-breakpoint
CREATE INDEX "drift_organization" ON "billing"."drift" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "drift_customer" ON "billing"."drift" USING btree ("stripe_customer_id","what");--> statement-breakpoint
CREATE UNIQUE INDEX "drift_once" ON "billing"."drift" USING btree ("reconciliation_id","what","stripe_id");--> statement-breakpoint
CREATE INDEX "reconciliation_started_at" ON "billing"."reconciliation" USING btree ("started_at","id");--> statement-breakpoint
CREATE INDEX "usage_day_day" ON "billing"."usage_day" USING btree ("day");--> statement-breakpoint
CREATE UNIQUE INDEX "usage_entry_idempotency_key" ON "billing"."usage_entry" USING btree ("organization_id","idempotency_key") WHERE idempotency_key is not null;--> statement-breakpoint
CREATE INDEX "usage_entry_of_organization" ON "billing"."usage_entry" USING btree ("organization_id","meter_id","used_at");--> statement-breakpoint
CREATE INDEX "usage_entry_unshipped" ON "billing"."usage_entry" USING btree ("organization_id","id") WHERE shipped_at is null and stripe_customer_id is not null and abandoned_because is null;
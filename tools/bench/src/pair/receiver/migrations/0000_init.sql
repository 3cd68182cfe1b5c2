CREATE TABLE "receiver"."idempotency" (
	"operation" text NOT NULL,
	"caller" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"result" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "receiver"."inbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"state" text NOT NULL,
	"error" text,
	"handled_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "receiver"."note" (
	"id" uuid PRIMARY KEY NOT NULL,
	"text" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "receiver"."outbox" (
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
CREATE UNIQUE INDEX "idempotency_key" ON "receiver"."idempotency" USING btree ("operation","caller","key");--> statement-breakpoint
CREATE INDEX "inbox_handled_at" ON "receiver"."inbox" USING btree ("handled_at");--> statement-breakpoint
CREATE INDEX "outbox_pending" ON "receiver"."outbox" USING btree ("available_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "outbox_published" ON "receiver"."outbox" USING btree ("published_at") WHERE state = 'published';--> statement-breakpoint
CREATE INDEX "outbox_created_at" ON "receiver"."outbox" USING btree ("created_at");
CREATE TABLE "sender"."idempotency" (
	"operation" text NOT NULL,
	"caller" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"result" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sender"."inbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"state" text NOT NULL,
	"error" text,
	"handled_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sender"."outbox" (
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
CREATE UNIQUE INDEX "idempotency_key" ON "sender"."idempotency" USING btree ("operation","caller","key");--> statement-breakpoint
CREATE INDEX "inbox_handled_at" ON "sender"."inbox" USING btree ("handled_at");--> statement-breakpoint
CREATE INDEX "outbox_pending" ON "sender"."outbox" USING btree ("available_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "outbox_published" ON "sender"."outbox" USING btree ("published_at") WHERE state = 'published';--> statement-breakpoint
CREATE INDEX "outbox_created_at" ON "sender"."outbox" USING btree ("created_at");
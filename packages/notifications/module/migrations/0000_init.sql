CREATE TABLE "notifications"."idempotency" (
	"operation" text NOT NULL,
	"caller" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"result" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notifications"."inbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"state" text NOT NULL,
	"error" text,
	"handled_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notifications"."message" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"template" text NOT NULL,
	"registration_id" uuid,
	"user_id" uuid,
	"organization_id" uuid,
	"data" jsonb NOT NULL,
	"recipient" text,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"error" text,
	"provider_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"queued_at" timestamp with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp with time zone,
	CONSTRAINT "message_cause" UNIQUE NULLS NOT DISTINCT("event_id","template","registration_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "notifications"."notification" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"category" text NOT NULL,
	"title" text NOT NULL,
	"body" text NOT NULL,
	"link" text,
	"event_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"read_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "notifications"."outbox" (
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
CREATE TABLE "notifications"."reader" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"last_sequence" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notifications"."subscription" (
	"organization_id" uuid PRIMARY KEY NOT NULL,
	"status" text NOT NULL,
	"event_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "idempotency_key" ON "notifications"."idempotency" USING btree ("operation","caller","key");--> statement-breakpoint
CREATE INDEX "inbox_handled_at" ON "notifications"."inbox" USING btree ("handled_at");--> statement-breakpoint
CREATE INDEX "message_pending" ON "notifications"."message" USING btree ("queued_at") WHERE status = 'pending';--> statement-breakpoint
CREATE UNIQUE INDEX "notification_sequence" ON "notifications"."notification" USING btree ("user_id","sequence");--> statement-breakpoint
CREATE UNIQUE INDEX "notification_event" ON "notifications"."notification" USING btree ("event_id","user_id");--> statement-breakpoint
CREATE INDEX "notification_unread" ON "notifications"."notification" USING btree ("user_id") WHERE read_at is null;--> statement-breakpoint
CREATE INDEX "outbox_pending" ON "notifications"."outbox" USING btree ("available_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "outbox_published" ON "notifications"."outbox" USING btree ("published_at") WHERE state = 'published';--> statement-breakpoint
CREATE INDEX "outbox_created_at" ON "notifications"."outbox" USING btree ("created_at");
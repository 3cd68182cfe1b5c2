CREATE TABLE "notifications"."digest" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"window_end" timestamp with time zone NOT NULL,
	"opened_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "digest_window" UNIQUE("user_id","window_end")
);--> statement-breakpoint
CREATE TABLE "notifications"."digest_item" (
	"id" uuid PRIMARY KEY NOT NULL,
	"digest_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"category" text NOT NULL,
	"title" text NOT NULL,
	"body" text NOT NULL,
	"link" text,
	"about_user_id" uuid,
	"event_id" uuid NOT NULL,
	"request_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);--> statement-breakpoint
CREATE TABLE "notifications"."preference" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"categories" jsonb NOT NULL,
	"quiet_hours" jsonb,
	"digest" jsonb,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);--> statement-breakpoint
CREATE TABLE "notifications"."provider_event" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"message_id" uuid,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL
);--> statement-breakpoint
CREATE TABLE "notifications"."suppression" (
	"id" uuid PRIMARY KEY NOT NULL,
	"address" text NOT NULL,
	"reason" text NOT NULL,
	"detail" text NOT NULL,
	"user_id" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "suppression_address" UNIQUE("address")
);--> statement-breakpoint
CREATE TABLE "notifications"."webhook_attempt" (
	"delivery_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"duration_ms" integer NOT NULL,
	"request_headers" jsonb NOT NULL,
	"response_status" integer,
	"response_headers" jsonb NOT NULL,
	"response_body" text NOT NULL,
	"response_truncated" boolean NOT NULL,
	"error" text,
	CONSTRAINT "webhook_attempt_delivery_id_number_pk" PRIMARY KEY("delivery_id","number")
);--> statement-breakpoint
CREATE TABLE "notifications"."webhook_by_hand" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notifications"."webhook_delivery" (
	"id" uuid PRIMARY KEY NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"event_id" uuid,
	"message_id" text NOT NULL,
	"event_type" text NOT NULL,
	"body" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_status" integer,
	"last_error" text,
	"next_attempt_at" timestamp with time zone,
	"starts" integer DEFAULT 0 NOT NULL,
	"sending_since" timestamp with time zone,
	"replay_of" uuid,
	"request_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp with time zone
);--> statement-breakpoint
CREATE TABLE "notifications"."webhook_endpoint" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"url" text NOT NULL,
	"description" text NOT NULL,
	"event_types" text[] NOT NULL,
	"status" text DEFAULT 'enabled' NOT NULL,
	"disabled_because" text,
	"sealed_secret" text NOT NULL,
	"sealed_old_secret" text,
	"old_secret_until" timestamp with time zone,
	"failing_since" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);--> statement-breakpoint
ALTER TABLE "notifications"."message" ADD COLUMN "request_id" text;--> statement-breakpoint
ALTER TABLE "notifications"."message" ADD COLUMN "about_user_id" uuid;--> statement-breakpoint
ALTER TABLE "notifications"."message" ADD COLUMN "category" text;--> statement-breakpoint
ALTER TABLE "notifications"."message" ADD COLUMN "outcome" text;--> statement-breakpoint
ALTER TABLE "notifications"."message" ADD COLUMN "outcome_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "notifications"."message" ADD COLUMN "not_before" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "notifications"."notification" ADD COLUMN "request_id" text;--> statement-breakpoint
ALTER TABLE "notifications"."notification" ADD COLUMN "archived_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "notifications"."digest_item" ADD CONSTRAINT "digest_item_digest_id_digest_id_fk" FOREIGN KEY ("digest_id") REFERENCES "notifications"."digest"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications"."webhook_attempt" ADD CONSTRAINT "webhook_attempt_delivery_id_webhook_delivery_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "notifications"."webhook_delivery"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications"."webhook_delivery" ADD CONSTRAINT "webhook_delivery_endpoint_id_webhook_endpoint_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "notifications"."webhook_endpoint"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "digest_open" ON "notifications"."digest" USING btree ("user_id") WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX "digest_due" ON "notifications"."digest" USING btree ("window_end","id") WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX "digest_closed" ON "notifications"."digest" USING btree ("closed_at") WHERE closed_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "digest_item_event" ON "notifications"."digest_item" USING btree ("event_id","user_id");--> statement-breakpoint
CREATE INDEX "digest_item_digest" ON "notifications"."digest_item" USING btree ("digest_id");--> statement-breakpoint
CREATE INDEX "digest_item_user_at" ON "notifications"."digest_item" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "digest_item_request" ON "notifications"."digest_item" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "digest_item_about" ON "notifications"."digest_item" USING btree ("about_user_id") WHERE about_user_id is not null;--> statement-breakpoint
CREATE INDEX "provider_event_received" ON "notifications"."provider_event" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "suppression_user" ON "notifications"."suppression" USING btree ("user_id") WHERE user_id is not null;--> statement-breakpoint
CREATE INDEX "webhook_by_hand_at" ON "notifications"."webhook_by_hand" USING btree ("organization_id","kind","at");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_delivery_event" ON "notifications"."webhook_delivery" USING btree ("endpoint_id","event_id") WHERE replay_of is null and event_id is not null;--> statement-breakpoint
CREATE INDEX "webhook_delivery_endpoint" ON "notifications"."webhook_delivery" USING btree ("endpoint_id","id");--> statement-breakpoint
CREATE INDEX "webhook_delivery_due" ON "notifications"."webhook_delivery" USING btree ("endpoint_id","next_attempt_at") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "webhook_delivery_sending" ON "notifications"."webhook_delivery" USING btree ("organization_id") WHERE sending_since is not null;--> statement-breakpoint
CREATE INDEX "webhook_delivery_replay" ON "notifications"."webhook_delivery" USING btree ("replay_of") WHERE replay_of is not null;--> statement-breakpoint
CREATE INDEX "webhook_delivery_missed" ON "notifications"."webhook_delivery" USING btree ("endpoint_id","id") WHERE status in ('failed', 'cancelled') and replay_of is null;--> statement-breakpoint
CREATE INDEX "webhook_delivery_replayed" ON "notifications"."webhook_delivery" USING btree ("endpoint_id","event_id") WHERE replay_of is not null;--> statement-breakpoint
CREATE INDEX "webhook_delivery_organization" ON "notifications"."webhook_delivery" USING btree ("organization_id","created_at");--> statement-breakpoint
CREATE INDEX "webhook_delivery_request" ON "notifications"."webhook_delivery" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "webhook_endpoint_organization" ON "notifications"."webhook_endpoint" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "webhook_endpoint_old_secret" ON "notifications"."webhook_endpoint" USING btree ("old_secret_until") WHERE old_secret_until is not null;
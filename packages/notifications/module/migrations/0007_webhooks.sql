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
	"sending_since" timestamp with time zone,
	"replay_of" uuid,
	"request_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp with time zone
);
--> statement-breakpoint
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
);
--> statement-breakpoint
ALTER TABLE "notifications"."webhook_attempt" ADD CONSTRAINT "webhook_attempt_delivery_id_webhook_delivery_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "notifications"."webhook_delivery"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications"."webhook_delivery" ADD CONSTRAINT "webhook_delivery_endpoint_id_webhook_endpoint_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "notifications"."webhook_endpoint"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_delivery_event" ON "notifications"."webhook_delivery" USING btree ("endpoint_id","event_id") WHERE replay_of is null and event_id is not null;--> statement-breakpoint
CREATE INDEX "webhook_delivery_endpoint" ON "notifications"."webhook_delivery" USING btree ("endpoint_id","id");--> statement-breakpoint
CREATE INDEX "webhook_delivery_due" ON "notifications"."webhook_delivery" USING btree ("endpoint_id","next_attempt_at") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "webhook_delivery_sending" ON "notifications"."webhook_delivery" USING btree ("organization_id") WHERE sending_since is not null;--> statement-breakpoint
CREATE INDEX "webhook_delivery_replay" ON "notifications"."webhook_delivery" USING btree ("replay_of") WHERE replay_of is not null;--> statement-breakpoint
CREATE INDEX "webhook_delivery_organization" ON "notifications"."webhook_delivery" USING btree ("organization_id","created_at");--> statement-breakpoint
CREATE INDEX "webhook_delivery_request" ON "notifications"."webhook_delivery" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "webhook_delivery_created_at" ON "notifications"."webhook_delivery" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "webhook_endpoint_organization" ON "notifications"."webhook_endpoint" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "outbox_dead" ON "notifications"."outbox" USING btree ("created_at","id","listener") WHERE state = 'dead';--> statement-breakpoint
CREATE INDEX "outbox_request" ON "notifications"."outbox" USING btree ((origin->>'requestId'));--> statement-breakpoint
CREATE INDEX "outbox_user" ON "notifications"."outbox" USING btree ((payload->>'userId'),"created_at") WHERE payload->>'userId' is not null;--> statement-breakpoint
CREATE INDEX "outbox_actor" ON "notifications"."outbox" USING btree ((origin->>'actorId'),"created_at") WHERE origin->>'actorId' is not null;--> statement-breakpoint
CREATE INDEX "outbox_organization" ON "notifications"."outbox" USING btree ((payload->>'organizationId'),"created_at") WHERE payload->>'organizationId' is not null;
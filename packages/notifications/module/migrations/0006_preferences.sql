CREATE TABLE "notifications"."digest" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"window_end" timestamp with time zone NOT NULL,
	"opened_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "digest_window" UNIQUE("user_id","window_end")
);
--> statement-breakpoint
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
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notifications"."preference" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"categories" jsonb NOT NULL,
	"quiet_hours" jsonb,
	"digest" jsonb,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "notifications"."message" ADD COLUMN "about_user_id" uuid;--> statement-breakpoint
ALTER TABLE "notifications"."digest_item" ADD CONSTRAINT "digest_item_digest_id_digest_id_fk" FOREIGN KEY ("digest_id") REFERENCES "notifications"."digest"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "digest_open" ON "notifications"."digest" USING btree ("user_id") WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX "digest_due" ON "notifications"."digest" USING btree ("window_end","id") WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX "digest_closed" ON "notifications"."digest" USING btree ("closed_at") WHERE closed_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "digest_item_event" ON "notifications"."digest_item" USING btree ("event_id","user_id");--> statement-breakpoint
CREATE INDEX "digest_item_digest" ON "notifications"."digest_item" USING btree ("digest_id");--> statement-breakpoint
CREATE INDEX "digest_item_user" ON "notifications"."digest_item" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "digest_item_about" ON "notifications"."digest_item" USING btree ("about_user_id") WHERE about_user_id is not null;--> statement-breakpoint
CREATE INDEX "message_about" ON "notifications"."message" USING btree ("about_user_id") WHERE about_user_id is not null;
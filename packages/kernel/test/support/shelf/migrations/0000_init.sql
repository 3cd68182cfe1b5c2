CREATE TABLE "shelf"."idempotency" (
	"operation" text NOT NULL,
	"caller" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"result" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "shelf"."inbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"state" text NOT NULL,
	"error" text,
	"handled_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "shelf"."loan" (
	"reader_id" uuid NOT NULL,
	"book" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"card" text NOT NULL,
	CONSTRAINT "loan_book_at_reader_id_pk" PRIMARY KEY("book","at","reader_id")
);
--> statement-breakpoint
CREATE TABLE "shelf"."log" (
	"id" uuid PRIMARY KEY NOT NULL,
	"reader_id" uuid
);
--> statement-breakpoint
CREATE TABLE "shelf"."outbox" (
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
CREATE TABLE "shelf"."reader" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text,
	"library_id" uuid
);
--> statement-breakpoint
CREATE TABLE "shelf"."review" (
	"id" uuid PRIMARY KEY NOT NULL,
	"reader_id" uuid,
	"library_id" uuid,
	"author" text,
	"stars" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "shelf"."scan" (
	"name" text PRIMARY KEY NOT NULL,
	"reader_id" uuid,
	"state" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "shelf"."loan" ADD CONSTRAINT "loan_reader_id_reader_id_fk" FOREIGN KEY ("reader_id") REFERENCES "shelf"."reader"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "idempotency_key" ON "shelf"."idempotency" USING btree ("operation","caller","key");--> statement-breakpoint
CREATE INDEX "inbox_handled_at" ON "shelf"."inbox" USING btree ("handled_at");--> statement-breakpoint
CREATE INDEX "outbox_pending" ON "shelf"."outbox" USING btree ("available_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "outbox_published" ON "shelf"."outbox" USING btree ("published_at") WHERE state = 'published';--> statement-breakpoint
CREATE INDEX "outbox_created_at" ON "shelf"."outbox" USING btree ("created_at");
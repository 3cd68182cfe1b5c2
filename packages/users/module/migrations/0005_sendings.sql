CREATE TABLE "users"."sending" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "sending_key" ON "users"."sending" USING btree ("key","at");--> statement-breakpoint
CREATE INDEX "sending_at" ON "users"."sending" USING btree ("at");--> statement-breakpoint
CREATE INDEX "export_created" ON "users"."export" USING btree ("created_at");
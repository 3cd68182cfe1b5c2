CREATE INDEX "customer_seats_due" ON "billing"."customer" USING btree ("seats_due_at") WHERE seats_due_at is not null;--> statement-breakpoint
CREATE INDEX "customer_clock" ON "billing"."customer" USING btree ("clock_at") WHERE clock_at is not null;--> statement-breakpoint
CREATE INDEX "invoice_unpaid" ON "billing"."invoice" USING btree ("organization_id","due_at","id") WHERE status = 'open' and due_at is not null;--> statement-breakpoint
CREATE INDEX "stripe_event_by_time" ON "billing"."stripe_event" USING btree ("received_at","id");--> statement-breakpoint
CREATE INDEX "stripe_event_by_customer" ON "billing"."stripe_event" USING btree ("stripe_customer_id","received_at","id");--> statement-breakpoint
CREATE INDEX "stripe_event_taken" ON "billing"."stripe_event" USING btree ("type","received_at","id") WHERE ignored_because is null;--> statement-breakpoint
CREATE INDEX "stripe_event_ignored" ON "billing"."stripe_event" USING btree ("type","received_at","id") WHERE ignored_because is not null;--> statement-breakpoint
CREATE INDEX "subscription_grace" ON "billing"."subscription" USING btree ("past_due_since") WHERE past_due_since is not null and not grace_over;--> statement-breakpoint
CREATE INDEX "subscription_trial" ON "billing"."subscription" USING btree ("trial_end") WHERE status = 'trialing' and not cancel_at_period_end and trial_told_for is distinct from trial_end;--> statement-breakpoint
CREATE INDEX "subscription_not_whole" ON "billing"."subscription" USING btree ("organization_id") WHERE current_period_start is null;--> statement-breakpoint
CREATE INDEX "subscription_status" ON "billing"."subscription" USING btree ("status","organization_id");--> statement-breakpoint
CREATE INDEX "subscription_plan" ON "billing"."subscription" USING btree ("plan_id","organization_id") WHERE status <> 'canceled';--> statement-breakpoint
CREATE INDEX "subscription_plan_status" ON "billing"."subscription" USING btree ("plan_id","status","organization_id") WHERE status <> 'canceled';--> statement-breakpoint
-- Last, for it keeps everybody from the table until this is committed. `stripe_event_by_…` are in their place.
DROP INDEX "billing"."stripe_event_received_at";--> statement-breakpoint
DROP INDEX "billing"."stripe_event_customer";

-- The default of the migration before is now: whoever is signed in has not proved who they are just now.
UPDATE "auth"."session" SET "authenticated_at" = "created_at";

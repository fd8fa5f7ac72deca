/** What the server finds wrong in a config, at the pointers of the form. Pure. */
import type { Flaw } from "@/components/schema/check";
import { isApiError } from "@/lib/api/problem";

/** `/body/content/config/postgresql/host` → `/host`: the discriminator's value stands in the server's pointer as well. */
export function configFlaws(error: unknown, type: string): Flaw[] {
  if (!isApiError(error)) return [];
  return error.problem.errors.flatMap(({ pointer, message }) => {
    const inside = /^(?:\/body)?(?:\/content)?\/config(\/.*)?$/.exec(pointer);
    if (inside === null) return [];
    const rest = inside[1] ?? "";
    return [{ pointer: rest === `/${type}` ? "" : rest.replace(`/${type}/`, "/"), message }];
  });
}

// A test that needed a second try has met a race. It counts as passed, and says so, so that somebody looks into it.
import { afterEach } from "vitest";

afterEach(({ task }) => {
  const tries = task.result?.retryCount ?? 0;
  if (tries > 0 && task.result?.state === "pass")
    process.stdout.write(
      `SECOND TRY: ${task.file.name} > ${task.name}\n${task.result.errors?.[0]?.message ?? ""}\n`,
    );
});

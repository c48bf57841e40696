import type { AppError } from "./generated/AppError";

/** Whatever was thrown, as the one error that people are shown. */
export function asAppError(thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: "internal",
    message,
    hint: "Nothing was changed. Try again; if it comes back, restart the app.",
  };
}

function isAppError(thrown: unknown): thrown is AppError {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown;
}

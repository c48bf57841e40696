/**
 * The interface against a host that plays a part: for looking at it in a browser, never in the product.
 * `?fresh` starts with nothing opened, `?slow=3` plays runs three times slower, `?say=failed` chooses a run,
 * `?opening=4000` takes four seconds to read a file.
 */
import "../src/app/app.css";
import { mount } from "../src/app";
import { createFakeHost } from "./fakeHost";

const wish = new URLSearchParams(location.search);
const host = createFakeHost({
  fresh: wish.has("fresh"),
  slowness: Number(wish.get("slow") ?? 1),
  openingMs: wish.has("opening") ? Number(wish.get("opening")) : undefined,
  python: (wish.get("python") as never) ?? "ready",
});
mount(document.getElementById("root"), host);
Object.assign(window, { rehearsal: host });

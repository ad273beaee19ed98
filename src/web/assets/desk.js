// The agents' desk works by plain forms; this makes it live, quick and kept. Each part is its own file.

import { since } from "./desk-page.js";
import { setClock } from "./desk-times.js";
import "./desk-live.js";
import "./desk-keys.js";
import "./desk-card.js";

// The page was written a moment ago: unless it came from a cache, that moment is now.
const loaded = performance.timeOrigin + (performance.getEntriesByType("navigation")[0]?.responseStart ?? 0);
const apart = since - loaded;
if (Math.abs(apart) > 5000 && document.visibilityState === "visible") setClock(Date.now() + apart);

// The picture with the shares of callers begins where calls do.

import { show, start, withZoom } from "./admin-chart.js";

withZoom();
show(start());

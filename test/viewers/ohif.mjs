/* Opens a study in OHIF, as a reader would: the report is listed, a double click
 * shows its measurements as suggestions, "Yes" makes them measurements. Each must
 * lie on the points that `osteon analyse --json` printed, on the screen.
 *
 *     node ohif.mjs URL STUDY ANALYSE.json PICTURES [hydrate]
 *
 * PICTURES is a folder for screenshots. With "hydrate" every measurement whose
 * number the viewer's own tool would keep must become editable, and no other.
 */
import fs from "node:fs";
import path from "node:path";
import { open, pictures } from "./browser.mjs";

const NEAR = 2; /* canvas pixels */
const SAME = 0.5; /* degrees or millimeters, of a number the viewer reckons anew */
const SHOWN = "DICOMSRDisplay"; /* OHIF's tool for suggestions */
const [url, study, analysed, folder, hydrate] = process.argv.slice(2);

const measurements = JSON.parse(
  fs.readFileSync(analysed, "utf8").split("\n")[0]).measurements;

/* The viewer knows no sign and no difference of lengths, and the angle it makes
 * of four points is that of the first line and the last point, up to 180. */
function keeps({ kind, value, points }) {
  if (kind === "distance" || kind === "lines") return value >= 0;
  if (kind !== "angle") return false;
  const [a, vertex, , b] = points;
  const [u, w] = [a, b].map(([x, y]) => [x - vertex[0], y - vertex[1]]);
  const angle = Math.abs(Math.atan2(
    u[0] * w[1] - u[1] * w[0], u[0] * w[0] + u[1] * w[1])) * 180 / Math.PI;

  return Math.abs(angle - value) <= SAME;
}

function demand(condition, text) {
  if (!condition) throw new Error(text);
  console.log(`seen: ${text}`);
}

/* What the page's own services know of the viewport that shows an image. */
function look(page) {
  return page.evaluate(() => {
    const viewport = cornerstone.getEnabledElements()
      .map((element) => element.viewport)
      .find((one) => one.getImageData?.());
    const svg = viewport?.element.querySelector("svg.svg-layer");
    if (!svg) return undefined;
    const [columns, rows] = viewport.getImageData().dimensions;
    const annotations = cornerstoneTools.annotation.state.getAllAnnotations()
      .filter((a) => a.data?.handles?.points?.length &&
        a.metadata.toolName !== "ReferenceLines");
    const drawn = [...svg.querySelectorAll("line")].flatMap((line) => [
      ["x1", "y1"], ["x2", "y2"]].map((names) =>
        names.map((name) => Number(line.getAttribute(name)))));
    for (const line of svg.querySelectorAll("polyline"))
      for (const pair of line.getAttribute("points").trim().split(/\s+(?=\S+,)/))
        drawn.push(pair.split(",").map(Number));
    for (const circle of svg.querySelectorAll("circle"))
      drawn.push(["cx", "cy"].map((name) => Number(circle.getAttribute(name))));
    return {
      columns, rows,
      width: viewport.canvas.clientWidth,
      height: viewport.canvas.clientHeight,
      drawn,
      texts: [...svg.querySelectorAll("tspan")].map((t) => t.textContent),
      annotations: annotations.map((a) => ({
        tool: a.metadata.toolName,
        points: a.data.handles.points.map((p) => viewport.worldToCanvas(p)),
        stats: Object.values(a.data.cachedStats ?? {})[0],
      })),
    };
  });
}

/* Where a pixel's center lies while the image fills the viewport: our own
 * reckoning, not the viewer's. */
function onCanvas(view, [x, y]) {
  const scale = Math.min(view.width / view.columns, view.height / view.rows);

  return [
    view.width / 2 + (x - (view.columns - 1) / 2) * scale,
    view.height / 2 + (y - (view.rows - 1) / 2) * scale,
  ];
}

function apart([x, y], [u, v]) {
  return Math.hypot(x - u, y - v);
}

/* How far the points of an annotation are from those of a measurement: an angle
 * of three handles leaves out one of two middle points. */
function distance(points, wanted) {
  const handles = wanted.length === 4 && points.length === 3 ? 4 : points.length;
  if (handles !== wanted.length) return Infinity;
  const [first, last] = [points[0], points[points.length - 1]];

  return Math.max(
    apart(first, wanted[0]),
    apart(last, wanted[wanted.length - 1]),
    ...points.map((p) => Math.min(...wanted.map((w) => apart(p, w)))));
}

/* Each measurement expected has an annotation of its own on its points, what is
 * drawn has a corner there, and there is no other. */
function compare(view, annotations, what, expected = measurements) {
  const free = [...annotations];
  let worst = 0;

  for (const m of expected) {
    const wanted = m.points.map((p) => onCanvas(view, p));
    const best = free
      .map((a, i) => [distance(a.points, wanted), i])
      .sort((a, b) => a[0] - b[0])[0] ?? [Infinity];
    const ends = [wanted[0], wanted[wanted.length - 1]];
    const drawn = Math.max(...ends.map((end) =>
      Math.min(...view.drawn.map((p) => apart(p, end)))));
    if (!(best[0] <= NEAR && drawn <= NEAR))
      throw new Error(`${what} ${m.id} ${m.side}: ${best[0].toFixed(1)} px ` +
        `from its landmarks, its drawing ${drawn.toFixed(1)} px`);
    const [found] = free.splice(best[1], 1);
    worst = Math.max(worst, best[0], drawn);
    const number = found.stats?.[m.unit === "mm" ? "length" : "angle"];
    if (found.tool !== SHOWN && !(Math.abs(number - m.value) <= SAME))
      throw new Error(`${what} ${m.id} ${m.side}: the viewer has ${number}, ` +
        `the report ${m.value} ${m.unit}`);
  }
  if (free.length > 0)
    throw new Error(`${what}: ${free.length} that nothing measured`);
  console.log(`${what}: ${expected.length}, within ${worst.toFixed(2)} px`);
}

/* Suggestions say the number as the report has it, with two decimals. */
function says(view, m) {
  const value = m.unit === "mm" ? Math.round(m.value * 10) / 10 : m.value;
  const end = `${value.toFixed(2)} ${m.unit}`;

  return view.texts.some((text) => text.endsWith(end));
}

async function settled(page, tools, count) {
  const there = (view) => view?.annotations.filter((a) =>
    tools(a.tool)).length >= count && view.drawn.length > 0;
  for (let i = 0; i < 300; i++) {
    const view = await look(page);
    if (there(view)) {
      await page.waitForTimeout(500); /* the next frame draws them */
      return look(page);
    }
    await page.waitForTimeout(100);
  }
  throw new Error(`no ${count} measurements within 30 s`);
}

async function main(page, shot) {
  const sets = await pictures(page, url, study);
  demand(sets.some((s) => s.modality === "SR" && s.text.includes("unverified")),
    "our report in the list of series");
  await shot("opened");

  await page.locator('[data-cy="study-browser-thumbnail-no-image"]')
    .filter({ hasText: /^\s*SR/ }).dblclick();
  let view = await settled(page, (tool) => tool === SHOWN, measurements.length);
  compare(view, view.annotations.filter((a) => a.tool === SHOWN), "suggestions");
  for (const m of measurements)
    demand(says(view, m), `${m.id} ${m.side} with its value and unit`);
  await shot("suggested");
  if (hydrate !== "hydrate") return;

  const editable = measurements.filter(keeps);
  await page.getByText("Yes", { exact: true }).click();
  view = await settled(page, (tool) => tool !== SHOWN, editable.length);
  compare(view, view.annotations.filter((a) => a.tool !== SHOWN), "measurements",
    editable);
  await shot("hydrated");
}

fs.mkdirSync(folder, { recursive: true });
const { browser, page, errors } = await open();
const shot = (name) =>
  page.screenshot({ path: path.join(folder, `${name}.png`) });
try {
  await main(page, shot);
  demand(errors.length === 0, `no error of the page ${errors.join("; ")}`);
} catch (error) {
  console.error(`${error.message}\n${errors.join("\n")}`);
  await shot("failed");
  process.exitCode = 1;
} finally {
  await browser.close();
}

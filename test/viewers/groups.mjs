/* Prints the measurement groups of reports as dcmjs reads them, one JSON object
 * a line. With --against ANALYSE.json each must be a measurement that
 * `osteon analyse --json` printed: value, unit, side, points; and none missing.
 *
 *     node groups.mjs [--against ANALYSE.json] SR...
 */
import fs from "node:fs";
import { describe, groups, read } from "./sr.mjs";

const CERTAINTY = "111012";
const DECIMALS = { deg: 2, "{ratio}": 2 }; /* docs/RESULTS.md 2.1; mm: 1 */

function fail(text) {
  console.error(text);
  process.exit(1);
}

function agrees(group, m) {
  const [number] = group.numbers;
  const unit = m.unit === "ratio" ? "{ratio}" : m.unit;
  const rounding = 0.5 * 10 ** -(DECIMALS[unit] ?? 1) + 1e-9;
  const certainty = group.numbers.find((n) => n.concept === CERTAINTY);
  const wrong = [
    number.unit !== unit && `unit ${number.unit}, analyse ${unit}`,
    !(Math.abs(number.value - m.value) <= rounding) &&
      `value ${number.value}, analyse ${m.value}`,
    (group.side ?? "none").toLowerCase() !== (m.side ?? "none") &&
      `side ${group.side}, analyse ${m.side}`,
    number.points.length !== m.points.length &&
      `${number.points.length} points, analyse ${m.points.length}`,
    /* %.1f of a percentage */
    certainty && !(Math.abs(certainty.value - 100 * m.confidence) <= 0.0501) &&
      `certainty ${certainty.value} %, analyse ${m.confidence}`,
    m.points.some(([x, y], i) =>
      Math.hypot(number.points[i]?.[0] - 0.5 - x,
        number.points[i]?.[1] - 0.5 - y) > 0.01) && "points elsewhere",
  ].filter(Boolean);
  if (wrong.length > 0) fail(`${group.tracking}: ${wrong.join("; ")}`);
}

const args = process.argv.slice(2);
const against = args[0] === "--against" ? args.splice(0, 2)[1] : undefined;
const expected = new Map();
if (against)
  for (const line of fs.readFileSync(against, "utf8").trim().split("\n")) {
    const { model, measurements } = JSON.parse(line);
    for (const m of measurements)
      expected.set(`${model}:${m.id}:${m.side ?? "none"}`, m);
  }
if (against && expected.size === 0) fail("analyse printed no measurement");

const seen = new Set();
for (const group of args.flatMap((file) => groups(read(file)).map(describe))) {
  console.log(JSON.stringify(group));
  if (!against) continue;
  const m = expected.get(group.tracking);
  if (!m) fail(`${group.tracking}: analyse has no such measurement`);
  agrees(group, m);
  seen.add(group.tracking);
}
for (const name of against ? expected.keys() : [])
  if (!seen.has(name)) fail(`${name}: not in the report`);

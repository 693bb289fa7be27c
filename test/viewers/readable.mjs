/* Does a report as a page in words (dsr2html) say each of its numbers: concept,
 * value and unit, beside one another? Texts named after the files must be there
 * too.
 *
 *     node readable.mjs SR PAGE.html [TEXT...]
 */
import fs from "node:fs";
import { describe, groups, read } from "./sr.mjs";

const [report, page, ...texts] = process.argv.slice(2);
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&" };
const lines = fs.readFileSync(page, "latin1")
  .replace(/<[^>]*>/g, "\n")
  .replace(/&(lt|gt|quot|amp);/g, (entity) => ENTITIES[entity])
  .split("\n")
  .map((line) => line.trim())
  .filter(Boolean);

function says({ meaning, value, unit }) {
  return lines.some((line, i) => {
    const [number, its] = (lines[i + 1] ?? "").split(" ");
    return line === `${meaning}:` && Number(number) === value && its === unit;
  });
}

const numbers = groups(read(report)).flatMap((group) =>
  describe(group).numbers);
const missing = [
  ...numbers.filter((n) => !says(n))
    .map((n) => `${n.meaning}: ${n.value} ${n.unit}`),
  ...texts.filter((text) => !lines.some((line) => line.includes(text))),
];
for (const text of missing) console.error(`${page} does not say: ${text}`);
console.log(`${page}: ${numbers.length} numbers`);
process.exit(missing.length > 0 ? 1 : 0);

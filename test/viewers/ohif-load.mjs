/* Lets OHIF itself load every series of a study that it lists.
 *
 *     node ohif-load.mjs URL STUDY PICTURE.png
 *
 * One line for each: modality, measurements or "unsupported", description. Exit
 * status 1 with a THROW, of a load or of the page.
 */
import { open, pictures } from "./browser.mjs";

const [url, study, picture] = process.argv.slice(2);
const { browser, page, errors } = await open();

try {
  await pictures(page, url, study);
  const loaded = await page.evaluate(async () => {
    const said = [];
    for (const set of services.displaySetService.getActiveDisplaySets()) {
      let what = set.unsupported ? "unsupported" : "picture";
      try {
        if (set.Modality === "SR") {
          await set.load();
          what = `${set.measurements.length} measurements`;
        }
      } catch (error) {
        what = `THROW ${error.message}`;
      }
      said.push(`${set.Modality} ${what}: ${set.SeriesDescription}`);
    }
    return said;
  });
  for (const line of [...loaded, ...errors.map((e) => `page THROW ${e}`)]) {
    console.log(line);
    if (line.includes("THROW")) process.exitCode = 1;
  }
  await page.screenshot({ path: picture });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
}

/* Debian's Chromium without a screen and off the network, and a study in OHIF. */
import { chromium } from "playwright-core";

const SWITCHES = [
  "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
  "--disable-background-networking", "--disable-component-update",
  "--disable-default-apps", "--disable-extensions", "--disable-sync",
  "--no-first-run", "--no-pings",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];
const SLOW_MS = 60000; /* other tests have the second core */

/* errors: what the page threw, as it comes */
export async function open() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: SWITCHES,
  });
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const errors = [];

  page.setDefaultTimeout(SLOW_MS);
  page.on("pageerror", (error) => errors.push(error.message));
  return { browser, page, errors };
}

/* Opens the study; the display sets OHIF made of it, once an image is drawn. */
export async function pictures(page, url, study) {
  await page.goto(`${url}/viewer?StudyInstanceUIDs=${study}`);
  await page.getByText("Skip all").click(); /* a tour of the viewer */
  await page.waitForFunction(() =>
    window.cornerstone?.getEnabledElements()
      .some((element) => element.viewport.getImageData?.()));
  return page.evaluate(() =>
    window.services.displaySetService.getActiveDisplaySets().map((set) => ({
      modality: set.Modality,
      text: set.SeriesDescription ?? "",
      unsupported: Boolean(set.unsupported),
    })));
}

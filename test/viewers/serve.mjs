/* OHIF's pages and, under /dicom-web, the PACS: one origin, as a hospital's
 * proxy does it. The two headers isolate the page, which its shared memory
 * needs. Listens on 127.0.0.1 only.
 *
 *     node serve.mjs DIRECTORY PORT PACS-URL
 */
import fs from "node:fs";
import http from "node:http";
import path from "node:path";

const [directory, port, pacs] = process.argv.slice(2);
const root = path.resolve(directory);
const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};
const CONFIG = `window.config = {
  routerBasename: "/", extensions: [], modes: [], customizationService: {},
  showStudyList: true, showWarningMessageForCrossOrigin: false,
  investigationalUseDialog: { option: "never" },
  defaultDataSourceName: "dicomweb",
  dataSources: [{
    namespace: "@ohif/extension-default.dataSourcesModule.dicomweb",
    sourceName: "dicomweb",
    configuration: {
      friendlyName: "PACS", name: "pacs", qidoRoot: "/dicom-web",
      wadoRoot: "/dicom-web", wadoUriRoot: "/dicom-web",
      qidoSupportsIncludeField: false, imageRendering: "wadors",
      thumbnailRendering: "wadors", enableStudyLazyLoad: true,
      supportsFuzzyMatching: false, supportsWildcard: true,
    },
  }],
};`;

function proxy(request, response) {
  const onward = http.request(
    new URL(request.url, pacs),
    { method: request.method, headers: request.headers },
    (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on("error", () => response.writeHead(502).end());
  request.pipe(onward);
}

function page(name, response) {
  let file = path.join(root, path.normalize(name));
  // routes of the viewer are no files
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile())
    file = path.join(root, "index.html");
  response.setHeader("Content-Type",
    TYPES[path.extname(file)] ?? "application/octet-stream");
  fs.createReadStream(file).pipe(response);
}

http
  .createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://127.0.0.1");
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    if (pathname.startsWith("/dicom-web")) proxy(request, response);
    else if (pathname === "/app-config.js") {
      response.setHeader("Content-Type", TYPES[".js"]);
      response.end(CONFIG);
    } else page(pathname, response);
  })
  .listen(Number(port), "127.0.0.1", () => console.log("event=ready"));
